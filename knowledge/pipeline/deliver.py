"""Delivering: mails and calls of webhooks, each a row that one worker claims, sends and settles.

As renderings (claiming.py), the row is the job: a message only wakes a worker, which sends what is due until
nothing is, and the sweeper finds what was missed. A mail that was handed over, and of which nothing more was
heard, is not sent again; a call of a webhook is, with the same id, so that its receiver can tell.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from knowledge.models import Delivery
from knowledge.pipeline import calls, digests, mails
from knowledge.pipeline.jobs import (
    Attempt,
    Drop,
    GiveUp,
    State,
    TryAgain,
    Unsure,
    claim_next,
    request_delivery,
)
from knowledge.pipeline.lanes import Lane

logger = logging.getLogger(__name__)

PLACES = 2  # threads of a worker that wait for mail servers and webhooks; the others draw
LANE = Lane(PLACES)
SILENT_SECONDS = 120  # the longest that one delivery takes
# Minutes until it is tried again; after the last it is given up.
BACKOFF = (1, 5, 30, 120, 480)

SENDERS: dict[str, Callable[[Delivery, Attempt], None]] = {
    Delivery.Kind.MAIL: mails.send,
    Delivery.Kind.DIGEST: digests.send,
    Delivery.Kind.WEBHOOK: calls.send,
}


_is_stopping = False


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    """What is being sent is sent; the rest waits for the next worker."""
    global _is_stopping
    _is_stopping = True


@shared_task
def deliver_waiting() -> None:
    """Send one after the other of what is due, until nothing is or others have all places."""
    must_look = True
    while must_look and LANE.enter():
        try:
            while not _is_stopping and (attempt := claim_next()):
                deliver(attempt)
        finally:
            must_look = LANE.leave()


def deliver(attempt: Attempt) -> None:
    """What nobody foresaw is logged and tried again, as a failure that may pass."""
    row = Delivery.objects.select_related("user").get(pk=attempt.pk)
    try:
        SENDERS[row.kind](row, attempt)
    except Drop:
        attempt.finish(State.DROPPED)
    except GiveUp as error:
        attempt.finish(State.FAILED, str(error))
    except Unsure as error:
        attempt.finish(State.UNSURE, str(error))
    except TryAgain as error:
        _try_again(row, attempt, str(error))
    except Exception as error:
        logger.exception("Delivery %s failed", row.key)
        _fail(row, attempt, type(error).__name__)
    else:
        attempt.finish(State.SENT)


def _fail(row: Delivery, attempt: Attempt, error: str) -> None:
    handed = Delivery.objects.filter(pk=row.pk).exclude(handed_at=None).exclude(kind=Delivery.Kind.WEBHOOK)
    if handed.exists():
        attempt.finish(State.UNSURE, error)
    else:
        _try_again(row, attempt, error)


def _try_again(row: Delivery, attempt: Attempt, error: str) -> None:
    if row.attempts > len(BACKOFF):
        attempt.finish(State.FAILED, error)
        return
    due = timezone.now() + timedelta(minutes=BACKOFF[row.attempts - 1])
    attempt.update(state=State.WAITING, due_at=due, attempt_token=None, handed_at=None, error=error[:300])


def release_lost() -> None:
    """What a worker took and then fell silent about: again, but for a mail that may have arrived."""
    silent = timezone.now() - timedelta(seconds=SILENT_SECONDS)
    lost = Delivery.objects.filter(state=State.SENDING, claimed_at__lt=silent)
    mails = lost.exclude(kind=Delivery.Kind.WEBHOOK).exclude(handed_at=None)
    mails.update(state=State.UNSURE, finished_at=timezone.now(), attempt_token=None)
    gone = {"attempt_token": None, "finished_at": timezone.now(), "error": "the worker vanished"}
    lost.filter(attempts__gt=len(BACKOFF)).update(state=State.FAILED, **gone)
    lost.update(state=State.WAITING, attempt_token=None, handed_at=None, due_at=timezone.now())


def wake_waiting() -> None:
    """For what is due and nobody sends."""
    if Delivery.objects.due().exists():
        request_delivery()
