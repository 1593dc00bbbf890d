"""The mail of one notification, and how any mail is handed to the mail server."""

from collections.abc import Sequence
from email.utils import formataddr, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Delivery, Notification, Post, User
from knowledge.pipeline.inbox import channels, stop_token
from knowledge.pipeline.jobs import Attempt, Drop, GiveUp, TryAgain, Unsure

_OF_ENDS = {"insight.moved", "insight.status"}


def send(row: Delivery, attempt: Attempt) -> None:
    """Unless by now its person may not see the post, read of it in the portal, or chose otherwise."""
    user = reachable(row.user)
    found = with_words(Notification.objects.visible_to(user)).filter(pk=row.notification_id).first()
    if found is None or found.read_at or found.mailed_at or not is_wanted(found, channels(user)):
        raise Drop
    hand_over(compose(found, user), attempt, [found.pk])


def reachable(user: User | None) -> User:
    if user is None or not user.is_active or not user.email or not settings.SENDS_MAIL:
        raise Drop
    return user


def with_words(notifications: Any) -> Any:
    """With all that a mail says of each, in two queries."""
    related = notifications.select_related(
        "post__space", "question", "dataset", "actor", "revision", "subscription"
    )
    return related.prefetch_related("post__authorships")


def is_wanted(notification: Notification, chosen: dict[str, str]) -> bool:
    """Whether its person still wants mail of it, follows what it came from, and the post is still there.

    That a number is gone is told just because its post is.
    """
    is_mailed = chosen[notification.group].startswith("mail")
    is_followed = notification.subscription_id or not notification.reason.startswith("subscribed-")
    post = notification.post
    is_there = post is None or post.status != Post.Status.DELETED or notification.event in _OF_ENDS
    return bool(is_mailed and is_followed and is_there)


def compose(notification: Notification, user: User) -> EmailMultiAlternatives:
    """One thread for each post: all its mails answer an id that is made of the post's."""
    what = f"follow:{notification.subscription_id}" if notification.subscription_id else ""
    stop = reverse("unsubscribe", args=[stop_token(user, what or f"group:{notification.group}")])
    link = reverse("notification", args=[notification.pk])
    context = {"it": notification, "site_url": settings.SITE_URL, "link": link, "stop": stop}
    context["resting"] = resting_of(user, [notification]).get(notification.pk)
    post = notification.post
    subject = notification.sentence
    if post and not notification.question:
        subject = f"{notification.title} ({post.space.name})"
    headers = {"Message-ID": message_id(str(notification.token))}
    if notification.question:
        thread = message_id(f"question-{notification.question.pk}")
        headers |= {"In-Reply-To": thread, "References": thread}
    elif post:
        thread = message_id(f"post-{post.pk}")
        headers |= {"In-Reply-To": thread, "References": thread}
        headers["List-Id"] = f"<{post.space.slug}.{host()}>"
    sender = f"{notification.actor_name} (Almanac)" if notification.actor_name else "Almanac"
    return mail("notification", context, user, subject=subject, stop=stop, sender=sender, headers=headers)


def resting_of(user: User, notifications: Sequence[Notification]) -> dict[int, list[Post]]:
    """Of news of datasets, by id, the posts that rest on those, as the user sees them now."""
    named = {it.pk: it.detail["posts"] for it in notifications if it.detail.get("posts")}
    if not named:
        return {}
    seen = Post.objects.visible_to(user).live().select_related("space")
    posts = list(
        seen.filter(pk__in={pk for pks in named.values() for pk in pks}).order_by("-published_at", "-pk")
    )
    return {it: [post for post in posts if post.pk in pks] for it, pks in named.items()}


def mail(
    template: str,
    context: dict[str, Any],
    user: User,
    *,
    subject: str,
    stop: str,
    sender: str = "Almanac",
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    """In text and HTML, with the header by which mail programs unsubscribe in one click (RFC 8058)."""
    headers = headers | {
        "List-Unsubscribe": f"<{settings.SITE_URL}{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    made = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"mail/{template}.txt", context).strip() + "\n",
        from_email=formataddr((" ".join(sender.split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[user.email],
        headers=headers,
    )
    made.attach_alternative(render_to_string(f"mail/{template}.html", context), "text/html")
    return made


def hand_over(message: EmailMultiAlternatives, attempt: Attempt, told: Sequence[int]) -> None:
    """To the mail server. What it refuses may be tried again; what it leaves unanswered may have arrived.

    `told` are the notifications that it tells of: no other mail does from the moment when it is handed over.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise TryAgain(_words(error)) from error
    now = timezone.now()
    with transaction.atomic():
        attempt.handing_over()
        Notification.objects.filter(pk__in=told).update(mailed_at=now)
    try:
        connection.send_messages([message])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        Notification.objects.filter(pk__in=told, mailed_at=now).update(mailed_at=None)
        raise (GiveUp if _code(error) >= 500 else TryAgain)(_words(error)) from error
    except (OSError, SMTPException) as error:
        raise Unsure(_words(error)) from error
    finally:
        connection.close()


def message_id(name: str) -> str:
    return f"<{name}@{host()}>"


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "almanac.invalid"


def _code(error: SMTPRecipientsRefused | SMTPResponseException) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=500)
    return error.smtp_code


def _words(error: Exception) -> str:
    return f"The mail server: {error}"
