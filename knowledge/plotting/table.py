"""The numbers behind a plot, as text for people who read rather than look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of each row names it."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def number(value: float | None) -> str:
    """1234.5 -> "1,234.5"; nothing for what isn't known."""
    if value is None:
        return "–"
    if abs(value) >= 1e15:
        return f"{value:.4g}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
