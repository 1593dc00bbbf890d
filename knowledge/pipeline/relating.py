"""Relating: which posts are near to a post, and why; worked out once it is indexed, and again now and then.

A row in Relating is the job, as SearchEntry's is for the index. What two posts have in common is written down
for both at once, so that a new post stands beside the older ones without their being looked at again.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from knowledge.models import AlsoRead, Read, Related, Relating
from knowledge.models.search_words import Corpus
from knowledge.pipeline.citing import follow_links, follow_lost, follow_waiting
from knowledge.pipeline.lanes import Lane
from knowledge.pipeline.nearness import common_of
from knowledge.pipeline.waking import wake
from knowledge.relating.reasons import turned
from knowledge.relating.scoring import KEPT, LEAST, chosen, reasons_of, weight_of

logger = logging.getLogger(__name__)

BATCH = 50
QUEUED_SECONDS = 3  # a message takes milliseconds to arrive where a worker is free
OLD = timedelta(days=30)
A_NIGHT = 5_000  # old ones
ROOM = 3 * KEPT  # rows of one post, with those that others brought
_LANE = Lane(1)

_REQUEST = """
    INSERT INTO knowledge_relating (post_id, stale_since)
    SELECT id, clock_timestamp() FROM knowledge_post
    WHERE id = ANY(%s) AND published_revision_id IS NOT NULL
    ORDER BY id
    ON CONFLICT (post_id) DO UPDATE SET stale_since = clock_timestamp()
"""
_DONE = """
    UPDATE knowledge_relating SET related_at = clock_timestamp(),
        stale_since = CASE WHEN stale_since = %s THEN NULL ELSE stale_since END
    WHERE post_id = %s
"""
# Two posts write the same rows: one after the other, or each would wait for the other.
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('knowledge_related'))"
_TRIM = """
    DELETE FROM knowledge_related WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY post_id ORDER BY weight DESC, other_id) AS place
            FROM knowledge_related WHERE post_id = ANY(%s)
        ) AS placed WHERE place > %s
    )
"""


def request_relating(posts: Iterable[int]) -> None:
    """Have the posts with these ids related anew, once the transaction around this is through."""
    wanted = sorted(set(posts))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REQUEST, [wanted])
    transaction.on_commit(partial(wake, relate_waiting))


def relate_posts() -> None:
    """Relate what waits until nothing does; leaves it to whoever is at it.

    What came last is first: what is published now doesn't wait for all posts of an upgrade, or of a night.
    """
    _LANE.work_off(_relate_waiting)


def _relate_waiting() -> None:
    stale = Relating.objects.filter(stale_since__isnull=False).order_by("-stale_since")
    while waiting := list(stale.values_list("post_id", "stale_since")[:BATCH]):
        _relate(dict(waiting))


def _relate(waiting: dict[int, datetime | None]) -> None:
    """Posts by since when they are stale; one that becomes so again meanwhile, stays."""
    try:
        follow_links(waiting)
        follow_waiting(waiting)
    except Exception:
        logger.exception("The links of posts %s can't be followed", sorted(waiting))
    corpus = Corpus.now()
    for post, since in waiting.items():
        try:
            relate(post, corpus)
        except Exception:
            # Nothing that a post holds may keep the others waiting.
            logger.exception("Post %s can't be related to others", post)
        with connection.cursor() as cursor:
            cursor.execute(_DONE, [since, post])


def relate(post: int, corpus: Corpus) -> None:
    found = common_of(post, corpus)
    weights = {other: weight_of(each.common) for other, each in found.items()}
    kept = chosen(weights, [other for other, each in found.items() if each.is_near])
    # Others may have it among theirs although it has nearer ones itself.
    theirs = set(Related.objects.filter(other=post, post__in=found).values_list("post", flat=True))
    rows = []
    for other in {*kept, *theirs}:
        if weights[other] >= LEAST and (reasons := reasons_of(found[other].common)):
            weight = weights[other]
            rows.append(Related(post_id=other, other_id=post, weight=weight, reasons=turned(reasons)))
            if other in kept:
                rows.append(Related(post_id=post, other_id=other, weight=weight, reasons=reasons))
    _store(post, rows, theirs)


@transaction.atomic
def _store(post: int, rows: list[Related], theirs: Collection[int]) -> None:
    rows.sort(key=lambda row: (row.post_id, row.other_id))
    holding = {row.post_id for row in rows}
    gone = Q(post=post) & ~Q(other__in=holding - {post}) | Q(other=post, post__in=set(theirs) - holding)
    with connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE)
        Related.objects.filter(gone).delete()
        Related.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["post", "other"], update_fields=["weight", "reasons"]
        )
        cursor.execute(_TRIM, [sorted(holding), ROOM])


def sweep_relating() -> None:
    """Wake someone for what waits longer than a message takes."""
    since = timezone.now() - timedelta(seconds=QUEUED_SECONDS)
    if Relating.objects.filter(stale_since__lt=since).exists():
        wake(relate_waiting)


def request_again(now: datetime) -> None:
    """Those that reads of the last day may have brought near to others, and those last looked at long ago."""
    read = Read.objects.filter(day__gte=(now - timedelta(days=1)).date()).values("post")
    read_together = AlsoRead.objects.filter(post__in=read).values_list("post", flat=True).distinct()
    old = Relating.objects.filter(related_at__lt=now - OLD).order_by("related_at")
    request_relating([*read_together, *old.values_list("post", flat=True)[:A_NIGHT]])


@shared_task
def relate_waiting() -> None:
    relate_posts()


@shared_task
def relate_night() -> None:
    follow_lost()
    request_again(timezone.now())
