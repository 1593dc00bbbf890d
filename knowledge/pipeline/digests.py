"""Daily and weekly mails: planned once a person and period, made of what is pending when they are sent."""

from datetime import date, datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Delivery, Notification, User
from knowledge.pipeline.digest_words import Digest, digest_of
from knowledge.pipeline.inbox import channels, stop_token
from knowledge.pipeline.jobs import Attempt, Drop, request_delivery
from knowledge.pipeline.mails import hand_over, is_wanted, mail, message_id, reachable, resting_of, with_words

LENGTHS = {"daily": 1, "weekly": 7}
MOST = 1000  # notifications that one mail looks at


@shared_task
def plan() -> None:
    """Queue what is due since the hour last struck. Run often: each mail is queued once, whoever asks."""
    if not settings.SENDS_MAIL:
        return
    for digest in LENGTHS:
        plan_digest(digest, timezone.localtime())


@transaction.atomic
def plan_digest(digest: str, now: datetime) -> int:
    """How many mails are due at `now`, a local time."""
    until = last_strike(digest, now)
    pending = Notification.objects.pending(digest).filter(created_at__lt=until)
    users = list(pending.order_by().values_list("user", flat=True).distinct())
    rows = [
        Delivery(
            key=f"digest:{user}:{digest}:{until.date()}",
            kind=Delivery.Kind.DIGEST,
            user_id=user,
            detail={"digest": digest, "until": until.isoformat()},
        )
        for user in users
    ]
    known = set(Delivery.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    rows = [row for row in rows if row.key not in known]
    Delivery.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    if rows:
        transaction.on_commit(lambda: request_delivery(len(rows)))
    return len(rows)


def last_strike(digest: str, now: datetime) -> datetime:
    """When, at or before the local time `now`, such a mail was last due."""
    day = now.date()
    if digest == "weekly":
        day -= timedelta(days=(day.weekday() - settings.DAYS.index(settings.DIGEST_DAY)) % 7)
    struck = _strike(day)
    return struck if struck <= now else _strike(day - timedelta(days=LENGTHS[digest]))


def _strike(day: date) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime(day.year, day.month, day.day, settings.DIGEST_HOUR, tzinfo=zone)


def send(row: Delivery, attempt: Attempt) -> None:
    """What is visible, unread and wanted at this moment; the rest of the period is let go."""
    user = reachable(row.user)
    digest, until = row.detail["digest"], datetime.fromisoformat(row.detail["until"])
    pending = Notification.objects.filter(user=user).pending(digest).filter(created_at__lt=until)
    looked_at = list(pending.order_by("pk").values_list("pk", flat=True)[:MOST])
    visible = with_words(Notification.objects.visible_to(user)).filter(pk__in=looked_at)
    chosen = channels(user)
    rows = [it for it in visible.order_by("pk") if is_wanted(it, chosen)]
    if not rows:
        Notification.objects.filter(pk__in=looked_at).update(mailed_at=timezone.now())
        raise Drop
    made = digest_of(digest, rows, until, resting_of(user, rows))
    hand_over(compose(row, user, made), attempt, looked_at)


def compose(row: Delivery, user: User, digest: Digest) -> EmailMultiAlternatives:
    stop = reverse("unsubscribe", args=[stop_token(user, f"digest:{digest.kind}")])
    context = {
        "digest": digest,
        "user": user,
        "site_url": settings.SITE_URL,
        "all_news": reverse("notifications"),
        "choices": reverse("notification-settings"),
        "stop": stop,
    }
    headers = {"Message-ID": message_id(f"digest-{row.token}")}
    return mail("digest", context, user, subject=digest.subject, stop=stop, headers=headers)
