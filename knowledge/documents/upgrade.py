"""Old notebooks (formats 2 and 3) brought to format 4 by nbformat's own converter.

Cell by cell, with what it trips over filled in first. `nbformat.convert` itself validates twice, writes to
the log, and gives cells random ids, so that the same bytes would not always render to the same page.
"""

from collections.abc import Callable
from typing import Any

import nbformat
from nbformat.v4 import convert

from knowledge.documents.cells import check_number, joined
from knowledge.documents.faults import refusal

_CONVERTER_ERRORS = (AttributeError, KeyError, TypeError, ValueError)


def to_format_4(tree: dict[str, Any]) -> dict[str, Any]:
    """A notebook tree of format 4. Repairs come later, for all formats alike."""
    if not isinstance(tree.get("worksheets"), list):
        raise refusal("not-a-notebook", reason="it has no worksheets")
    old = _old_cells(tree)
    check_number(old)
    try:
        cells = [_upgraded(cell) for cell in old]
    except RecursionError:
        raise refusal("too-deep") from None
    return {"nbformat": 4, "metadata": tree.get("metadata"), "cells": cells}


def _old_cells(tree: dict[str, Any]) -> list[Any]:
    sheets = (sheet.get("cells") for sheet in tree["worksheets"] if isinstance(sheet, dict))
    return [cell for cells in sheets if isinstance(cells, list) for cell in cells]


def _upgraded(cell: Any) -> Any:
    """The cell in format 4, or unchanged where the converter fails, for the repairs to judge."""
    if not isinstance(cell, dict):
        return cell
    outputs = cell.get("outputs")
    filled = {**cell, "metadata": _mapping(cell.get("metadata")), "outputs": []}
    for name in ("input", "source"):
        filled[name] = _lines(cell.get(name))
    if not isinstance(cell.get("level", 1), int):
        filled["level"] = 1
    upgraded = _converted(convert.upgrade_cell, filled)
    upgraded.pop("id", None)
    if isinstance(outputs, list):
        upgraded["outputs"] = [_upgraded_output(output) for output in outputs]
    return upgraded


def _upgraded_output(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    texts = {name: _lines(value) for name, value in output.items() if _is_text(name, value)}
    return _converted(
        convert.upgrade_output, {**output, **texts, "metadata": _mapping(output.get("metadata"))}
    )


def _is_text(name: str, value: object) -> bool:
    return name != "traceback" and isinstance(value, list) and all(isinstance(line, str) for line in value)


def _lines(value: object) -> str:
    """Text as one string; old writers left its lines without their ends."""
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], str)
        and not value[0].endswith(("\n", "\r"))
    ):
        return "\n".join(line for line in value if isinstance(line, str))
    return joined(value)


def _converted(convert_one: Callable[[Any], Any], value: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(convert_one(nbformat.from_dict(value)))  # type: ignore[no-untyped-call]
    except _CONVERTER_ERRORS:
        return value


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
