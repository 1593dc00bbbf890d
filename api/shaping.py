"""`fields=` and `expand=`: less of every row, or more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from knowledge.models import User

Row = dict[str, Any]
Wanted = dict[str, "Wanted"]
MOST_FIELDS = 50
# Names that depend on what the rows are about: in flat rows, and of a field.
DIMENSION, DIMENSIONS = "dimension_", "dimensions"


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a row names, whole. `load` answers for each row, in order, by as many queries for any number.

    `shape` is its part of the OpenAPI document.
    """

    shape: dict[str, Any]
    load: Callable[[User, Sequence[Row]], Sequence[Any]]


def rows_of(data: Any) -> list[Row]:
    """The rows of a page of a list, or the one that is answered."""
    found = data["results"] if isinstance(data, dict) and "results" in data else data
    return _rows_in(found)


def expand(data: Any, names: str, known: Mapping[str, Expansion], caller: User) -> None:
    """Give each row `expanded`, with one entry for each of `names`."""
    wanted = _words(names)
    if unknown := [name for name in wanted if name not in known]:
        there = f"Send some of {', '.join(known)}." if known else "Nothing can be expanded here."
        raise ValidationError({"expand": [f"{unknown[0]!r} can't be expanded. {there}"]})
    rows = rows_of(data)
    loaded = {name: known[name].load(caller, rows) for name in wanted}
    for number, row in enumerate(rows):
        row["expanded"] = {name: values[number] for name, values in loaded.items()}


def narrow(data: Any, names: str, known: Iterable[str]) -> Any:
    """The same data with the fields of `names` alone, such as `title,authors.name`.

    A page of a list keeps its links. `known` are the fields to check against where there is no row. What
    rows are about differs: one that lacks what others have is told without.
    """
    wanted: Wanted = {}
    for name in _words(names):
        inner = wanted
        for part in name.split("."):
            inner = inner.setdefault(part, {})
    if not wanted:
        return data
    _check(wanted, rows_of(data), known)
    if isinstance(data, dict) and "results" in data:
        return data | {"results": [_only(row, wanted) for row in data["results"]]}
    return _only(data, wanted)


def _words(names: str) -> list[str]:
    found = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if len(found) > MOST_FIELDS:
        raise ValidationError({"fields": [f"At most {MOST_FIELDS} names."]})
    return found


def _check(wanted: Wanted, rows: Sequence[Row], known: Iterable[str] = ()) -> None:
    there = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(known)
    for name, inner in wanted.items():
        if there and name not in there and not name.startswith(DIMENSION):
            message = f"There is no {name!r} here. Send some of {', '.join(there)}."
            raise ValidationError({"fields": [message]})
        if inner and name != DIMENSIONS:
            _check(inner, [each for row in rows for each in _rows_in(row.get(name))])


def _rows_in(value: Any) -> list[Row]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _only(value: Any, wanted: Wanted) -> Any:
    if isinstance(value, list):
        return [_only(each, wanted) for each in value]
    if not wanted or not isinstance(value, dict):
        return value
    return {name: _only(value[name], inner) for name, inner in wanted.items() if name in value}
