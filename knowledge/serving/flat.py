"""Insights and readings as flat rows: for CSV, and for panels that draw rows of JSON, such as Infinity's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from knowledge.serving.exact import exact
from knowledge.serving.facts import InsightFacts, ReadingFacts

# The columns of a list, or of one; those of a history.
LIST = (
    *(
        "space",
        "name",
        "title",
        "value",
        "unit",
        "as_of",
        "low",
        "high",
        "status",
        "trust",
        "revision",
        "published_at",
    ),
    "dimensions",
)
HISTORY = ("published_at", "as_of", "value", "unit", "low", "high", "revision", "commit", "reason")


def list_cells(it: InsightFacts) -> Sequence[object]:
    """As LIST names them. What is withdrawn has no value: nobody is to sum it up."""
    newest = it.newest
    low, high = (newest.interval or (None, None)) if not it.is_withdrawn else (None, None)
    dimensions = orjson.dumps(newest.dimensions).decode() if newest.dimensions else ""
    return (
        *(it.space, it.name, newest.title, None if it.is_withdrawn else exactly(newest), newest.unit),
        *(newest.as_of, low, high, it.status, it.trust.word),
        *(newest.revision_number, iso(newest.published_at), dimensions),
    )


def history_cells(reading: ReadingFacts) -> Sequence[object]:
    """As HISTORY names them."""
    low, high = reading.interval or (None, None)
    return (
        *(iso(reading.published_at), reading.as_of, exactly(reading), reading.unit, low, high),
        *(reading.revision_number, reading.commit, reading.reason),
    )


def exactly(reading: ReadingFacts) -> str | Decimal:
    """The value with all of its digits; JSON for a truth and a table."""
    value = reading.number if reading.number is not None else reading.value
    return value if isinstance(value, str | Decimal) else orjson.dumps(value).decode()


def row(it: InsightFacts, url: str) -> dict[str, Any]:
    """For a panel that shows insights as they are now. What is withdrawn has its status, and no value."""
    newest, is_shown = it.newest, not it.is_withdrawn
    return {
        "time": iso(newest.moment),
        "space": it.space,
        "name": it.name,
        "title": newest.title or it.name,
        "status": it.status,
        "trust": it.trust.word,
        **(_said(newest) if is_shown else _SILENT),
        "unit": newest.unit,
        "as_of": newest.as_of or None,
        "revision": newest.revision_number,
        "published_at": iso(newest.published_at),
        "url": url,
        **_dimensions(newest),
    }


def point(insight: str, status: str, reading: ReadingFacts, *, by: str) -> dict[str, Any]:
    """For a panel that draws how insights went: at what the reading is of, or when it was published."""
    return {
        "time": iso(reading.moment if by == "as_of" else reading.published_at),
        "insight": insight,
        **_said(reading),
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "published_at": iso(reading.published_at),
        "revision": reading.revision_number,
        "status": status,
        **_dimensions(reading),
    }


_SILENT: dict[str, Any] = {"value": None, "exact": None, "text": None, "low": None, "high": None}


def _said(reading: ReadingFacts) -> dict[str, Any]:
    low, high = reading.interval or (None, None)
    is_number = reading.number is not None
    text = None if is_number else exactly(reading)
    value = reading.value if is_number else None
    return {"value": value, "exact": exact(reading.number), "text": text, "low": low, "high": high}


def _dimensions(reading: ReadingFacts) -> dict[str, str]:
    return {f"dimension_{name}": value for name, value in reading.dimensions.items()}


def points_rows(points: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[object]]:
    """A table of CSV with its head, whose numbers have all of their digits."""
    found = dict.fromkeys(name for point in points for name in point if name != "exact")
    names = list(found) or ["time", "insight", "value"]
    yield names
    for point in points:
        told = {**point, "value": point["exact"] or point["value"]}
        yield [told.get(name) for name in names]


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rows(insights: Sequence[InsightFacts]) -> Iterator[Sequence[object]]:
    """A table of CSV with its head."""
    yield LIST
    yield from map(list_cells, insights)


def history_rows(readings: Sequence[ReadingFacts]) -> Iterator[Sequence[object]]:
    yield HISTORY
    yield from map(history_cells, readings)
