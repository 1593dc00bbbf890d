"""Warning people of suspect data, once each for an investigation, and telling the same people how it ended.

`Investigation.untold` is the job, beside `Dataset.unsettled_at` (marking.py). Who is told is in
concerning.py: of posts that they see alone. That somebody read or follows something is told to nobody else.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from knowledge.models import (
    Dataset,
    Delivery,
    Investigation,
    Notification,
    Post,
    Readers,
    Webhook,
)
from knowledge.pipeline.concerning import concerned
from knowledge.pipeline.jobs import request_delivery
from knowledge.pipeline.lanes import Lane
from knowledge.pipeline.marking import settle
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.pipeline.waking import wake
from knowledge.pipeline.watching import by_the_clock

logger = logging.getLogger(__name__)

BATCH = 500
_LANE = Lane(1)


def work() -> None:
    """Mark what is to be marked, then tell, so that who is told finds the banner."""
    for dataset in Dataset.objects.filter(unsettled_at__isnull=False).values_list("pk", flat=True):
        settle(dataset)
    for found in Investigation.objects.to_work_on().select_related("dataset", "opened_by", "closed_by"):
        try:
            tell(found)
        except Exception:
            # One that can't be told must not keep the others waiting.
            logger.exception("Investigation %s can't be told", found.pk)


def tell(found: Investigation) -> None:
    """Whatever was told before isn't again, so that a worker that vanished does no harm."""
    what = found.untold
    if what == "suspect":
        _tell_suspect(found)
    elif what == "cleared":
        _tell_cleared(found)
    same = Investigation.objects.filter(pk=found.pk, untold=what, spaces=found.spaces)
    same.update(untold="", called=found.called)


def _tell_suspect(found: Investigation) -> None:
    told, spaces = concerned(found)
    summary = found.told.summary if found.told else ""
    news = [
        News(
            "dataset.suspect",
            None,
            None,
            None,
            [it.why],
            _detail(found, summary, it.posts, it.number),
            investigation=found,
        )
        for it in told
    ]
    for first in range(0, len(news), BATCH):
        tell_all(news[first : first + BATCH])
    _call_spaces(found, "dataset.suspect", summary, spaces)
    found.called = sorted(spaces.union(found.called))


def _tell_cleared(found: Investigation) -> None:
    """Who was warned, as far as they still see one of the posts that it was about; and their webhooks."""
    warned = Notification.objects.filter(event="dataset.suspect", investigation=found)
    last = 0
    while rows := list(warned.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        tell_all(list(_cleared(found, rows)))
    _call_spaces(found, "dataset.cleared", _ending(found), found.called)


def _cleared(found: Investigation, rows: Sequence[Notification]) -> Iterator[News]:
    ids = {pk for row in rows for pk in row.detail.get("posts", ())}
    posts = Post.objects.live().select_related("space").in_bulk(ids)
    readers = Readers.of({row.user_id for row in rows}, {post.space_id for post in posts.values()})
    for row in rows:
        theirs = [posts[pk] for pk in row.detail.get("posts", ()) if pk in posts]
        seen = [post.pk for post in theirs if readers.sees(row.user_id, post)]
        if seen or row.reason == "data-owner":
            listener = Listener(row.user_id, row.reason, row.because, row.subscription_id)
            detail = _detail(found, _ending(found), seen, len(seen))
            yield News(
                "dataset.cleared", None, found.closed_by, None, [listener], detail, investigation=found
            )


def _ending(found: Investigation) -> str:
    parts = [f"{found.get_holds_display()}." if found.holds else "", _span(found), found.note]
    return " ".join(filter(None, parts))


def _span(found: Investigation) -> str:
    since, until = (by_the_clock(at) if at else "" for at in (found.wrong_from, found.wrong_until))
    if since and until:
        return f"The data was wrong from {since} to {until}."
    if since:
        return f"The data was wrong from {since} on."
    return f"The data was wrong until {until}." if until else ""


def _detail(found: Investigation, text: str, posts: Sequence[int], number: int) -> dict[str, Any]:
    return {
        "title": found.dataset.label,
        "text": text,
        "url": found.get_absolute_url(),
        "posts": list(posts),
        "number": number,
    }


def _call_spaces(found: Investigation, event: str, text: str, spaces: Collection[int]) -> None:
    """One call for each webhook of the spaces whose open posts rest on it."""
    calls = [
        Delivery(
            key=f"webhook:{webhook.pk}:{event}:investigation:{found.pk}",
            kind=Delivery.Kind.WEBHOOK,
            webhook=webhook,
            event=event,
            actor=found.closed_by,
            detail={"investigation": found.pk, "text": text[:500]},
        )
        for webhook in Webhook.objects.filter(space__in=spaces, active=True)
        if webhook.wants(event)
    ]
    Delivery.objects.bulk_create(calls, ignore_conflicts=True)
    if calls:
        request_delivery(len(calls))


def sweep_datasets() -> None:
    """Wake someone for what a lost message left lying."""
    late = timezone.now() - timedelta(seconds=3)
    unsettled = Dataset.objects.filter(unsettled_at__lt=late)
    untold = Investigation.objects.to_work_on().filter(Q(opened_at__lt=late) | Q(closed_at__lt=late))
    if unsettled.exists() or untold.exists():
        wake(warn_waiting)


@shared_task
def warn_waiting() -> None:
    _LANE.work_off(work)
