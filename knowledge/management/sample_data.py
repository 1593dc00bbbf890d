"""What checks saw of a dataset of the sample content: that it failed once, and what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from knowledge.models import Dataset, Investigation, Observation, User
from knowledge.observing import Check, Observed, Outcome
from knowledge.pipeline.watching import close, observe, tend

NAME = "daily-orders.csv"
TITLE = "Orders a day, northern warehouse"
DESCRIPTION = (
    "A row a day: what was ordered, what the forecast said the evening before, and the public holidays of the"
    " country. Exported each morning from the shop’s database, which checks it first: what the checks saw is"
    " below. This is sample content; your own datasets appear as soon as posts name them."
)
NOTE = (
    "The export began before the last orders of the day were booked, so that two days looked too small. It"
    " waits for them now, and both days were loaded again before the forecast was measured."
)
_BAD = (
    Check("orders of a day against the day before", Outcome.FAILED, "2 days lie 40 % below"),
    Check("one row a day", Outcome.PASSED),
    Check("no order without a date", Outcome.PASSED),
)
_GOOD = (Check("orders of a day against the day before", Outcome.PASSED), *_BAD[1:])


def load(people: Mapping[str, User]) -> None:
    """Before any post rests on it, which is once they are drawn: nobody is warned. What is there is kept."""
    dataset, is_new = Dataset.objects.get_or_create(key=NAME, defaults={"name": NAME})
    if not is_new:
        return
    by, owner = people["admin"], people["erik"]
    tend(by=by, dataset=dataset, title=TITLE, description=DESCRIPTION, owner=owner)
    now = timezone.now()
    failed = _seen(by, dataset, now - timedelta(days=9), _BAD)
    found = Investigation.objects.get(observation=failed)
    close(
        by=owner,
        investigation=found,
        note=NOTE,
        holds="yes",
        wrong_from=failed.at - timedelta(days=2),
        wrong_until=failed.at,
    )
    mended = now - timedelta(days=8, hours=4)
    Investigation.objects.filter(pk=found.pk).update(opened_at=failed.at, closed_at=mended, untold="")
    _seen(by, dataset, mended, _GOOD)
    _seen(by, dataset, now - timedelta(days=1), _GOOD)


def _seen(by: User, dataset: Dataset, at: datetime, checks: tuple[Check, ...]) -> Observation:
    seen = Observed.of_checks("soda", checks, at=at, run=f"{at:%Y-%m-%d}")
    return observe(by=by, dataset=dataset, seen=seen)[0]
