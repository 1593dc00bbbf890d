"""Telling people: who hears of what happened, once each, and what is to be sent for it.

Called in the transaction of the verb that caused it. Writes rows alone: the mails and calls that they ask for
are jobs (deliver.py), and whether their reader may still see the post is asked again when they are sent.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from knowledge import events
from knowledge.models import (
    Campaign,
    Delivery,
    Investigation,
    Notification,
    OpenQuestion,
    Post,
    Readers,
    Revision,
    User,
    Webhook,
)
from knowledge.models.notification import channels_of
from knowledge.pipeline.jobs import request_delivery

EXCERPT = 500  # characters of what was said that a notification quotes
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody to tell, and why; `subscription` is the one that asked for it, if one did."""

    user: int
    reason: str
    because: str
    subscription: int | None = None


@dataclass(frozen=True, slots=True)
class News:
    """`calls_spaces`: whether webhooks of its space hear of it; they did, where only more people are told.

    `also` is another post that it tells of: who doesn't see that one either isn't told.
    """

    event: str
    post: Post | None
    by: User | None
    revision: Revision | None = None
    listeners: Sequence[Listener] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    question: OpenQuestion | None = None
    calls_spaces: bool = True
    campaign: Campaign | None = None
    investigation: Investigation | None = None
    also: Post | None = None

    @property
    def key(self) -> str:
        """What it is about, by the table of events: about the same, nobody is told twice."""
        known = self.detail | ({"revision": self.revision.pk} if self.revision else {})
        known |= {"question": self.question.pk} if self.question else {}
        known |= {"campaign": self.campaign.pk} if self.campaign else {}
        known |= {"investigation": self.investigation.pk} if self.investigation else {}
        about = [f"{name}:{known[name]}" for name in events.EVENTS[self.event].about if name in known]
        return " ".join(about)[:120] or f"post:{self.post.pk if self.post else ''}"

    @property
    def is_among_members(self) -> bool:
        """Whether it is of the conversation in a review."""
        return {"thread", "review"} <= self.detail.keys()


def tell(
    *,
    event: str,
    post: Post,
    by: User | None,
    revision: Revision | None = None,
    people: Iterable[tuple[User, str]] = (),
    detail: dict[str, Any] | None = None,
) -> None:
    """Tell `people`, each with a reason of knowledge.events.REASONS, and the webhooks that ask for `event`.

    One notification a person, for the strongest reason; none to `by`, nor to who can't see the post. `detail`
    holds what the event is about (see knowledge.events), `text` to quote, and the `url` to lead to.
    """
    target = post.space.name
    listeners = [Listener(user.pk, reason, events.because(reason, target)) for user, reason in people]
    tell_all([News(event, post, by, revision, listeners, detail or {})])


@transaction.atomic
def tell_all(news: Sequence[News]) -> None:
    """The same for much at once: as many queries for a thousand posts as for one."""
    made = _write(_notifications(news))
    deliveries = [*_mails(made), *_calls(news, made)]
    Delivery.objects.bulk_create(deliveries, batch_size=BATCH, ignore_conflicts=True)
    if deliveries:
        transaction.on_commit(partial(request_delivery, len(deliveries)))


def _notifications(news: Sequence[News]) -> list[Notification]:
    users = {listener.user for each in news for listener in each.listeners}
    if not users:
        return []
    told_of = (it for each in news for it in (each.post, each.question, each.also))
    spaces = {it.space_id for it in told_of if it and it.space_id}
    readers = Readers.of(users, spaces)
    chosen = channels_of(users)
    rows = []
    for each in news:
        group = events.EVENTS[each.event].group
        for listener in _strongest(each):
            channel = chosen.get((listener.user, group), events.GROUPS[group].channel)
            is_seen = all(readers.sees(listener.user, it) for it in (each.post, each.also) if it)
            if each.question:
                is_seen = is_seen and readers.sees_question(listener.user, each.question)
            if channel != "off" and is_seen and listener.user in readers.active:
                rows.append(_notification(each, listener, channel))
    return rows


def _strongest(news: News) -> Iterator[Listener]:
    """One for each person but the one who did it."""
    actor = news.by.pk if news.by else None
    best: dict[int, Listener] = {}
    for listener in sorted(news.listeners, key=lambda it: events.STRENGTH[it.reason]):
        if listener.user != actor:
            best.setdefault(listener.user, listener)
    return iter(best.values())


def _notification(news: News, listener: Listener, channel: str) -> Notification:
    detail = dict(news.detail)
    if text := str(detail.get("text", "")):
        detail["text"] = text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1].rstrip()}…"
    row = Notification(
        user_id=listener.user,
        event=news.event,
        key=news.key,
        token=uuid.uuid4(),
        post=news.post,
        also=news.also,
        question=news.question,
        campaign=news.campaign,
        investigation=news.investigation,
        dataset=news.investigation.dataset if news.investigation else None,
        revision=news.revision,
        actor=news.by,
        actor_name=news.by.get_full_name() if news.by else "",
        reason=listener.reason,
        because=listener.because[:600],
        subscription_id=listener.subscription,
        detail=detail,
        digest=events.DIGESTS.get(channel, "") if settings.SENDS_MAIL else "",
    )
    row.mails_now = channel == "mail_now" and settings.SENDS_MAIL
    return row


def _write(rows: list[Notification]) -> list[Notification]:
    """Those that are news: of what somebody was told before, the first notification stays."""
    if not rows:
        return []
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    written = dict(
        Notification.objects.filter(token__in=[row.token for row in rows]).values_list("token", "pk")
    )
    news = [row for row in rows if row.token in written]
    for row in news:
        row.pk = written[row.token]
    return news


def _mails(made: Iterable[Notification]) -> Iterator[Delivery]:
    for row in made:
        if row.mails_now:
            yield Delivery(
                key=f"mail:{row.token}", kind=Delivery.Kind.MAIL, user_id=row.user_id, notification_id=row.pk
            )


def _calls(news: Sequence[News], made: Sequence[Notification]) -> Iterator[Delivery]:
    """Of the webhooks of spaces for what happened there, and of people for what they are told.

    What not everyone who sees the space may see reaches no webhook of it: nobody knows who reads there.
    """
    spaces = {each.post.space_id for each in news if each.post}
    users = {row.user_id for row in made}
    webhooks = Webhook.objects.filter(Q(space__in=spaces) | Q(user__in=users), active=True)
    for webhook in webhooks:
        for each in news:
            is_there = each.post is not None and each.post.space_id == webhook.space_id
            is_told = each.post is not None and is_open(each.post) and not each.is_among_members
            is_told = is_told and each.event not in events.OF_FOLLOWERS
            is_told = is_told and each.question is None  # a question has readers of its own
            is_told = is_told and each.calls_spaces and (each.also is None or is_public(each.also))
            if is_there and is_told and webhook.wants(each.event):
                yield _call(webhook, each.event, each.key, news=each)
        for row in made:
            if row.user_id == webhook.user_id and webhook.wants(row.event):
                yield _call(webhook, row.event, row.key, notification=row)


def is_open(post: Post) -> bool:
    return not post.private and not post.is_held


def is_public(post: Post) -> bool:
    """Whether everybody sees it who may sign in."""
    return is_open(post) and not post.space.is_restricted


def _call(
    webhook: Webhook,
    event: str,
    key: str,
    *,
    news: News | None = None,
    notification: Notification | None = None,
) -> Delivery:
    call = Delivery(
        key=f"webhook:{webhook.pk}:{event}:{key}", kind=Delivery.Kind.WEBHOOK, webhook=webhook, event=event
    )
    if notification:
        call.notification_id = notification.pk
    if news:
        call.post, call.revision, call.actor, call.detail = news.post, news.revision, news.by, news.detail
    return call
