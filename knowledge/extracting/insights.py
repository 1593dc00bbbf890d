"""Insights as documents publish them, brought to one form; what is not well-formed is left out."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from knowledge.documents import JSON
from knowledge.documents.decoding import one_line, storable

OURS = "application/vnd.almanac.insight+json"
SCRAPS = ("application/scrapbook.scrap.json+json", "application/scrapbook.scrap.text+json")
MOST = 200  # of a document
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_STEPS = (".", "..")
_TEXT = 500
_CELLS = 200  # of a table
_LARGEST = 2**63
_DIMENSIONS = 20
_DIGITS = 100
_EXACT = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_LIMITS = ("min", "max", "max_change")

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Insight:
    """`value` is a number, a truth, a text, or a table: {"columns": [names], "rows": [[scalars]]}.

    `as_of` is a date or time by ISO 8601, or "". `interval` is its bounds, if given; `limits` some of min,
    max and max_change. `anchor` leads to the cell that put it out, "" for one of the header. `exact` is a
    number with all the digits that it was written with, which a float may not keep.
    """

    name: str
    value: JSON
    unit: str = ""
    as_of: str = ""
    interval: tuple[float, float] | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    anchor: str = ""
    exact: str = ""


def insight_in_output(data: Mapping[str, Any]) -> Insight | None:
    """What the bundle of an output publishes, if it is one that does."""
    if OURS in data:
        return insight_of(_parsed(data[OURS]))
    scrap = next((_parsed(data[mime]) for mime in SCRAPS if mime in data), None)
    if not isinstance(scrap, Mapping):
        return None
    return insight_of({"name": scrap.get("name"), "value": scrap.get("data")})


def insights_in_header(raw: Mapping[str, JSON]) -> Iterator[Insight]:
    """Of the list that a header has under `insights`."""
    said = next((value for name, value in raw.items() if name.strip().lower() == "insights"), None)
    for each in said[:MOST] if isinstance(said, list) else ():
        if insight := insight_of(each):
            yield insight


def wrong_in_output(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what the bundle of an output publishes of ours; nothing where it doesn't."""
    if OURS in data:
        yield from wrong_with(_parsed(data[OURS]))


def wrong_in_header(raw: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    """What is wrong with the list under `insights`: of which, and what."""
    said = next((value for name, value in raw.items() if name.strip().lower() == "insights"), None)
    if said is None:
        return
    if not isinstance(said, list):
        yield "", "it is no list of {name, value}"
        return
    for number, each in enumerate(said[:MOST], 1):
        name = _text(each.get("name"), 100) if isinstance(each, Mapping) else ""
        for why in wrong_with(each):
            yield name or f"number {number}", why


def wrong_with(said: object) -> Iterator[str]:
    """In words that follow the name of what is published: first what keeps it from being so."""
    if not isinstance(said, Mapping):
        yield "it is no object with a name and a value"
        return
    name = said.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "its name is to be letters, digits and any of _ . -, 100 at the most"
    elif name in _STEPS:
        yield "its name would be a step in an address, which browsers take away"
    if said.get("value") is None:
        yield "it has no value"
    elif _value(said["value"]) is None:
        yield f"its value is no finite number, truth, text of {_TEXT} letters or table of {_CELLS} cells"
    if said.get("as_of") and not _moment(said["as_of"]):
        yield "its as_of is no date like 2026-06-30"
    if said.get("interval") and _interval(said["interval"]) is None:
        yield "its interval is not two numbers, the lower first"
    if said.get("limits") and not _numbers(said["limits"]):
        yield f"its limits are none of {', '.join(_LIMITS)}"
    elif said.get("limits") and not _limits(said["limits"]):
        yield "of its limits, min is above max, so that nothing is within"


def insight_of(said: object) -> Insight | None:
    """None for what has no proper name or no value that can be published."""
    if not isinstance(said, Mapping):
        return None
    name, value = said.get("name"), _value(said.get("value"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in _STEPS or value is None:
        return None
    return Insight(
        name=name,
        value=value,
        unit=_text(said.get("unit"), 40),
        as_of=_moment(said.get("as_of")),
        interval=_interval(said.get("interval")),
        dimensions=_dimensions(said.get("dimensions")),
        title=_text(said.get("title"), 200),
        limits=_limits(said.get("limits")),
        anchor=_text(said.get("anchor"), 200),
        exact=_digits(said.get("exact"), value),
    )


def _parsed(value: Any) -> Any:
    """Some write JSON as the text of it."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def _value(value: object) -> JSON:
    if isinstance(value, str):
        text = storable(value).strip()
        return text if 0 < len(text) <= _TEXT else None
    if isinstance(value, Sequence | Mapping):
        return _table(value)
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    """None too for what is no scalar, or none that JSON and databases can hold."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return storable(value)[:_TEXT] if isinstance(value, str) else None


def _table(value: Sequence[Any] | Mapping[str, Any]) -> JSON:
    """Of records, of rows, of columns and rows, or a series: values alone, or by their days or names."""
    if isinstance(value, Mapping) and "columns" in value:
        columns, rows = value["columns"], value.get("rows", value.get("data"))
    elif isinstance(value, Mapping):
        columns = ["", "value"]
        rows = [[str(key), cell] for key, cell in islice(value.items(), _CELLS + 1)]
    elif all(isinstance(row, Mapping) for row in value):
        columns = list(dict.fromkeys(str(name) for row in value[:_CELLS] for name in row))
        rows = [[row.get(name) for name in columns] for row in value[:_CELLS] if len(columns) <= _CELLS]
        rows = rows if len(value) <= _CELLS else []
    else:
        columns, rows = [], [[cell] if _is_scalar(cell) else cell for cell in value[: _CELLS + 1]]
    if not isinstance(columns, list) or not isinstance(rows, list) or not rows or len(rows) > _CELLS:
        return None
    if not all(isinstance(row, list) for row in rows) or not 0 < sum(map(len, rows)) <= _CELLS:
        return None
    if not all(_is_scalar(cell) for row in rows for cell in row) or len(columns) > _CELLS:
        return None
    names = [one_line(str(name))[:100] for name in columns]
    return {"columns": names, "rows": [[_scalar(cell) for cell in row] for row in rows]}


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _text(value: object, most: int) -> str:
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return one_line(str(value)[: 2 * most])[:most] if is_plain else ""


def _moment(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    try:
        datetime.fromisoformat(text[:40])
    except ValueError:
        return ""
    return text[:40]


def _number(value: object) -> float | None:
    number = _scalar(value)
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def _digits(exact: object, value: JSON) -> str:
    """`exact` where it is the number `value`, written out."""
    if not isinstance(exact, str) or len(exact) > _DIGITS or isinstance(value, bool):
        return ""
    if not isinstance(value, int | float) or not _EXACT.fullmatch(exact):
        return ""
    return exact if float(exact) == float(value) else ""


def _interval(value: object) -> tuple[float, float] | None:
    if isinstance(value, Mapping):
        value = [value.get("low", value.get("lower")), value.get("high", value.get("upper"))]
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    low, high = _number(value[0]), _number(value[1])
    return (low, high) if low is not None and high is not None and low <= high else None


def _dimensions(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    pairs = ((_text(name, 100), _text(said, 100)) for name, said in list(value.items())[:_DIMENSIONS])
    return {name: said for name, said in pairs if name and said}


def _limits(value: object) -> dict[str, float]:
    """{} too where nothing can be within."""
    found = _numbers(value)
    return {} if found.get("min", -math.inf) > found.get("max", math.inf) else found


def _numbers(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        return {}
    numbers = ((name, _number(value.get(name))) for name in _LIMITS)
    return {name: number for name, number in numbers if number is not None}
