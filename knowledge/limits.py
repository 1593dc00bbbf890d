"""Whether numbers lie within their limits, for the ledger, pages and API: reads alone, and decides nothing.

A history is what everyone may know who sees the insight: the numbers since its last known shift, in the
unit of the newest; of those the FIRST, on which its limits rest, and the last ones.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, TextField

from knowledge.models import Insight, Reading
from knowledge.watching import Fixed, Watched, measured, watch

# Readings, of which some say the same again: more than limits rest on, and than rules look at.
FIRST, LAST = 60, 40
Fact = dict[str, Any]  # {"rule", "limit", "side", "revisions"}
Row = Sequence[Any]  # id, number, number of the revision, as of


class Judged(NamedTuple):
    outside: list[Fact] = []
    control: dict[str, float] | None = None


class Point(NamedTuple):
    """One number of a history: the id of its reading, and which of the post's revisions said it."""

    pk: int
    number: float
    revision: int


@dataclass(frozen=True, slots=True)
class History:
    """The oldest first; `limits` are those that the newest declares.

    Limits rest on the `early` ones; with `has_gap`, some are left out after those.
    """

    points: Sequence[Point] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    early: int = 0
    has_gap: bool = False

    def watch(self, *, last_only: bool = False) -> Watched:
        values = [it.number for it in self.points]
        return watch(values, self.fixed, last_only=last_only, early=self.early, has_gap=self.has_gap)

    @property
    def fixed(self) -> Fixed:
        return Fixed.of(self.limits)

    def judge(self) -> Judged:
        """What Insight.outside and Insight.control keep of the newest."""
        watched = self.watch(last_only=True)
        outside = [
            {
                "rule": each.rule,
                "limit": each.limit,
                "side": each.side,
                "revisions": [self.points[place].revision for place in each.readings],
            }
            for each in watched.outside
        ]
        it = watched.control
        control = (
            {"centre": it.centre, "low": it.low, "high": it.high, "readings": it.readings} if it else None
        )
        return Judged(outside, control)


def histories(newest: Iterable[Reading], *, last: int = LAST) -> dict[int, History]:
    """Of the insights whose newest readings these are; empty where that is no number. One query."""
    readings = {it.insight_id: it for it in newest}
    numbers = [reading.pk for reading in readings.values() if reading.number is not None]
    found = _rows(numbers, last) if numbers else {}
    return {pk: _history(reading, *found.get(pk, ((), ()))) for pk, reading in readings.items()}


def _history(newest: Reading, first: Sequence[Row], last: Sequence[Row]) -> History:
    """`first` are the oldest first, `last` the newest."""
    if not last or last[0][0] != newest.pk:
        return History()
    known = {row[0] for row in first}
    others = [row for row in reversed(last) if row[0] not in known]
    early, late = _points(first), _points(others)
    points = [*early, *late]
    if not points or points[-1].pk != newest.pk:
        return History()
    has_gap = len(first) == FIRST and len(others) == len(last)
    return History(points, newest.limits, len(early), has_gap)


def _points(rows: Sequence[Row]) -> list[Point]:
    """Those of `rows`, the oldest first, that are measurements, and no greater than floats are."""
    places = measured([(as_of, number) for _, number, _, as_of in rows])
    told = (rows[place] for place in places)
    points = (Point(pk, _float(number), revision) for pk, number, revision, _ in told)
    return [point for point in points if isfinite(point.number)]


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf


def _rows(newest: Collection[int], last: int) -> dict[int, tuple[Sequence[Row], Sequence[Row]]]:
    """Of the insights of these readings, and in their units."""
    numbers = Reading.objects.watched().filter(unit=OuterRef("unit"))
    columns = ("id", "number", "revision_number", "as_of")
    rows = Insight.objects.filter(readings__in=newest).annotate(unit=F("readings__unit"))
    found = rows.values_list(
        "pk",
        json_rows(numbers.order_by("published_at", "pk")[:FIRST], *columns),
        json_rows(numbers.newest_first()[:last], *columns),
    )
    return {pk: (json.loads(first), json.loads(newest)) for pk, first, newest in found if newest}


def json_rows(readings: QuerySet[Reading], *columns: str) -> Subquery:
    """These columns of some readings as one JSON text, which is read faster than an array of rows."""
    told = ", ".join(f"row.{column}" for column in columns)
    template = f"(SELECT json_agg(json_build_array({told}))::text FROM (%(subquery)s) AS row)"  # noqa: S608 - of names of columns
    return Subquery(readings.values(*columns), output_field=TextField(), template=template)
