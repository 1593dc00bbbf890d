"""Publish a number from a notebook: `insight("churn_q2", 0.143, unit="ratio", as_of="2026-06-30")`.

One file without dependencies, for Python 3.8 and newer. Copy it beside the notebook, or install it from the
portal; its pages say how. The number is an output of the cell, and is published with the notebook.
"""

from __future__ import annotations

import html
import json
import math
import re
from datetime import date
from decimal import Decimal
from typing import Any, Iterable, Mapping

__all__ = ["insight"]
__version__ = "1.0"

MIME = "application/vnd.almanac.insight+json"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_CELLS = 200


def insight(
    name: str,
    value: Any,
    *,
    unit: str = "",
    as_of: Any = "",
    interval: Iterable[Any] | None = None,
    dimensions: Mapping[str, Any] | None = None,
    title: str = "",
    limits: Mapping[str, Any] | None = None,
) -> None:
    """Show `value` as a card, and publish it under `name` when the notebook is pushed.

    value: a number (also of NumPy; a Decimal keeps its digits), True or False, a text of up to 500 letters,
        or a table of up to 200 cells: a DataFrame, a Series, a list of records or of rows, a dictionary of
        columns and rows, or one by days or names, {"2026-01": 3}.
    as_of: the day that it is of, a date or "2026-06-30". interval: its bounds, (low, high).
    dimensions: what it is about, {"market": "FR"}. limits: some of min, max and max_change.

    Raises ValueError where that can't be published, and says why.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            "The name is to be letters, digits and any of _ . -, 100 at the most: {!r}".format(name)
        )
    if name in (".", ".."):
        raise ValueError("The name would be a step in an address, which browsers take away: " + name)
    bundle: dict[str, Any] = {"name": name, "value": _plain(value)}
    if isinstance(value, Decimal):
        bundle["exact"] = str(value)
    if interval is not None:
        low, high = (_number(bound, "The interval") for bound in interval)
        if low > high:
            raise ValueError("The interval is to have its lower bound first.")
        bundle["interval"] = [low, high]
    if as_of:
        bundle["as_of"] = _day(as_of)
    if limits:
        unknown = set(limits) - {"min", "max", "max_change"}
        if unknown:
            raise ValueError(
                "Limits are some of min, max and max_change, not {}".format(", ".join(sorted(unknown)))
            )
        numbers = {key: _number(limit, "A limit") for key, limit in limits.items()}
        if numbers.get("min", -math.inf) > numbers.get("max", math.inf):
            raise ValueError("The limits are to have min below max: nothing is within these.")
        bundle["limits"] = numbers
    if dimensions:
        bundle["dimensions"] = {str(key): str(said) for key, said in dimensions.items()}
    for key, said in (("unit", unit), ("title", title)):
        if said:
            bundle[key] = str(said)
    _show(bundle)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):  # a DataFrame
        split = value.to_dict("split")
        return _table([str(column) for column in split["columns"]], split["data"])
    if hasattr(value, "items") and hasattr(value, "index"):  # a Series
        return _table(["", str(value.name or "value")], [list(pair) for pair in value.items()])
    if isinstance(value, Mapping):
        if "columns" in value:
            return _rows(
                [str(column) for column in value["columns"]], value.get("rows", value.get("data", ()))
            )
        return _table(["", "value"], [[str(key), said] for key, said in value.items()])
    if isinstance(value, (list, tuple)):
        rows = list(value)
        if rows and all(isinstance(row, dict) for row in rows):
            columns = list(dict.fromkeys(str(key) for row in rows for key in row))
            return _table(columns, [[row.get(column) for column in columns] for row in rows])
        return _rows([], rows)
    if isinstance(value, str):
        if not 0 < len(value.strip()) <= 500:
            raise ValueError(
                "A text is to have 1 to 500 letters; this one has {}.".format(len(value.strip()))
            )
        return value
    return _scalar(value)


def _rows(columns: list[str], rows: Iterable[Any]) -> dict[str, Any]:
    return _table(columns, [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows])


def _table(columns: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    cells = sum(len(row) for row in rows)
    if not 0 < cells <= _CELLS:
        raise ValueError("A table is to have 1 to {} cells; this one has {}.".format(_CELLS, cells))
    return {"columns": columns, "rows": [[_cell(cell) for cell in row] for row in rows]}


def _cell(value: Any) -> Any:
    try:
        return None if value is None else _scalar(value)
    except ValueError:
        return None if value != value else str(value)  # not a number is missing


def _scalar(value: Any) -> bool | int | float | str:
    if hasattr(value, "item") and not isinstance(value, (bool, int, float)):  # of NumPy
        value = value.item()
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ValueError("This is no number that can be published: {!r}".format(value))


def _number(value: Any, what: str) -> float:
    number = _scalar(value)
    if isinstance(number, (bool, str)):
        raise ValueError("{} is to be of numbers, not {!r}".format(what, value))
    return number


def _day(as_of: Any) -> str:
    if hasattr(as_of, "isoformat"):
        return str(as_of.isoformat())
    try:
        date.fromisoformat(str(as_of)[:10])
    except ValueError:
        raise ValueError('as_of is to be a date, or a text like "2026-06-30": {!r}'.format(as_of)) from None
    return str(as_of)


def _show(bundle: dict[str, Any]) -> None:
    said = _said(bundle)
    try:
        from IPython import display, get_ipython
    except ImportError:
        shell = None
    else:
        shell = get_ipython()
    if shell is None:
        print("{}: {}".format(bundle["name"], said))
        return
    show: Any = display.display
    show({MIME: bundle, "text/html": _card(bundle, said), "text/plain": said}, raw=True)


def _said(bundle: dict[str, Any]) -> str:
    value = bundle["value"]
    if isinstance(value, dict):
        return "a table of {} rows".format(len(value["rows"]))
    if isinstance(value, bool):
        return "yes" if value else "no"
    words = bundle.get("exact") or (value if isinstance(value, str) else json.dumps(value))
    return "{} {}".format(words, bundle.get("unit", "")).strip()


def _card(bundle: dict[str, Any], said: str) -> str:
    low, high = bundle.get("interval", (None, None))
    facts = [bundle["name"]]
    facts += ["{} to {}".format(low, high)] if low is not None else []
    facts += ["as of {}".format(bundle["as_of"])] if "as_of" in bundle else []
    facts += ["{}: {}".format(key, of) for key, of in bundle.get("dimensions", {}).items()]
    return (
        '<div style="display:inline-block;padding:12px 18px;border:1px solid #8884;border-radius:10px">'
        "<div>{}</div>"
        '<div style="font:600 28px/1.3 Georgia,serif">{}</div>'
        '<div style="opacity:.7;font-size:12px">{}</div></div>'
    ).format(
        html.escape(bundle.get("title") or bundle["name"]), html.escape(said), html.escape(" · ".join(facts))
    )
