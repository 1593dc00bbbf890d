"""From values to places, and which values an axis names."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)


@dataclass(frozen=True, slots=True)
class Scale:
    """`low` lies at the place `start`, `high` at `end`, all else in proportion."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high != self.low else 0.0
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, count: int = 4, *, whole: bool = False) -> list[float]:
    """Round values, about `count` of them, that begin at or below `low` and end at or above `high`."""
    span = high - low or abs(high) or 1.0
    rough = span / count
    size = 10.0 ** floor(log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * 0.999)
    if whole:
        step = max(1.0, ceil(step))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, max(last, first + 1) + 1)]


def day_ticks(first: date, last: date, room: int) -> list[tuple[date, str]]:
    """At most `room` days with what the axis calls them: days while they fit, then firsts of months."""
    span = (last - first).days
    for days in DAY_STEPS:
        if span // days + 1 <= room:
            found = [last - timedelta(days=back) for back in range(0, span + 1, days)]
            return [(day, f"{day.day} {day:%b}") for day in reversed(found)]
    months = [month for month in _months(first, last) if first <= month <= last]
    for step in MONTH_STEPS:
        shown = [month for month in months if (month.year * 12 + month.month - 1) % step == 0]
        if len(shown) <= room:
            break
    return [(month, _month(month, is_first=not place)) for place, month in enumerate(shown)]


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date((start + place) // 12, (start + place) % 12 + 1, 1) for place in range(count)]


def _month(month: date, *, is_first: bool) -> str:
    return f"{month:%b %Y}" if is_first or month.month == 1 else f"{month:%b}"
