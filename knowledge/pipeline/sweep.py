"""The sweeper: every few seconds it finds what a lost message, a dead worker or a stopped server left lying.

It only ever does what would have happened anyway, so two sweeps at once do no harm.
"""

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from knowledge.git import Repository
from knowledge.models import Branch, Rendering, Space
from knowledge.pipeline import deliver
from knowledge.pipeline.compare import sweep_comparisons
from knowledge.pipeline.index import sweep_index
from knowledge.pipeline.ingest import request_reconcile
from knowledge.pipeline.previewing import behind, standing_branches
from knowledge.pipeline.relating import sweep_relating
from knowledge.pipeline.render import WAKE_MAX, request_workers
from knowledge.pipeline.waking import wake
from knowledge.pipeline.warning import sweep_datasets

logger = logging.getLogger(__name__)

QUEUED_SECONDS = 3  # a message takes milliseconds to arrive where a worker is free
SILENT_SECONDS = 10  # five heartbeats
LOSSES_MAX = 30


@shared_task
def sweep() -> None:
    """Give up on silent workers, wake workers for what waits, and have unreconciled spaces reconciled."""
    release_lost()
    wake_waiting()
    deliver.release_lost()
    deliver.wake_waiting()
    sweep_comparisons()
    sweep_index()
    sweep_relating()
    sweep_datasets()
    reconcile_behind()


def release_lost() -> None:
    """Queue again what a worker took and then fell silent about; that is not the document's fault."""
    silent = timezone.now() - timedelta(seconds=SILENT_SECONDS)
    lost = Rendering.objects.filter(state=Rendering.State.RENDERING, heartbeat_at__lt=silent)
    lost.filter(losses__gte=LOSSES_MAX).update(
        state=Rendering.State.FAILED,
        finished_at=timezone.now(),
        failure_code="workers-lost",
        failure_message=f"The worker that rendered it vanished, {LOSSES_MAX} times.",
        failure_hint="Try again; if that doesn't help, tell the people who run this portal.",
    )
    lost.update(state=Rendering.State.QUEUED, attempt_token=None, heartbeat_at=None, losses=F("losses") + 1)


def wake_waiting() -> None:
    """However often: workers that have their hands full, or nothing to do, put a wake-up away at once."""
    since = timezone.now() - timedelta(seconds=QUEUED_SECONDS)
    waiting = Rendering.objects.filter(state=Rendering.State.QUEUED, queued_at__lt=since)
    request_workers(waiting.order_by()[:WAKE_MAX].count())


def reconcile_behind() -> None:
    """Have every space reconciled whose branches are not where its posts and previews are.

    Unless someone is at it.
    """
    spaces = list(Space.objects.only("slug", "default_branch", "ingested_commit"))
    branches = standing_branches(spaces)
    for space in spaces:
        if _is_behind(space, branches[space.pk]) and _is_free(space) and not request_reconcile(space):
            return


def _is_behind(space: Space, branches: list[Branch]) -> bool:
    try:
        head = Repository(space.slug).head(space.default_branch)
        return head not in {"", space.ingested_commit} or bool(behind(space, branches))
    except Exception:
        # One repository that can't be opened must not keep the others waiting.
        logger.exception("The repository of %s can't be read", space.slug)
        return False


@transaction.atomic
def _is_free(space: Space) -> bool:
    """Waiting for the lock would keep a worker from its other work."""
    return Space.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=space.pk).exists()


@worker_ready.connect
def _sweep_at_start(**_: Any) -> None:
    """What was left lying while no worker ran need not wait for the scheduler."""
    wake(sweep)
