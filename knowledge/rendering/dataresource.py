"""Tables that come as data: table schemas, Kotlin's data frames, comma-separated text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import islice
from typing import Any

import orjson

from knowledge.documents.decoding import storable_tree

_ROWS = 5_000
_COLUMNS = 500
_CELLS = 100_000
_TEXT = 2_000  # characters of one cell
_CSV = 4_000_000
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:(\.\d{0,12}?)0*)?(Z|[-+]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True)
class Data:
    """A table's values; the first `index` columns name the rows. `total` counts those that it is of."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    index: int
    total: int

    def html(self) -> str:
        """A `table` with all its words escaped, and under it what is left out of it."""
        columns = self.columns[:_COLUMNS]
        rows = self.rows[: min(_ROWS, _CELLS // max(1, len(columns)))]
        head = "".join(f"<th>{_escaped(name)}</th>" for name in columns)
        body = "".join(f"<tr>{self._row(row[: len(columns)])}</tr>" for row in rows)
        table = f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        if len(rows) == self.total and len(columns) == len(self.columns):
            return table
        return f"{table}<p>{self.total:,} rows × {len(self.columns):,} columns</p>"

    def _row(self, row: Sequence[Any]) -> str:
        heads = "".join(f"<th>{_escaped(value)}</th>" for value in row[: self.index])
        return heads + "".join(f"<td>{_escaped(value)}</td>" for value in row[self.index :])


def of_table_schema(value: Any) -> Data | None:
    """`application/vnd.dataresource+json`, as pandas and nteract write it."""
    value = _parsed(value)
    records, schema = (value.get("data"), value.get("schema")) if isinstance(value, dict) else (None, None)
    if not isinstance(records, list) or not isinstance(schema, dict):
        return None
    fields = schema.get("fields")
    named = [
        str(field["name"]) for field in _dicts(fields) if isinstance(field.get("name"), str | int | float)
    ]
    keys = schema.get("primaryKey")
    keys = [str(key) for key in keys] if isinstance(keys, list) else [keys]
    index = [name for name in named if name in keys]
    columns = index + [name for name in named if name not in keys]
    moments = {str(field.get("name")) for field in _dicts(fields) if field.get("type") == "datetime"}
    table = _of_records(records, columns, len(index), len(records))
    return _with_moments(table, moments) if table and moments else table


def _with_moments(table: Data, names: set[str]) -> Data:
    """Points in time as a reader writes them."""
    are = [name in names for name in table.columns]
    rows = [
        [_moment(value) if is_moment else value for value, is_moment in zip(row, are, strict=False)]
        for row in table.rows
    ]
    return replace(table, rows=rows)


def _moment(value: Any) -> Any:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} {found[2]}{(found[3] or '').rstrip('.')}{found[4] or ''}" if found else value


def of_kotlin(value: Any) -> Data | None:
    """`application/kotlindataframe+json`; frames in its cells are told by their size."""
    value = _parsed(value)
    records = value.get("kotlin_dataframe") if isinstance(value, dict) else None
    if not isinstance(records, list):
        return None
    told = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    columns = [name for name in told.get("columns") or _names(records) if isinstance(name, str)]
    total = told.get("nrow")
    return _of_records(records, columns, 0, total if isinstance(total, int) else len(records))


def of_csv(text: str, separator: str = ",") -> Data | None:
    """The first row names the columns. None where the text is no table."""
    text = text.removeprefix("\ufeff")
    first = text[:_TEXT].partition("\n")[0]
    if separator == "," and "," not in first and ";" in first:  # where the comma is for decimals
        separator = ";"
    reader = csv.reader(io.StringIO(text[:_CSV], newline=""), delimiter=separator)
    try:
        lines = [row for row in islice(reader, _ROWS + 1) if row]
    except csv.Error:
        return None
    if len(lines) < 2:
        return None
    rest = sum(1 for line in text.splitlines()[_ROWS + 1 :] if line)
    return Data(lines[0], lines[1:], 0, len(lines) - 1 + rest)


def _of_records(records: list[Any], columns: list[str], index: int, total: int) -> Data | None:
    """Each record a mapping by column, or a list in their order."""
    if not columns:
        return None
    rows = [row for record in records[:_ROWS] if (row := _row_of(record, columns)) is not None]
    return Data(columns, rows, index, max(total, len(rows)))


def _row_of(record: Any, columns: list[str]) -> Sequence[Any] | None:
    if isinstance(record, dict):
        return [record.get(name, "") for name in columns]
    return record if isinstance(record, list) else None


def _names(records: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(name for record in _dicts(list(records)[:100]) for name in record))


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _parsed(value: Any) -> Any:
    """Some writers save JSON as the text of it."""
    if not isinstance(value, str):
        return value
    try:
        return storable_tree(orjson.loads(value))
    except orjson.JSONDecodeError:
        return None


def _escaped(value: Any) -> str:
    return escape(_words(value)[:_TEXT], quote=False)


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case {"data": list() as rows}:  # a column group's or a nested frame's
            return f"{len(rows):,} rows"
        case _:
            try:
                return orjson.dumps(value).decode()
            except (orjson.JSONEncodeError, RecursionError):
                return "…"
