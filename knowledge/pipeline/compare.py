"""Comparing: two sources that a reader wants side by side, worked out by a worker's child process.

The Comparison row is the job, as with renderings: made on request, claimed by a conditional update with a
fresh token, kept alive by a heartbeat, found by the sweeper when its worker vanished. A worker compares one
pair at a time, so that rendering keeps its places.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from knowledge import storage
from knowledge.diffing import DIFFER_VERSION
from knowledge.diffing.wire import NoDifference, packed, unpacked
from knowledge.documents import DocumentError
from knowledge.models import Comparison, Revision
from knowledge.pipeline.children import borrowed_child
from knowledge.pipeline.lanes import Lane
from knowledge.pipeline.render import (
    CRASHES_MAX,
    HEARTBEAT_SECONDS,
    LOOK_SECONDS,
    SOURCE_MISSING,
    cleaned,
    if_possible,
)
from knowledge.pipeline.waking import wake
from knowledge.rendering.child import RenderCrashed, RenderTimeout

logger = logging.getLogger(__name__)

QUEUED_SECONDS = 3
SILENT_SECONDS = 10
LOSSES_MAX = 30
_LANE = Lane(1)


def request_comparison(*, old: Revision | None, new: Revision) -> Comparison:
    """The comparison of what two revisions show, queued if nobody asked for it before; None is none.

    Who may ask is for the caller to have checked: it tells no more than the two revisions do.
    """
    with transaction.atomic():
        comparison, is_new = Comparison.objects.get_or_create(
            old_digest=old.rendering.source_digest if old else "",
            old_format=old.rendering.format if old else "",
            new_digest=new.rendering.source_digest,
            new_format=new.rendering.format,
            differ_version=DIFFER_VERSION,
        )
        if is_new:
            transaction.on_commit(partial(wake, compare_waiting))
    return comparison


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's claim on a comparison; what it writes counts only while its token is the row's."""

    row: Comparison
    token: uuid.UUID

    def update(self, **columns: Any) -> bool:
        mine = Comparison.objects.filter(
            pk=self.row.pk, state=Comparison.State.COMPARING, attempt_token=self.token
        )
        return mine.update(**columns) == 1

    def fail(self, code: str, message: str, hint: str) -> None:
        self.update(
            state=Comparison.State.FAILED,
            finished_at=timezone.now(),
            failure_code=code,
            failure_message=message,
            failure_hint=hint,
        )

    def put_aside(self) -> None:
        self.update(state=Comparison.State.QUEUED, attempt_token=None, heartbeat_at=None)


@transaction.atomic
def claim_next() -> Attempt | None:
    """The one that waits longest; passes over rows that others are claiming."""
    waiting = Comparison.objects.filter(state=Comparison.State.QUEUED).order_by("queued_at", "pk")
    row = waiting.select_for_update(skip_locked=True, no_key=True).defer("result").first()
    if row is None:
        return None
    token, now = uuid.uuid4(), timezone.now()
    claimed = Comparison.objects.filter(pk=row.pk, state=Comparison.State.QUEUED).update(
        state=Comparison.State.COMPARING, attempt_token=token, started_at=now, heartbeat_at=now
    )
    return Attempt(row, token) if claimed else None


def draw_waiting() -> None:
    """Compare one pair after the other until nothing waits, or leave it to the thread that is at it."""
    _LANE.work_off(_compare_waiting)


def _compare_waiting() -> None:
    while attempt := claim_next():
        work(attempt)


def work(attempt: Attempt) -> None:
    """What isn't the documents' fault is logged: the sweeper finds the row and has it tried again."""
    try:
        _work(attempt)
    except Exception:
        logger.exception("Comparison %s is left to the sweeper", attempt.row.pk)


def _work(attempt: Attempt) -> None:
    row = attempt.row
    try:
        sources = [storage.read(row.old_digest) if row.old_digest else b"", storage.read(row.new_digest)]
        paths = [f"document.{row.old_format}" if row.old_digest else "", f"document.{row.new_format}"]
        # One that is not used for rendering afterwards: its memory and patience are as they were.
        with borrowed_child(is_slow=True) as child:
            data = child.compare(paths, sources, on_wait=_Heart(attempt).look, every=LOOK_SECONDS)
        result = cleaned(packed(unpacked(orjson.loads(data))))
    except FileNotFoundError:
        attempt.fail(SOURCE_MISSING.code, SOURCE_MISSING.message, SOURCE_MISSING.hint)
    except DocumentError as error:
        attempt.fail(error.code, error.message, error.hint)
    except RenderTimeout:
        attempt.fail(
            "compare-timeout",
            "Comparing these two revisions takes longer than it may.",
            "Open both revisions beside each other, or download them and compare the files.",
        )
    except (RenderCrashed, NoDifference, orjson.JSONDecodeError) as error:
        _count_crash(attempt, str(error))
    else:
        attempt.update(state=Comparison.State.READY, finished_at=timezone.now(), result=result)


class _Heart:
    """Says that the attempt is alive while its child works."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt, self.beaten = attempt, time.monotonic()

    def look(self) -> None:
        if time.monotonic() - self.beaten >= HEARTBEAT_SECONDS:
            self.beaten = time.monotonic()
            if_possible(partial(self.attempt.update, heartbeat_at=timezone.now()))


def _count_crash(attempt: Attempt, detail: str) -> None:
    logger.warning("Comparison %s crashed: %s", attempt.row.pk, detail)
    crashes = attempt.row.crashes + 1
    attempt.update(crashes=crashes)
    if crashes < CRASHES_MAX:
        attempt.put_aside()
        return
    attempt.fail(
        "compare-crashed",
        "Comparing these two revisions failed.",
        "Nothing is lost: both revisions are here to read. Tell the people who run this portal.",
    )


def sweep_comparisons() -> None:
    """Queue again what a worker fell silent about, and wake someone for what waits."""
    now = timezone.now()
    lost = Comparison.objects.filter(
        state=Comparison.State.COMPARING, heartbeat_at__lt=now - timedelta(seconds=SILENT_SECONDS)
    )
    lost.filter(losses__gte=LOSSES_MAX).update(
        state=Comparison.State.FAILED,
        finished_at=now,
        failure_code="workers-lost",
        failure_message=f"The worker that compared them vanished, {LOSSES_MAX} times.",
        failure_hint="Tell the people who run this portal.",
    )
    lost.update(state=Comparison.State.QUEUED, attempt_token=None, heartbeat_at=None, losses=F("losses") + 1)
    since = now - timedelta(seconds=QUEUED_SECONDS)
    if Comparison.objects.filter(state=Comparison.State.QUEUED, queued_at__lt=since).exists():
        wake(compare_waiting)


@shared_task
def compare_waiting() -> None:
    draw_waiting()
