"""Cells and outputs in the one shape that rendering relies on, whatever the file held."""

import re
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from knowledge.documents.faults import refusal

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CELL_TYPES = {"code", "markdown", "raw"}
_REPAIRS_TOLD = 20
_MOST_CELLS = 50_000  # ten times what is shown


class Repairs:
    """What had to be put right, in words, each said once; beyond some, more of it helps nobody."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def note(self, what: str) -> None:
        if len(self.made) < _REPAIRS_TOLD and what not in self.made:
            self.made.append(what)

    def mapping(self, value: object, complaint: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.note(complaint)
        return {}


def joined(value: object) -> str:
    """Multi-line text as one string; anything else than text and lists of text is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return ""


def check_number(cells: list[Any]) -> None:
    """Each takes time to be put in order: raises DocumentError where they are more than a person wrote."""
    if len(cells) > _MOST_CELLS:
        raise refusal("too-intricate", limit=_MOST_CELLS, what="cells")


def normal_cells(cells: list[Any], repairs: Repairs) -> list[dict[str, Any]]:
    """Every cell that is one, in order."""
    ids = _Ids()
    normal: list[dict[str, Any]] = []
    for position, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            repairs.note("a cell is not an object and was left out")
            continue
        normal.append(_normal_cell(cell, position, ids, repairs))
    return normal


def _normal_cell(cell: dict[str, Any], position: int, ids: "_Ids", repairs: Repairs) -> dict[str, Any]:
    kind = cell.get("cell_type")
    if kind not in _CELL_TYPES:
        repairs.note(f"cell {position} is of an unknown type")
        kind = "raw"
    source = cell.get("source")
    if not isinstance(source, str | list):
        repairs.note(f"cell {position} has no text")
    normal = {
        "cell_type": kind,
        "id": ids.of(cell.get("id"), joined(source)),
        "metadata": repairs.mapping(cell.get("metadata"), f"cell {position} has no metadata"),
        "source": joined(source),
        "number": position,
    }
    if kind == "code":
        normal["execution_count"] = _count(cell.get("execution_count"))
        normal["outputs"] = _normal_outputs(cell.get("outputs"), position, repairs)
    elif isinstance(cell.get("attachments"), dict):
        normal["attachments"] = cell["attachments"]
    return normal


def _count(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


class _Ids:
    """A name for each cell that stays its own when others come and go, so that links to it stay good.

    Most files before format 4.5 have none, and copied cells share theirs: neither is worth a word. Such a
    cell is called by what is in it.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()

    def of(self, wanted: object, source: str) -> str:
        is_good = isinstance(wanted, str) and _CELL_ID.fullmatch(wanted) and wanted not in self._taken
        name = str(wanted) if is_good else self._free(_name_from(source))
        self._taken.add(name)
        return name

    def _free(self, name: str) -> str:
        """Counts on from where it was, or many cells alike would take the square of their number."""
        numbered = name
        while numbered in self._taken:
            self._counts[name] += 1
            numbered = f"{name}-{self._counts[name] + 1}"
        return numbered


def _name_from(source: str) -> str:
    return "n" + blake2b(source.strip().encode(errors="replace"), digest_size=5).hexdigest()


def _normal_outputs(outputs: object, position: int, repairs: Repairs) -> list[dict[str, Any]]:
    if outputs is None:
        return []
    if not isinstance(outputs, list):
        repairs.note(f"the outputs of cell {position} are no list")
        return []
    return [normal for output in outputs if (normal := _normal_output(output, position, repairs))]


def _normal_output(output: object, position: int, repairs: Repairs) -> dict[str, Any] | None:
    kind = output.get("output_type") if isinstance(output, dict) else None
    reader = _OUTPUTS.get(kind) if isinstance(kind, str) else None
    if reader is None or not isinstance(output, dict):
        repairs.note(f"an output of cell {position} is of an unknown type and was left out")
        return None
    return reader(output)


def _stream(output: dict[str, Any]) -> dict[str, Any]:
    name = "stderr" if output.get("name") == "stderr" else "stdout"
    return {"output_type": "stream", "name": name, "text": joined(output.get("text"))}


def _error(output: dict[str, Any]) -> dict[str, Any]:
    traceback = output.get("traceback")
    lines = [line for line in traceback if isinstance(line, str)] if isinstance(traceback, list) else []
    ename, evalue = joined(output.get("ename")), joined(output.get("evalue"))
    return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": lines}


def _display(output: dict[str, Any]) -> dict[str, Any]:
    data, metadata = output.get("data"), output.get("metadata")
    return {
        "output_type": "display_data",
        "data": _bundle(data) if isinstance(data, dict) else {},
        "metadata": metadata if isinstance(metadata, dict) else {},
    }


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    """Text joined; JSON kinds as they are, except those that old writers saved as lists of lines."""
    return {mime: _joined_lines(mime, value) for mime, value in data.items() if value is not None}


def _joined_lines(mime: str, value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return value
    text = "".join(value)
    # A list of words is JSON, too.
    is_list = mime.endswith("json") and not text.lstrip().startswith(("{", "[", '"'))
    return value if is_list else text


_OUTPUTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "stream": _stream,
    "error": _error,
    "display_data": _display,
    "execute_result": _display,
    "update_display_data": _display,
}
