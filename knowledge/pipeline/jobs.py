"""A delivery as a job: claimed by one worker, and settled by it alone. deliver.py says what happens to it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge.models import Delivery
from knowledge.pipeline.waking import wake_named

State = Delivery.State
TASK = "knowledge.pipeline.deliver.deliver_waiting"
WAKE_MAX = 4


class Drop(Exception):
    """Not wanted any more: its reader can't see the post, chose otherwise, or is gone."""


class TryAgain(Exception):
    """It failed in a way that may pass."""


class GiveUp(Exception):
    """It failed, and would again."""


class Unsure(Exception):
    """It was handed over, and whether it arrived nobody said."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's claim on a delivery."""

    pk: int
    token: uuid.UUID

    def update(self, **columns: Any) -> bool:
        """Write to the row if it is still this attempt's."""
        mine = Delivery.objects.filter(pk=self.pk, state=State.SENDING, attempt_token=self.token)
        return mine.update(**columns) == 1

    def finish(self, state: Delivery.State, error: str = "") -> bool:
        return self.update(state=state, finished_at=timezone.now(), attempt_token=None, error=error[:300])

    def handing_over(self) -> None:
        """From here on it isn't known whether it arrived. Raises Drop where the attempt was taken away."""
        if not self.update(handed_at=timezone.now()):
            raise Drop


@transaction.atomic
def claim_next() -> Attempt | None:
    """The one that is due first; passes over rows that others are claiming."""
    rows = Delivery.objects.due().order_by("due_at", "pk").select_for_update(skip_locked=True, no_key=True)
    row = rows.values_list("pk", "attempts").first()
    if row is None:
        return None
    token = uuid.uuid4()
    Delivery.objects.filter(pk=row[0]).update(
        state=State.SENDING, attempt_token=token, claimed_at=timezone.now(), attempts=row[1] + 1
    )
    return Attempt(row[0], token)


def request_delivery(count: int = 1) -> None:
    """Wake workers for so many deliveries, but not for each of very many."""
    for _ in range(min(count, WAKE_MAX)):
        if not wake_named(TASK):
            return
