"""Claiming: a rendering becomes one worker's attempt, by a conditional update with a fresh token.

Whatever an attempt writes is stored only where its token is still the row's.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge.models import Rendering


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's claim on a rendering."""

    rendering_id: int
    token: uuid.UUID
    format: str
    source_digest: str
    due_at: datetime

    def update(self, **columns: Any) -> bool:
        """Write to the row if it is still this attempt's."""
        mine = Rendering.objects.filter(
            pk=self.rendering_id, state=Rendering.State.RENDERING, attempt_token=self.token
        )
        return mine.update(**columns) == 1

    def put_aside(self) -> None:
        """Leave it to a later attempt; that is no crash, and no loss."""
        self.update(state=Rendering.State.QUEUED, attempt_token=None, heartbeat_at=None)


@transaction.atomic
def claim_next(*, is_slow: bool) -> Attempt | None:
    """The one whose turn it is of those that wait (see turns.py).

    Passes over rows that others are claiming, or that an ingest is about to give more revisions.
    """
    waiting = Rendering.objects.waiting(is_slow=is_slow).order_by("due_at", "pk")
    rows = waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    pk = rows.first()
    return claim(pk) if pk else None


def claim(rendering_id: int) -> Attempt | None:
    """This one, if it waits."""
    token, now = uuid.uuid4(), timezone.now()
    queued = Rendering.objects.filter(pk=rendering_id, state=Rendering.State.QUEUED)
    claimed = queued.update(
        state=Rendering.State.RENDERING, attempt_token=token, started_at=now, heartbeat_at=now
    )
    if not claimed:
        return None
    row = Rendering.objects.only("format", "source_digest", "due_at").get(pk=rendering_id)
    return Attempt(rendering_id, token, row.format, row.source_digest, row.due_at)
