"""Whether numbers lie within their limits, for the ledger, pages and API: reads alone, and decides nothing.

A history is what everyone may know who sees the insight: the numbers since its last known shift, in the
unit of the newest, and of those the newest MOST.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, NamedTuple

from django.db.models import QuerySet, Subquery, TextField

from knowledge.models import Insight, Reading
from knowledge.watching import Fixed, Watched, watch

MOST = 100
Fact = dict[str, Any]  # {"rule", "limit", "side", "revisions"}


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
    """The oldest first; `limits` are those that the newest declares."""

    points: Sequence[Point] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)

    def watch(self, *, last_only: bool = False) -> Watched:
        return watch([it.number for it in self.points], self.fixed, last_only=last_only)

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
    """Of the insights whose newest readings these are; empty where that is no number. One query."""
    readings = {it.insight_id: it for it in newest}
    numbers = [pk for pk, reading in readings.items() if reading.number is not None]
    found = _rows(numbers) if numbers else {}
    return {pk: _history(reading, found.get(pk, ())) for pk, reading in readings.items()}


def _history(newest: Reading, rows: Sequence[Sequence[Any]]) -> History:
    """`rows` are the newest first: id, number, unit and number of the revision."""
    if not rows or rows[0][0] != newest.pk:
        return History()
    alike = [(pk, number, revision) for pk, number, unit, revision in rows if unit == newest.unit]
    try:
        points = [Point(pk, float(number), revision) for pk, number, revision in alike]
    except OverflowError:  # beyond floats, for which no limits are drawn
        points = [Point(pk, _float(number), revision) for pk, number, revision in alike]
    if not all(isfinite(point.number) for point in points):
        points = [point for point in points if isfinite(point.number)]
    is_judged = bool(points) and points[0].pk == newest.pk
    return History(points[::-1], newest.limits) if is_judged else History()


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf


def _rows(insights: Collection[int]) -> dict[int, Any]:
    numbers = Reading.objects.watched().newest_first()[:MOST]
    found = json_rows(numbers, "id", "number", "unit", "revision_number")
    rows = Insight.objects.filter(pk__in=insights).values_list("pk", found)
    return {pk: json.loads(told) for pk, told in rows if told}


def json_rows(readings: QuerySet[Reading], *columns: str) -> Subquery:
    """These columns of some readings as one JSON text, which is read faster than an array of rows."""
    told = ", ".join(f"row.{column}" for column in columns)
    template = f"(SELECT json_agg(json_build_array({told}))::text FROM (%(subquery)s) AS row)"  # noqa: S608 - of names of columns
    return Subquery(readings.values(*columns), output_field=TextField(), template=template)
