"""Calling webhooks: what is sent, how it is signed, and when one that only fails is turned off."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from knowledge import events
from knowledge.models import (
    AuditEvent,
    Delivery,
    Investigation,
    Notification,
    Post,
    Reading,
    Role,
    User,
    Webhook,
)
from knowledge.models.insight import ReadingQuerySet
from knowledge.models.post_queryset import PostQuerySet
from knowledge.pipeline import outgoing
from knowledge.pipeline.inbox import channels
from knowledge.pipeline.jobs import Attempt, Drop, GiveUp, TryAgain
from knowledge.pipeline.notify import Listener, News, is_public, tell_all
from knowledge.serving.exact import change, exact

PING = "ping"
# Turned off once so many calls in a row failed, over so long a time: an hour's outage turns off nothing.
MOST_FAILURES = 20
LONG = timedelta(hours=6)
GONE = 410
MOST_POSTS = 20  # that a call names which rest on a dataset


def send(row: Delivery, attempt: Attempt) -> None:
    webhook = Webhook.objects.select_related("space", "user").filter(deliveries=row).first()
    if webhook is None or not webhook.active:
        raise Drop
    facts = _facts(row, webhook)
    body = json.dumps(_slack(facts) if webhook.kind == Webhook.Kind.SLACK else facts).encode()
    attempt.handing_over()
    try:
        status = outgoing.post(webhook.url, body, _headers(row, webhook, body))
    except outgoing.Refused as error:
        _failed(webhook, str(error))
        raise GiveUp(str(error)) from error
    except outgoing.NoAnswer as error:
        _failed(webhook, str(error))
        raise TryAgain(str(error)) from error
    if not 200 <= status < 300:
        _failed(webhook, f"it answered {status}", for_good=status == GONE)
        raise TryAgain(f"it answered {status}")
    fine: dict[str, Any] = {"failures": 0, "failing_since": None, "last_error": ""}
    Webhook.objects.filter(pk=webhook.pk).update(last_called_at=timezone.now(), **fine)


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 of the time, a point and the body; the time bounds replays."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def standard_signature(secret: str, number: str, at: int, body: bytes) -> str:
    """As Standard Webhooks has it: HMAC-SHA256 of id, time and body; Webhook.standard_secret fits it."""
    signed = hmac.new(secret.encode(), f"{number}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def _headers(row: Delivery, webhook: Webhook, body: bytes) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Almanac",
        "X-Almanac-Event": row.event,
        "X-Almanac-Delivery": str(row.token),
    }
    if webhook.kind == Webhook.Kind.JSON:
        now, number = int(time.time()), str(row.token)
        headers["X-Almanac-Signature"] = signature(webhook.secret, body, now)
        headers |= {"webhook-id": number, "webhook-timestamp": str(now)}
        headers["webhook-signature"] = standard_signature(webhook.secret, number, now, body)
    return headers


def _facts(row: Delivery, webhook: Webhook) -> dict[str, Any]:
    """What is told, if it still may be; else Drop."""
    if row.event == PING:
        return {"id": str(row.token), "event": PING, "words": "Almanac can reach this address."}
    if webhook.user:
        return _told(row, webhook.user)
    if "investigation" in row.detail:
        return _of_data(row, webhook)
    visible = Post.objects.filter(space=webhook.space, private=False, is_held=False).exclude(
        status=Post.Status.DELETED
    )
    post = visible.select_related("space").filter(pk=row.post_id or 0).first()
    if post is None:
        raise Drop
    if "also" in row.detail and not _is_public(row.detail["also"]):
        raise Drop
    full = Delivery.objects.select_related("actor", "revision").get(pk=row.pk)
    number = full.revision.number if full.revision else None
    shown = Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[])
    readings = Reading.objects.filter(shown, post=post)
    return _words(row, post, full.actor, number, row.detail) | _insight(row.detail, readings)


def _is_public(pk: int) -> bool:
    post = Post.objects.live().select_related("space").filter(pk=pk).first()
    return post is not None and is_public(post)


def _told(row: Delivery, user: User) -> dict[str, Any]:
    related = ("post__space", "question", "actor", "revision", "investigation__dataset")
    seen = Notification.objects.visible_to(user).select_related(*related)
    found = seen.filter(pk=row.notification_id or 0, user__is_active=True).first()
    if found is None or channels(user)[found.group] == "off":
        raise Drop
    number = found.revision.number if found.revision else None
    if question := found.question:
        facts = _words(row, found.post, found.actor, number, found.detail | {"title": question.title})
        return facts | {"question": {"id": question.pk, "title": question.title}, "because": found.because}
    facts = _words(row, found.post, found.actor, number, found.detail) | {"because": found.because}
    if found.investigation:
        theirs = Post.objects.visible_to(user).live().filter(pk__in=found.detail.get("posts", ()))
        facts["dataset"] = _dataset(found.investigation, theirs)
    return facts | _insight(found.detail, Reading.objects.visible_to(user))


def _of_data(row: Delivery, webhook: Webhook) -> dict[str, Any]:
    """Of a dataset that open posts of the webhook's space rest on; else Drop."""
    found = Investigation.objects.select_related("dataset").filter(pk=row.detail["investigation"]).first()
    posts = found.reached().filter(space=webhook.space, private=False, is_held=False) if found else None
    if found is None or posts is None or not posts.exists():
        raise Drop
    detail = row.detail | {"title": found.dataset.label, "url": found.get_absolute_url()}
    actor = User.objects.filter(pk=row.actor_id or 0).first()
    return _words(row, None, actor, None, detail) | {"dataset": _dataset(found, posts)}


def _dataset(found: Investigation, posts: PostQuerySet) -> dict[str, Any]:
    shown = posts.select_related("space").order_by("pk")[:MOST_POSTS]
    return {
        "name": found.dataset.name,
        "title": found.dataset.heard_title,
        "url": f"{settings.SITE_URL}{found.dataset.get_absolute_url()}",
        "investigation": f"{settings.SITE_URL}{found.get_absolute_url()}",
        "state": found.state,
        "holds": found.holds or None,
        "posts": [
            {"id": post.pk, "title": post.title, "url": f"{settings.SITE_URL}{post.get_absolute_url()}"}
            for post in shown
        ],
    }


def _words(
    row: Delivery, post: Post | None, actor: User | None, revision: int | None, detail: dict[str, Any]
) -> dict[str, Any]:
    name = actor.get_full_name() if actor else ""
    title = str(detail.get("title", "")) or (post.title if post else "")
    address = str(detail.get("url") or (post.get_absolute_url() if post else ""))
    about: dict[str, Any] | None = None
    if post:
        about = {
            "id": post.pk,
            "space": post.space.slug,
            "path": post.path,
            "title": post.title,
            "tldr": post.tldr,
            "tags": post.tags,
            "url": f"{settings.SITE_URL}{post.get_absolute_url()}",
        }
    return {
        "id": str(row.token),
        "event": row.event,
        "at": row.created_at.isoformat(),
        "words": events.sentence(row.event, actor=name, title=title),
        "actor": {"username": actor.username, "name": name} if actor else None,
        "post": about,
        "revision": revision,
        "text": str(detail.get("text", "")),
        "url": f"{settings.SITE_URL}{address}",
    }


def _insight(detail: dict[str, Any], readings: ReadingQuerySet) -> dict[str, Any]:
    """Of news of a number: that of the reading; Drop where that isn't among `readings` any more."""
    if "reading" not in detail:
        return {}
    reading = readings.select_related("insight__space", "insight__post").filter(pk=detail["reading"]).first()
    if reading is None:
        raise Drop
    insight = reading.insight
    before = readings.filter(insight=insight, published_at__lt=reading.published_at).newest_first().first()
    told: dict[str, Any] = {
        "space": insight.space.slug,
        "name": insight.name,
        "title": reading.title or insight.name,
        "value": reading.value,
        "exact": exact(reading.number),
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "delta": None,
        "delta_exact": None,
        "previous": None,
        "status": insight.status,
        "url": f"{settings.SITE_URL}{insight.get_absolute_url()}",
    }
    if before:
        told["previous"] = {
            "value": before.value,
            "exact": exact(before.number),
            "unit": before.unit,
            "as_of": before.as_of or None,
            "revision": before.revision_number,
            "published_at": before.published_at.isoformat(),
        }
        told |= change(reading.number, before.number, is_alike=reading.unit == before.unit)
    return {"insight": told}


def _slack(facts: dict[str, Any]) -> dict[str, str]:
    """Slack's markup knows three characters to escape; the title becomes the link."""
    post, question, dataset = facts.get("post"), facts.get("question"), facts.get("dataset")
    if dataset:
        dataset = {"title": dataset["title"] or dataset["name"]}
    about = question or facts.get("insight") or post or dataset
    if not about:
        return {"text": _escaped(facts["words"])}
    title = _escaped(about["title"])
    words = _escaped(facts["words"]).replace(title, f"<{facts['url']}|{title.replace('|', '¦')}>", 1)
    quoted = _escaped(facts["text"] or (post["tldr"] if post else ""))[:500]
    quote = "".join(f"\n> {line}" for line in quoted.splitlines() if line.strip())
    where = f" in {_escaped(post['space'])}" if post and not question else ""
    return {"text": f"{words}{where}{quote}"}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _failed(webhook: Webhook, error: str, *, for_good: bool = False) -> None:
    now = timezone.now()
    mine = Webhook.objects.filter(pk=webhook.pk)
    mine.update(
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", now),
        last_called_at=now,
        last_error=error[:300],
    )
    enough = mine.filter(active=True)
    if not for_good:
        enough = enough.filter(failures__gte=MOST_FAILURES, failing_since__lte=now - LONG)
    with transaction.atomic():
        if enough.update(active=False):
            _tell_owners(webhook, error)


def _tell_owners(webhook: Webhook, error: str) -> None:
    space = webhook.space
    if space:
        members = space.memberships.filter(role=Role.MAINTAINER).values_list("user", flat=True)
        reason, people = "maintainer", list(members)
        url = reverse("space-webhooks", args=[space.slug])
    else:
        reason, people, url = "owner", [webhook.user_id or 0], reverse("webhooks")
    because = events.because(reason, space.name if space else "")
    detail = {
        "webhook": webhook.pk, "time": timezone.now().isoformat(), "title": webhook.host, "url": url,
        "text": f"The last of {MOST_FAILURES} calls or more: {error}.",
    }  # fmt: skip
    tell_all(
        [News("webhook.disabled", None, None, None, [Listener(pk, reason, because) for pk in people], detail)]
    )
    slug = space.slug if space else ""
    AuditEvent.objects.record("webhook.disable", by=None, space=slug, webhook=webhook.pk, host=webhook.host)
