"""Whether numbers lie within their limits, for the ledger, pages and API: reads alone, and decides nothing.

A history is what everyone may know who sees the insight: the numbers since its last known shift, in the
unit of the newest; of those the FIRST, on which its limits rest, and the last ones.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, TextField

from knowledge.models import Insight, Reading
from knowledge.watching import Fixed, Watched, measured, watch

# Readings, of which some say the same again: more than limits rest on, and than are drawn.
FIRST, LAST = 60, 150
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


def histories(newest: Iterable[Reading]) -> dict[int, History]:
    """Of the insights whose newest readings these are; empty where that is no number.

    One query, and another where some have more than LAST.
    """
    asked = {it.insight_id: it for it in newest}
    readings = {pk: it for pk, it in asked.items() if it.number is not None}
    last = _rows(readings.values(), LAST) if readings else {}
    long = [readings[pk] for pk, rows in last.items() if len(rows) == LAST]
    first = _rows(long, FIRST, is_first=True) if long else {}
    return {pk: _history(it, first.get(pk, ()), last.get(pk, ())) for pk, it in asked.items()}


def _history(newest: Reading, first: Sequence[Row], last: Sequence[Row]) -> History:
    """Both are the oldest first; without `first`, `last` is all."""
    if not last or last[-1][0] != newest.pk:
        return History()
    known = {row[0] for row in first}
    late = [row for row in last if row[0] not in known]
    parts = [_points(first), _points(late)] if first else [_points(late), []]
    points = [*parts[0], *parts[1]]
    if not points or points[-1].pk != newest.pk:
        return History()
    has_gap = bool(first) and len(late) == len(last)
    return History(points, newest.limits, len(parts[0]), has_gap)


def _points(rows: Sequence[Row]) -> list[Point]:
    """Those of `rows`, the oldest first, that are measurements, and no greater than floats are."""
    told = [rows[place] for place in measured([(row[3], row[1]) for row in rows])]
    try:
        points = [Point(pk, float(number), revision) for pk, number, revision, _ in told]
    except OverflowError:
        points = [Point(pk, _float(number), revision) for pk, number, revision, _ in told]
    return [it for it in points if isfinite(it.number)]


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf


def _rows(newest: Iterable[Reading], most: int, *, is_first: bool = False) -> dict[int, Sequence[Row]]:
    """Of the insights of these readings, in their units: the last ones or the first, the oldest first."""
    insights = Insight.objects.filter(readings__in=[it.pk for it in newest])
    numbers = Reading.objects.watched().filter(unit=OuterRef("unit"))
    ordered = numbers.order_by("published_at", "pk") if is_first else numbers.newest_first()
    found = json_rows(ordered[:most], "id", "number", "revision_number", "as_of")
    rows = insights.annotate(unit=F("readings__unit")).values_list("pk", found)
    return {pk: json.loads(told)[:: 1 if is_first else -1] for pk, told in rows if told}


def json_rows(readings: QuerySet[Reading], *columns: str) -> Subquery:
    """These columns of some readings as one JSON text, which is read faster than an array of rows."""
    told = ", ".join(f"row.{column}" for column in columns)
    template = f"(SELECT json_agg(json_build_array({told}))::text FROM (%(subquery)s) AS row)"  # noqa: S608 - of names of columns
    return Subquery(readings.values(*columns), output_field=TextField(), template=template)
