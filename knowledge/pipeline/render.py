"""Rendering: a worker claims a source, a child process draws it, the result is stored and published.

The Rendering row is the job. It is claimed by a conditional update with a fresh attempt token and kept alive
by a heartbeat; a result is stored only where the token is still the row's.
"""

import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from knowledge import storage
from knowledge.documents import DocumentError
from knowledge.documents.decoding import storable
from knowledge.git import Repository
from knowledge.models import AuditEvent, Post, Rendering, RenderingPart, User
from knowledge.permissions import check_write
from knowledge.pipeline.children import borrowed_child
from knowledge.pipeline.intake import Failure, bring_back
from knowledge.pipeline.lanes import PATIENCE, SLOW_SECONDS, FastPlace, SlowLane
from knowledge.pipeline.publish import publish_rendered
from knowledge.pipeline.waking import wake
from knowledge.rendering import Rendering as Result
from knowledge.rendering.child import RenderChild, RenderCrashed, RenderTimeout

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2
LOOK_SECONDS = 0.2
CRASHES_MAX = 3
TIMEOUTS_MAX = 2
SOURCE_MISSING = Failure(
    "source-missing",
    "The document's source isn't in the portal's storage.",
    "Change the document and push it again; if that doesn't help, tell the people who run this portal.",
)

_slow_lane = SlowLane()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's claim on a rendering."""

    rendering_id: int
    token: uuid.UUID
    format: str
    source_digest: str

    def update(self, **columns: Any) -> bool:
        """Write to the row if it is still this attempt's."""
        mine = Rendering.objects.filter(
            pk=self.rendering_id, state=Rendering.State.RENDERING, attempt_token=self.token
        )
        return mine.update(**columns) == 1


def request_rendering(rendering_id: int) -> bool:
    """Wake a worker for it; False where the broker can't be reached (the sweeper will find it then)."""
    return wake(render_document, rendering_id)


def request_renderings(rendering_ids: Iterable[int]) -> None:
    """Stops at the first that can't be sent: each further one would wait for the broker as long again."""
    for rendering_id in rendering_ids:
        if not request_rendering(rendering_id):
            return


def retry(*, by: User, post: Post) -> None:
    """Render the post's latest revision once more, if it failed. Raises UserError for who may not write."""
    check_write(post.space, by)
    revision = post.latest_revision
    if revision is None or not bring_back(Repository(post.space.slug), *revision.drawn):
        return
    with transaction.atomic():
        failed = Rendering.objects.filter(pk=revision.rendering_id, state=Rendering.State.FAILED)
        if failed.update(state=Rendering.State.QUEUED, queued_at=timezone.now(), **FRESH):
            AuditEvent.objects.record("post.retry", by=by, post=post.pk, revision=revision.number)
            transaction.on_commit(lambda: request_rendering(revision.rendering_id))


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


def render(rendering_id: int) -> None:
    """Draw one source, if nobody else does or did.

    What isn't the document's fault is raised: the sweeper finds the row and has it tried again.
    """
    if _slow_lane.is_waiting(rendering_id):
        return
    with FastPlace() as place:
        attempt = _claim(rendering_id)
        give_up = _slow_lane.leave if attempt else _slow_lane.decline
        try:
            if attempt:
                _draw(attempt, place)
        finally:
            if following := give_up(rendering_id):
                request_rendering(following)


def _draw(attempt: Attempt, place: FastPlace) -> None:
    try:
        source = storage.read(attempt.source_digest)
        with borrowed_child() as child:
            watch = _Watch(attempt, child, place)
            result = child.render(
                f"document.{attempt.format}", source, on_wait=watch.look, every=LOOK_SECONDS
            )
    except _PutAside:
        # The sweeper leaves it alone for a while, and would wake a worker for it should this one end.
        attempt.update(state=Rendering.State.QUEUED, attempt_token=None, heartbeat_at=timezone.now())
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


def _claim(rendering_id: int) -> Attempt | None:
    token, now = uuid.uuid4(), timezone.now()
    queued = Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED)
    claimed = queued.update(
        state=Rendering.State.RENDERING, attempt_token=token, started_at=now, heartbeat_at=now
    )
    if not claimed:
        return None
    row = Rendering.objects.only("format", "source_digest").get(pk=rendering_id)
    return Attempt(rendering_id, token, row.format, row.source_digest)


class _PutAside(Exception):
    """The document is slow, and all places for slow ones are taken."""


class _Watch:
    """Looks after an attempt while its child works: see lanes.py."""

    def __init__(self, attempt: Attempt, child: RenderChild, place: FastPlace) -> None:
        self.attempt, self.child, self.place = attempt, child, place
        self.began = self.beaten = time.monotonic()
        self.is_slow = False

    def look(self) -> None:
        """Raises _PutAside."""
        now = time.monotonic()
        spent = max(self.child.processor_seconds, (now - self.began) / PATIENCE)
        if not self.is_slow and spent >= SLOW_SECONDS:
            if not _slow_lane.enter(self.attempt.rendering_id):
                raise _PutAside
            self.is_slow = True
            self.place.leave()
            self.child.yield_processor()
        if now - self.beaten >= HEARTBEAT_SECONDS:
            self.beaten = now
            _beat(self.attempt)


def _beat(attempt: Attempt) -> None:
    """A database that is away for a moment must not end a rendering that goes well."""
    try:
        attempt.update(heartbeat_at=timezone.now())
    except (DatabaseError, InterfaceError) as error:
        logger.warning("No heartbeat for rendering %s: %s", attempt.rendering_id, error)
        connection.close_if_unusable_or_obsolete()


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
    }
    return {name: _clean(value) for name, value in columns.items()}


def _clean(value: Any) -> Any:
    """Whatever a document makes the child say: no text that PostgreSQL would refuse."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {storable(key): _clean(part) for key, part in value.items()}
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
    elif attempt.update(state=Rendering.State.QUEUED, attempt_token=None, heartbeat_at=None):
        request_rendering(attempt.rendering_id)


@shared_task
def render_document(rendering_id: int) -> None:
    render(rendering_id)
