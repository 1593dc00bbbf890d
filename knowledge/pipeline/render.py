"""Rendering: a worker claims a source, a child process draws it, the result is stored and published.

The Rendering row is the job: claimed (claiming.py) in its turn (turns.py), and kept alive by a heartbeat. A
message brings no job; a worker that gets one draws what waits until nothing does.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, astuple
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from knowledge import storage
from knowledge.documents import DocumentError
from knowledge.documents.decoding import storable
from knowledge.git import Repository
from knowledge.models import AuditEvent, Post, Rendering, RenderingPart, User
from knowledge.permissions import check_write
from knowledge.pipeline import lanes, turns
from knowledge.pipeline.children import borrowed_child
from knowledge.pipeline.claiming import Attempt, claim_next
from knowledge.pipeline.intake import Failure, bring_back
from knowledge.pipeline.lanes import PATIENCE, SLOW_SECONDS, Lane, Place
from knowledge.pipeline.publish import publish_rendered
from knowledge.pipeline.waking import wake
from knowledge.rendering import Rendering as Result
from knowledge.rendering.child import RenderChild, RenderCrashed, RenderTimeout

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2
LOOK_SECONDS = 0.1
CRASHES_MAX = 3
TIMEOUTS_MAX = 2
WAKE_MAX = 50  # as many as begin at once on many machines; each goes on while there is something to do
SOURCE_MISSING = Failure(
    "source-missing",
    "The document's source isn't in the portal's storage.",
    "Change the document and push it again; if that doesn't help, tell the people who run this portal.",
)

_is_stopping = False


def request_workers(count: int) -> None:
    """Wake workers for so many renderings that wait, but not for each of very many.

    Stops at what can't be sent: each further message would wait for the broker as long again.
    """
    for _ in range(min(count, WAKE_MAX)):
        if not wake(render_waiting):
            return


def retry(*, by: User, post: Post) -> None:
    """Render the post's latest revision once more, if it failed. Raises UserError for who may not write."""
    check_write(post.space, by)
    revision = post.latest_revision
    if revision is None or not bring_back(Repository(post.space.slug), *revision.drawn):
        return
    with transaction.atomic():
        now = timezone.now()
        failed = Rendering.objects.filter(pk=revision.rendering_id, state=Rendering.State.FAILED)
        if failed.update(state=Rendering.State.QUEUED, queued_at=now, due_at=now, **FRESH):
            AuditEvent.objects.record(
                "post.retry", by=by, space=post.space.slug, post=post.pk, revision=revision.number
            )
            transaction.on_commit(partial(request_workers, 1))


FRESH: dict[str, Any] = {
    "attempt_token": None,
    "heartbeat_at": None,
    "finished_at": None,
    "crashes": 0,
    "losses": 0,
    "failure_code": "",
    "failure_message": "",
    "failure_hint": "",
}


def draw_waiting() -> None:
    """Draw one after the other of what waits, in its turn, until nothing does or others have all places."""
    lane: Lane | None = lanes.FAST
    while lane and not _is_stopping:
        other = lanes.SLOW if lane is lanes.FAST else lanes.FAST
        lane = _draw_next(lane) or _draw_next(other)


def _draw_next(lane: Lane) -> Lane | None:
    """The lane in which to look for the next; None if there was nothing to do or no place."""
    if not lane.enter():
        return None
    place, attempt = Place(lane), None
    try:
        if attempt := claim_next(is_slow=lane is lanes.SLOW):
            draw(attempt, place)
    finally:
        must_look_again = place.lane.leave()
    return place.lane if attempt or must_look_again else None


def draw(attempt: Attempt, place: Place) -> None:
    """What isn't the document's fault is logged: the sweeper finds the row and has it tried again."""
    try:
        _draw(attempt, place)
    except Exception:
        logger.exception("Rendering %s is left to the sweeper", attempt.rendering_id)


def _draw(attempt: Attempt, place: Place) -> None:
    try:
        source = storage.read(attempt.source_digest)
        with borrowed_child(is_slow=place.lane is lanes.SLOW) as child:
            watch = _Watch(attempt, child, place)
            result = child.render(
                f"document.{attempt.format}", source, on_wait=watch.look, every=LOOK_SECONDS
            )
    except _PutAside:
        attempt.put_aside()
    except FileNotFoundError:
        _fail(attempt, SOURCE_MISSING)
    except DocumentError as error:
        _fail(attempt, Failure(error.code, error.message, error.hint))
    except RenderTimeout as error:
        _count_crash(attempt, Failure(error.code, error.message, error.hint), most=TIMEOUTS_MAX)
    except RenderCrashed as error:
        _count_crash(attempt, Failure(error.code, error.message, error.hint), most=CRASHES_MAX)
    else:
        _finish(attempt, result)


class _PutAside(Exception):
    """The document makes way for others."""


class _Watch:
    """Looks after an attempt while its child works: see lanes.py and turns.py."""

    def __init__(self, attempt: Attempt, child: RenderChild, place: Place) -> None:
        self.attempt, self.child, self.place = attempt, child, place
        self.began = self.beaten = time.monotonic()

    def look(self) -> None:
        """Raises _PutAside."""
        now = time.monotonic()
        if self.place.lane is lanes.FAST:
            spent = max(self.child.processor_seconds, (now - self.began) / PATIENCE)
            if spent >= SLOW_SECONDS:
                self._turn_slow()
            elif if_possible(turns.is_anyone_due_before, self.attempt.due_at):
                raise _PutAside
        if self.place.lane is lanes.SLOW:
            self.child.yield_processor()
        if now - self.beaten >= HEARTBEAT_SECONDS:
            self.beaten = now
            _beat(self.attempt)

    def _turn_slow(self) -> None:
        if_possible(partial(self.attempt.update, is_slow=True))
        if_possible(turns.set_back, self.attempt.rendering_id)
        has_place = self.place.change(lanes.SLOW)
        # For the place that it leaves, and for who saw nothing to do while rows were being set back.
        request_workers(lanes.CORES)
        if not has_place:
            raise _PutAside


def _beat(attempt: Attempt) -> None:
    if_possible(partial(attempt.update, heartbeat_at=timezone.now()))


def if_possible(ask: Callable[..., bool | None], *arguments: Any) -> bool | None:
    """A database that is away for a moment must not end a rendering that goes well."""
    try:
        return ask(*arguments)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A rendering goes on without the database: %s", error)
        connection.close_if_unusable_or_obsolete()
        return None


def _finish(attempt: Attempt, result: Result) -> None:
    """Store the blobs, then the row, and publish in the same transaction: no crash comes between."""
    for data in [asset.data for asset in result.assets] + [output.data for output in result.outputs]:
        storage.put_bytes(data)
    with transaction.atomic():
        if attempt.update(state=Rendering.State.READY, finished_at=timezone.now(), **_columns(result)):
            _store_parts(attempt, result)
            publish_rendered(Rendering.objects.without_content().get(pk=attempt.rendering_id))


def _store_parts(attempt: Attempt, result: Result) -> None:
    RenderingPart.objects.filter(rendering=attempt.rendering_id).delete()
    parts = [
        RenderingPart(rendering_id=attempt.rendering_id, number=number, html=storable(html))
        for number, html in enumerate(result.parts)
    ]
    RenderingPart.objects.bulk_create(parts, batch_size=50)


def _columns(result: Result) -> dict[str, Any]:
    columns = {
        "text": result.text,
        "headings": [asdict(heading) for heading in result.headings],
        "assets": {
            asset.digest: {
                "type": asset.media_type,
                "width": asset.width,
                "height": asset.height,
                "size": len(asset.data),
            }
            for asset in result.assets
        },
        "outputs": [
            {
                "digest": output.digest,
                "label": output.label,
                "height": output.height,
                "type": output.media_type,
            }
            for output in result.outputs
        ],
        "thumbnail": result.thumbnail,
        "summary": result.summary,
        "notices": list(result.notices),
        "words": result.words,
        "macros": dict(result.macros),
        "has_slides": result.has_slides,
        "cells": [list(astuple(cell)) for cell in result.cells],
        "passages": [[*passage] for passage in result.passages],
        "libraries": list(result.libraries),
        "versions": dict(result.versions),
        "datasets": list(result.datasets),
        "insights": [asdict(insight) for insight in result.insights],
        "links": list(result.links),
        "findings": [asdict(finding) for finding in result.findings],
    }
    return {name: cleaned(value) for name, value in columns.items()}


def cleaned(value: Any) -> Any:
    """Whatever a document makes the child say: no text that PostgreSQL would refuse."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [cleaned(part) for part in value]
    if isinstance(value, dict):
        return {storable(key): cleaned(part) for key, part in value.items()}
    return value


def _fail(attempt: Attempt, failure: Failure) -> None:
    attempt.update(
        state=Rendering.State.FAILED,
        finished_at=timezone.now(),
        failure_code=failure.code,
        failure_message=failure.message,
        failure_hint=failure.hint,
    )


def _count_crash(attempt: Attempt, failure: Failure, *, most: int) -> None:
    """Another try, until `most` attempts have ended badly; then the failure of the last one."""
    crashes = Rendering.objects.values_list("crashes", flat=True).get(pk=attempt.rendering_id) + 1
    attempt.update(crashes=crashes)
    if crashes >= most:
        _fail(attempt, failure)
    else:
        attempt.put_aside()


@shared_task
def render_waiting() -> None:
    draw_waiting()


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    """What is being drawn is finished; what waits is other workers'."""
    global _is_stopping
    _is_stopping = True
