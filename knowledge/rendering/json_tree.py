"""JSON as a tree that its reader unfolds. Everything in it is escaped."""

from collections.abc import Iterator
from html import escape
from itertools import islice
from typing import Any

import orjson

_VALUES = 2_000
_DEPTH = 12
_TEXT = 1_000  # characters of one string
_OPEN = 2  # levels that are open from the start,
_MANY = 20  # unless they hold more than this


def json_tree(value: Any, *, name: str = "", expanded: bool = False) -> str:
    """Nested `details`, the first levels open, or with `expanded` all of them."""
    return f'<div class="json">{_Tree(expanded).shown(value, name, 0)}</div>'


class _Tree:
    """What is left of the number of values that one tree shows."""

    def __init__(self, expanded: bool) -> None:
        self.room = _VALUES
        self.expanded = expanded

    def shown(self, value: Any, name: str, depth: int) -> str:
        self.room -= 1
        key = f'<span class="json-key">{escape(name[:_TEXT], quote=False)}</span> ' if name else ""
        if not isinstance(value, dict | list) or not value:
            return key + _scalar(value)
        if depth >= _DEPTH:
            return key + _whole(value)
        open_ = self.expanded or (depth < _OPEN and (depth == 0 or len(value) <= _MANY))
        rows = "".join(f"<li>{row}</li>" for row in self._rows(value, depth))
        summary = f"<summary>{key}{_size(value)}</summary>"
        return f"<details{' open' if open_ else ''}>{summary}<ul>{rows}</ul></details>"

    def _rows(self, value: dict[str, Any] | list[Any], depth: int) -> Iterator[str]:
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        shown = 0
        for name, entry in islice(entries, self.room):
            if self.room <= 0:
                break
            shown += 1
            yield self.shown(entry, str(name), depth + 1)
        if left := len(value) - shown:
            yield f'<span class="json-size">… {left:,} more; the source has them all</span>'


def _size(value: dict[str, Any] | list[Any]) -> str:
    kind = ("entry", "entries") if isinstance(value, dict) else ("item", "items")
    brackets = "{}" if isinstance(value, dict) else "[]"
    return f'<span class="json-size">{brackets} {len(value):,} {kind[len(value) != 1]}</span>'


def _scalar(value: Any) -> str:
    match value:
        case str():
            kind, text = "str", f'"{value}"' if len(value) <= _TEXT else f'"{value[:_TEXT]}…"'
        case bool() | None:
            kind, text = "const", {True: "true", False: "false", None: "null"}[value]
        case int() | float():
            kind, text = "num", repr(value)
        case _:
            kind, text = "size", "{}" if isinstance(value, dict) else "[]"
    return f'<span class="json-{kind}">{escape(text, quote=False)}</span>'


def _whole(value: Any) -> str:
    """What nests deeper than anybody unfolds, as it is written."""
    try:
        text = orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, RecursionError):  # beyond 254 levels, or numbers beyond 64 bits
        text = "…"
    return f"<code>{escape(text if len(text) <= _TEXT else text[:_TEXT] + '…', quote=False)}</code>"
