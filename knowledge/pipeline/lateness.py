"""Datasets that nobody observed for longer than was expected: posts say so, and their owner is told once."""

from datetime import timedelta
from itertools import groupby

from celery import shared_task
from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from knowledge import events
from knowledge.models import Dataset, DatasetUse, Observation, User
from knowledge.models.observation import resting
from knowledge.observing import in_words
from knowledge.pipeline import overdue
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.pipeline.watching import by_the_clock, request_work

BATCH = 200


def look_for_late() -> int:
    """Returns for how many datasets something changed."""
    changed = {pk for pk in overdue.changing()[:BATCH] if _renew(pk)}
    changed |= {pk for pk in _untold() if _tell(pk)}
    over = _over()
    Dataset.objects.filter(pk__in=over).update(late_since=None)
    if changed:
        request_work()
    return len(changed.union(over))


@transaction.atomic
def _renew(dataset: int) -> bool:
    """Under its lock: whoever observes it meanwhile is before this, or after."""
    held = Dataset.objects.select_for_update(no_key=True).filter(pk=dataset)
    if not held.exists() or not overdue.renew([dataset]):
        return False
    held.update(unsettled_at=timezone.now())
    return True


def _untold() -> list[int]:
    """Whose owner may have to be told. Whether they see what is late is asked of each."""
    late = DatasetUse.objects.filter(dataset=OuterRef("pk"), late_since__isnull=False)
    newest = Observation.objects.filter(dataset=OuterRef("pk")).newest_first().values("at")[:1]
    hours = ExpressionWrapper(F("every_hours") * Value(timedelta(hours=1)), output_field=DurationField())
    due = ExpressionWrapper(Coalesce(Subquery(newest), "watched_since") + hours, output_field=DateTimeField())
    owned = Dataset.objects.filter(owner__is_active=True, late_since=None).alias(due=due)
    found = owned.filter(Q(due__lt=timezone.now()) | Exists(late)).order_by("pk")
    return list(found.values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int) -> bool:
    held = Dataset.objects.select_for_update(no_key=True, of=("self",)).select_related("owner").get(pk=pk)
    owner = held.owner
    dataset = (
        Dataset.objects.with_state(owner).filter(pk=pk, late_since=None).late().first() if owner else None
    )
    if owner is None or dataset is None:
        return False
    now = timezone.now()
    Dataset.objects.filter(pk=pk).update(late_since=now)
    detail = {
        "dataset": pk,
        "late": now.isoformat(),
        "title": dataset.label,
        "url": dataset.get_absolute_url(),
        "text": _said(dataset, owner),
    }
    listener = Listener(owner.pk, "owner", events.because("owner"))
    tell_all([News("dataset.late", None, None, None, [listener], detail)])
    return True


def _said(dataset: Dataset, owner: User) -> str:
    """By what they see: `dataset` is from with_state."""
    seen = vars(dataset)["observed_at"]
    since = f"It was observed last on {by_the_clock(seen)}" if seen else "Nothing observed it yet"
    late = DatasetUse.objects.of(resting().visible_to(owner)).filter(
        dataset=dataset, late_since__isnull=False
    )
    shortest = (
        late.exclude(every_hours=None).order_by("every_hours").values_list("every_hours", flat=True).first()
    )
    hours = vars(dataset)["own_hours"] or shortest
    return f"{since}; it is expected every {in_words(hours)}." if hours else f"{since}."


def _over() -> list[int]:
    """Of which their owner was told, and that aren't late for them any more."""
    told = Dataset.objects.filter(late_since__isnull=False).select_related("owner").order_by("owner", "pk")
    found: list[int] = []
    for owner, those in groupby(told, key=lambda each: each.owner):
        pks = [each.pk for each in those]
        late = (
            Dataset.objects.with_state(owner).filter(pk__in=pks).late() if owner and owner.is_active else []
        )
        found += set(pks) - {each.pk for each in late}
    return found


@shared_task
def look() -> None:
    look_for_late()
