"""Datasets that nobody observed for longer than was expected: their owner is told once, and posts say so."""

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from knowledge import events
from knowledge.models import Dataset, DatasetUse, Observation, Readers
from knowledge.models.dataset import DatasetQuerySet, resting
from knowledge.observing import in_words
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.pipeline.watching import request_work

BATCH = 200


def look_for_late() -> int:
    """Returns for how many datasets something changed."""
    now = timezone.now()
    due = [each for each in _watched().filter(late_since=None) if each.is_late()]
    for each in due[:BATCH]:
        _is_late(each)
    # An expectation may have gone with the header that had it.
    over = [each for each in _watched(is_late=True) if not each.is_late()]
    for each in over[:BATCH]:
        Dataset.objects.filter(pk=each.pk).update(late_since=None, unsettled_at=now)
    if due or over:
        request_work()
    return len(due[:BATCH]) + len(over[:BATCH])


def _watched(*, is_late: bool = False) -> DatasetQuerySet:
    """Of which anybody expects something, or which are late, with what Dataset.is_late asks for."""
    uses = (
        DatasetUse.objects.of(resting()).filter(dataset=OuterRef("pk"), every_hours__isnull=False).order_by()
    )
    shortest = uses.values("dataset").annotate(least=Min("every_hours")).values("least")
    seen = Observation.objects.filter(dataset=OuterRef("pk")).order_by().values("dataset")
    found = Dataset.objects.select_related("owner").annotate(
        expected_hours=Coalesce("every_hours", Subquery(shortest)),
        observed_at=Subquery(seen.annotate(last=Max("at")).values("last")),
    )
    if is_late:
        return found.filter(late_since__isnull=False)
    return found.filter(Q(every_hours__isnull=False) | Exists(uses))


@transaction.atomic
def _is_late(dataset: Dataset) -> None:
    now = timezone.now()
    if not Dataset.objects.filter(pk=dataset.pk, late_since=None).update(late_since=now, unsettled_at=now):
        return
    if dataset.owner_id and _may_know(dataset):
        hours = vars(dataset)["expected_hours"]
        seen = vars(dataset)["observed_at"]
        since = (
            f"It was observed last on {seen:%-d %B %Y, %H:%M} (UTC)" if seen else "Nothing observed it yet"
        )
        detail = {
            "dataset": dataset.pk,
            "late": now.isoformat(),
            "title": dataset.label,
            "url": dataset.get_absolute_url(),
            "text": f"{since}; it is expected every {in_words(hours)}.",
        }
        listener = Listener(dataset.owner_id, "owner", events.because("owner"))
        tell_all([News("dataset.late", None, None, None, [listener], detail)])


def _may_know(dataset: Dataset) -> bool:
    """Their own expectation, or one of a post that they see."""
    if dataset.every_hours or dataset.owner is None:
        return True
    expecting = DatasetUse.objects.filter(dataset=dataset, every_hours__isnull=False).values("post")
    posts = list(resting().filter(pk__in=expecting).select_related("space"))
    readers = Readers.of([dataset.owner.pk], {post.space_id for post in posts})
    return any(readers.sees(dataset.owner.pk, post) for post in posts)


@shared_task
def look() -> None:
    look_for_late()
