"""A series that an insight is, drawn: values by days."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from knowledge.models import Reading
from knowledge.plotting import Kind, OverTime, Series
from portal.reading_plots import Drawn, fits

LINES = 4
NAME = 24  # letters
_TONES = ("first", "second")


def series_of(reading: Reading, title: str) -> Drawn | None:
    """None for what is no table of numbers by two days or more, each once, and where no axis holds them."""
    value = reading.value
    if not isinstance(value, dict) or len(value["rows"]) < 2:
        return None
    rows = value["rows"]
    days = [_day(row[0]) if row else None for row in rows]
    known = [day for day in days if day]
    if len(known) < len(rows) or len(set(known)) < len(rows):
        return None
    order = sorted(range(len(rows)), key=known.__getitem__)
    lines = list(islice(_lines(value["columns"], [rows[place] for place in order]), LINES))
    drawn = [value for line in lines for value in line.values if value is not None]
    if not drawn or not fits(drawn):
        return None
    return Drawn.of(
        OverTime(
            name="series",
            title=title,
            description=f"{len(rows)} values.",
            days=[known[place] for place in order],
            series=lines,
            span="Day",
            from_zero=False,
        )
    )


def _lines(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Series]:
    for place in range(1, min(map(len, rows))):
        values = [row[place] for row in rows]
        if all(it is None or _is_number(it) for it in values) and any(map(_is_number, values)):
            name = columns[place] if place < len(columns) else ""
            tone = _TONES[(place - 1) % len(_TONES)]
            yield Series(
                name[:NAME] or "Value", [None if it is None else float(it) for it in values], Kind.LINE, tone
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(said: object) -> date | None:
    """Of a day or a month as ISO 8601 writes them."""
    if not isinstance(said, str):
        return None
    try:
        return date.fromisoformat(f"{said}-01" if len(said) == 7 else said[:10])
    except ValueError:
        return None
