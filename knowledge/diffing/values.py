"""Numbers that changed, each with a name: in tables by their headings, in what is printed by its words."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from knowledge.diffing.difference import Block, Line, Span, TableChange, TableRow, TextChange
from knowledge.diffing.gist import text_of
from knowledge.diffing.printed import tells_a_number

_LONGEST = 80
_NUMBER = re.compile(r"[-−+]?[$€£¥]?\s?\d[\d.,\s]*(?:e[-+]?\d+)?\s?[%‰$€£¥]?")
_WRAPPED = re.compile(r"(?:np\.|numpy\.)?(?:float|int|uint)\d+\((.+)\)")
_LEADS = "-−+$€£¥"
_NOTHING = {"", "nan", "nat", "none", "null", "<na>", "...", "…"}
_JOIN = " · "


@dataclass(frozen=True, slots=True)
class Value:
    """`old` or `new` is "" on the side where it isn't; `name` says what it is, "" where nothing does."""

    name: str
    old: str
    new: str


def of_table(table: TableChange) -> list[Value]:
    """Cells that changed; a row or a column that came or went counts as one."""
    heads: list[str] = []
    columns: dict[int, Value] = {}
    values: list[Value] = []
    for row in table.rows:
        if row.cells and all(cell.is_heading for cell in row.cells):
            heads = _heads(row, heads)
        elif row.op in {"added", "removed"}:
            values += _whole(row, heads)
        elif row.op == "changed":
            values += _cells(row, heads, columns)
    return [*columns.values(), *values]


def of_items(blocks: Iterable[Block]) -> list[Value]:
    """Rows of tables that are written in the text."""
    values: list[Value] = []
    for block in blocks:
        if block.tag == "tr" and block.op in {"changed", "added", "removed"}:
            old = text_of(block.words, without="added").split(_JOIN)
            new = text_of(block.words, without="removed").split(_JOIN)
            if block.op == "changed" and len(old) == len(new):
                name = new[0] if old[0] == new[0] else ""
                values += [_value(name, a, b) for a, b in zip(old, new, strict=True) if not _equal(a, b)]
            else:
                values.append(_value((new if block.op != "removed" else old)[0], *map(_rest, (old, new))))
    return values


def of_text(text: TextChange) -> list[Value]:
    """Of printed lines that hold numbers, the number where it alone changed, else the line."""
    if text.is_too_large:
        return []
    values = [_of_line(line) for line in text.lines if line.op not in {"same", "fold"}]
    return [value for value in values if value and not _equal(value.old, value.new)]


def _heads(row: TableRow, above: list[str]) -> list[str]:
    heads = [cell.new or cell.old for cell in row.cells]
    return [head or (above[place] if place < len(above) else "") for place, head in enumerate(heads)]


def _whole(row: TableRow, heads: list[str]) -> list[Value]:
    cells = [cell.new or cell.old for cell in row.cells]
    place = _naming(cells)
    name = _label(cells, heads)
    text = _JOIN.join(cell for at, cell in enumerate(cells) if cell and at != place)
    return [_value(name, *(("", text) if row.op == "added" else (text, "")))] if any(cells) else []


def _cells(row: TableRow, heads: list[str], columns: dict[int, Value]) -> list[Value]:
    values = []
    label = _label([cell.new or cell.old for cell in row.cells], heads)
    for place, cell in enumerate(row.cells):
        head = heads[place] if place < len(heads) else ""
        if cell.op in {"added", "removed"}:
            word = "new column" if cell.op == "added" else "column"
            columns.setdefault(place, _value(head, *(("", word) if cell.op == "added" else (word, ""))))
        elif cell.op == "changed" and not _equal(cell.old, cell.new) and not _counts(place, head, cell.new):
            name = _JOIN.join(part for part in (label, head) if part and part != cell.new)
            values.append(_value(name, cell.old, cell.new))
    return values


def _label(cells: list[str], heads: list[str]) -> str:
    """What a row is about; a number with the heading above it."""
    if not cells:
        return ""
    place = _naming(cells)
    head = heads[place] if place < len(heads) else ""
    return f"{head} {cells[place]}".strip() if _is_number(cells[place]) else cells[place]


def _naming(cells: list[str]) -> int:
    """The place of the first words, else of the first cell."""
    named = (at for at, cell in enumerate(cells) if cell.casefold() not in _NOTHING and not _is_number(cell))
    return next(named, 0)


def _counts(place: int, head: str, cell: str) -> bool:
    """Whether it only says the how many-th row it is."""
    return place == 0 and not head and cell.isdigit()


def _of_line(line: Line) -> Value | None:
    old, new = (_unwrapped("".join(span.text for span in side)) for side in (line.old, line.new))
    if not any(map(str.isdigit, old + new)) or not all(map(tells_a_number, (old, new))):
        return None
    name = _before(line) if line.op == "changed" else ""
    if not name:
        return _value("", old, new)
    return _value(name.rstrip(" :=-"), *(side[len(name) :].rstrip(" .,;") for side in (old, new)))


def _before(line: Line) -> str:
    """What stands before the first number that changed, if it names it."""
    old, new = ("".join(span.text for span in side) for side in (line.old, line.new))
    before = min((_unmarked(line.old), _unmarked(line.new)), key=len).rstrip(_LEADS)
    names = any(map(str.isalpha, before)) and "(" not in before and not before.rstrip().endswith(",")
    is_of_numbers = all(any(map(str.isdigit, side[len(before) :])) for side in (old, new))
    return before if names and is_of_numbers else ""


def _unmarked(spans: tuple[Span, ...]) -> str:
    """How a line begins, up to its first mark."""
    return "".join(span.text for span in takewhile(lambda span: not span.is_marked, spans))


def _unwrapped(text: str) -> str:
    found = _WRAPPED.fullmatch(text.strip())
    return found[1] if found else text


def _value(name: str, old: str, new: str) -> Value:
    said = [" ".join(text.split()) for text in (name, old, new)]
    return Value(*(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in said))


def _rest(cells: list[str]) -> str:
    return _JOIN.join(cells[1:])


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_NUMBER.fullmatch(text.strip()))


def _equal(old: str, new: str) -> bool:
    """Whether both read the same, or are a number that differs by what computing it twice does."""
    sides = old.split(), new.split()
    return len(sides[0]) == len(sides[1]) and all(map(_is_as_good_as, *sides))


def _is_as_good_as(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9)
    except ValueError:
        return False
