"""What the code of a published document put out: its tables as data, its pictures and frames by their places.

All of it reads what rendering wrote and cleaned (see knowledge/rendering/tables.py), whose attributes hold no
angle brackets. Cells are told as they are shown, with whatever digits and signs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

MOST_CELLS = 500_000  # of a table whose cells span others
_OUTPUT = re.compile(
    r'<div class="table-scroll" id="(?P<table>fig-[^"]+)"[^>]*>(?P<rows><table.*?</table>)</div>'
    r'|<figure class="(?P<class>figure[^"]*)" id="(?P<figure>fig-[^"]+)"[^>]*>(?P<inside>.*?)</figure>',
    re.DOTALL,
)
_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(td|th)([^>]*)>(.*?)</\1>", re.DOTALL)
_SPAN = re.compile(r' (col|row)span="(\d{1,3})"')
_BREAK, _TAG, _SPACE = re.compile(r"<br\s*/?>"), re.compile(r"<[^>]*>"), re.compile(r"[ \t\r\n\f]+")
Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class Output:
    """`number` counts from 1 in the order of the page; `html` is its markup. `kind` is one of KINDS."""

    number: int
    kind: str
    anchor: str
    html: str


@dataclass(frozen=True, slots=True)
class Table:
    """Heads of several rows are one line, as "2026 / Q2"; without heads, columns are "1", "2" and so on."""

    columns: list[str]
    rows: Grid


KINDS = ("table", "image", "interactive")


def outputs(parts: Iterable[str]) -> Iterator[Output]:
    number = 0
    for html in parts:
        for found in _OUTPUT.finditer(html):
            number += 1
            if found["table"]:
                yield Output(number, "table", found["table"], found["rows"])
            else:
                kind = "interactive" if "frame" in found["class"].split() else "image"
                yield Output(number, kind, found["figure"], found["inside"])


def table_of(html: str) -> Table:
    """Cells that span others are repeated, so that each row is whole."""
    end = html.find("</thead>")
    rows = list(_ROW.finditer(html))
    grid = _grid([list(_CELL.finditer(row[1])) for row in rows])
    heads = sum(row.start() < end for row in rows) or _leading(rows)
    width = max(map(len, grid), default=0)
    whole = [row + [""] * (width - len(row)) for row in grid]
    columns = [_head(column) for column in zip(*whole[:heads], strict=True)]
    return Table(columns or [str(place + 1) for place in range(width)], whole[heads:])


def _leading(rows: Sequence[re.Match[str]]) -> int:
    """The first row, where it has nothing but heads and others have more."""
    first = {cell[1] for cell in _CELL.finditer(rows[0][1])} if len(rows) > 1 else set()
    return int(first == {"th"})


def _grid(rows: Sequence[Sequence[re.Match[str]]]) -> Grid:
    grid: Grid = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows that its cell still spans, and its text
    room = MOST_CELLS
    for cells in rows:
        row: list[str] = []
        for cell in cells:
            _let_down(hanging, row)
            spans = {name: max(1, int(size)) for name, size in _SPAN.findall(cell[2])}
            text = _text(cell[3])
            for _ in range(min(spans.get("col", 1), max(1, room))):
                if spans.get("row", 1) > 1:
                    hanging[len(row)] = (spans["row"] - 1, text)
                row.append(text)
            room -= spans.get("col", 1)
        _let_down(hanging, row)
        grid.append(row)
    return grid


def _let_down(hanging: dict[int, tuple[int, str]], row: list[str]) -> None:
    """What cells of rows above put at the next places."""
    while len(row) in hanging:
        left, text = hanging.pop(len(row))
        if left > 1:
            hanging[len(row)] = (left - 1, text)
        row.append(text)


def _head(texts: Sequence[str]) -> str:
    return " / ".join(dict.fromkeys(text for text in texts if text))


def _text(html: str) -> str:
    return _SPACE.sub(" ", unescape(_TAG.sub("", _BREAK.sub(" ", html)))).strip(" ")
