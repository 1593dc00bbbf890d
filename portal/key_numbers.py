"""PURE: the number that a card shows of a post, and the day that its numbers are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LONGEST = 40  # characters of a text
_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
Insights = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KeyNumber:
    name: str
    value: str


def key_number(insights: Insights) -> KeyNumber | None:
    """The first that can be said in a line: a number, a truth or a short text."""
    for insight in insights:
        if said := spoken(insight.get("value"), str(insight.get("unit") or "")):
            return KeyNumber(str(insight.get("title") or insight.get("name") or ""), said)
    return None


def as_of(insights: Insights) -> date | None:
    """The newest day that one of them is of."""
    days = [day for insight in insights if (day := _day(insight.get("as_of")))]
    return max(days, default=None)


def spoken(value: object, unit: str = "") -> str:
    """As people write it: 0.41283 -> "0.4128", 48210 -> "48,210", 43212345 -> "43.21 M"; "" for a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{_number(value)} {unit}".strip().replace(" ", "\N{NO-BREAK SPACE}")
    if isinstance(value, str) and 0 < len(value) <= LONGEST:
        return f"{value} {unit}".strip()
    return ""


def _number(value: float) -> str:
    size = abs(value)
    for unit, sign in _LARGE if size >= 999_999.5 else ():
        shown = float(f"{value / unit:.4g}")  # what rounds to the next unit is told in that
        if abs(shown) >= 1:
            return f"{shown:,.4g} {sign}" if abs(shown) < 10_000 else f"{value:.4g}"
    if float(value).is_integer() or size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _day(said: object) -> date | None:
    try:
        return datetime.fromisoformat(said[:40]).date() if isinstance(said, str) else None
    except ValueError:
        return None
