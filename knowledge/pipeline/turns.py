"""Whose turn it is among the documents that wait to be drawn: the one that is due first.

A document is due when it is pushed, each further one that its space has waiting a second later: so a large
push lets small ones pass, and a space with much to draw the others. Moments pass, so everybody's turn comes.
Whoever turns out slow sets the rest of its push back. What nobody waits for is due in a day, and drawn at
once where nothing else waits.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge.models import Preview, Rendering, Revision, Space

STEP = timedelta(seconds=1)  # longer than nearly all take to draw, so that no backlog falls behind
SLOW_COSTS = timedelta(seconds=30)
SET_BACK_MOST = timedelta(minutes=15)
UNHURRIED = timedelta(days=1)


def due_times(space: Space) -> Iterator[datetime]:
    """For what the space has drawn next, without an end."""
    due = timezone.now() + STEP * Rendering.objects.waiting(is_slow=False).wanted_by(space).count()
    while True:
        yield due
        due += STEP


def unhurried() -> datetime:
    """When that is due which nobody waits for."""
    return timezone.now() + UNHURRIED


@transaction.atomic
def set_back(rendering_id: int) -> None:
    """It is slow: what was pushed last with it, and waits, lets others pass for a while.

    Passes over rows that others hold, and so waits for nobody.
    """
    push = Revision.objects.filter(rendering=rendering_id).order_by("-pk").values("push")[:1]
    soon = Rendering.objects.waiting(is_slow=False).filter(due_at__lt=timezone.now() + SET_BACK_MOST)
    with_it = Q(pk__in=Revision.objects.filter(push__in=push).values("rendering"))
    branch = Preview.objects.filter(rendering=rendering_id).order_by("-pk").values("branch")[:1]
    with_it |= Q(pk__in=Preview.objects.filter(branch__in=branch).values("rendering"))
    rows = soon.filter(with_it)
    locked = list(rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    Rendering.objects.filter(pk__in=locked).update(due_at=F("due_at") + SLOW_COSTS)


def is_anyone_due_before(moment: datetime) -> bool:
    return Rendering.objects.waiting(is_slow=False).filter(due_at__lt=moment).exists()
