"""Whether numbers lie within their limits, for the ledger, pages and API: reads alone, and decides nothing.

A history is what everyone may know who sees the insight: the numbers since its last known shift, in the
unit of the newest, and of those the newest MOST.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from knowledge.models import Insight, Reading
from knowledge.watching import Fixed, Watched, message, watch

MOST = 100
_POINT = {name: name for name in ("pk", "number", "unit", "revision_number")}
Fact = dict[str, Any]  # {"rule", "limit", "side", "revisions"}


@dataclass(frozen=True, slots=True)
class Point:
    """One number of a history."""

    pk: int
    number: float
    unit: str
    revision_number: int


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

    def facts(self) -> list[Fact]:
        """What the newest breaks, as Insight.outside keeps it."""
        return [
            {
                "rule": each.rule,
                "limit": each.limit,
                "side": each.side,
                "revisions": [self.points[place].revision_number for place in each.readings],
            }
            for each in self.watch(last_only=True).outside
        ]


def histories(newest: Iterable[Reading]) -> dict[int, History]:
    """Of the insights whose newest readings these are; empty where that is no number. One query."""
    readings = {it.insight_id: it for it in newest}
    numbers = [pk for pk, reading in readings.items() if reading.number is not None]
    found = _points(numbers) if numbers else {}
    return {pk: _history(reading, found.get(pk, ())) for pk, reading in readings.items()}


def messages(facts: Iterable[Fact]) -> list[tuple[str, str]]:
    """Each rule, and what is told of it."""
    told = ((fact["rule"], message(fact["rule"], fact["limit"], fact["side"])) for fact in facts)
    return [(rule, words) for rule, words in told if words]


def _history(newest: Reading, points: Sequence[Mapping[str, Any]]) -> History:
    """`points` are the newest first."""
    if not points or points[0]["pk"] != newest.pk:
        return History()
    alike = [Point(**each) for each in points if each["unit"] == newest.unit]
    return History(alike[::-1], newest.limits)


def _points(insights: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    numbers = Reading.objects.watched().filter(insight=OuterRef("pk")).newest_first()
    rows: Any = Insight.objects.filter(pk__in=insights).values_list(
        "pk", ArraySubquery(numbers.values_list(JSONObject(**_POINT))[:MOST])
    )
    return dict(rows)
