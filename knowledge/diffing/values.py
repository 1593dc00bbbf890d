"""Numbers that changed, each with a name: in tables by their headings, in what is printed by its words."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

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
            values += _whole(row)
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


def _whole(row: TableRow) -> list[Value]:
    cells = [cell.new or cell.old for cell in row.cells]
    name = _label(row)
    text = _JOIN.join(cell for cell in cells if cell and cell != name)
    return [_value(name, *(("", text) if row.op == "added" else (text, "")))] if any(cells) else []


def _cells(row: TableRow, heads: list[str], columns: dict[int, Value]) -> list[Value]:
    values = []
    label = _label(row)
    for place, cell in enumerate(row.cells):
        head = heads[place] if place < len(heads) else ""
        if cell.op in {"added", "removed"}:
            word = "new column" if cell.op == "added" else "column"
            columns.setdefault(place, _value(head, *(("", word) if cell.op == "added" else (word, ""))))
        elif cell.op == "changed" and not _equal(cell.old, cell.new) and not _counts(place, head, cell.new):
            name = _JOIN.join(part for part in (label, head) if part and part != cell.new)
            values.append(_value(name, cell.old, cell.new))
    return values


def _label(row: TableRow) -> str:
    """What a row is about: its first words, else its first cell."""
    cells = [cell.new or cell.old for cell in row.cells]
    named = (cell for cell in cells if cell.casefold() not in _NOTHING and not _is_number(cell))
    return next(named, cells[0] if cells else "")


def _counts(place: int, head: str, cell: str) -> bool:
    """Whether it only says the how many-th row it is."""
    return place == 0 and not head and cell.isdigit()


def _of_line(line: Line) -> Value | None:
    old, new = (_unwrapped("".join(span.text for span in side)) for side in (line.old, line.new))
    if not any(map(str.isdigit, old + new)) or not all(map(tells_a_number, (old, new))):
        return None
    if line.op == "changed" and (found := _marked_alone(line)):
        return found
    return _value("", old, new)


def _marked_alone(line: Line) -> Value | None:
    """The one number that changed in a line, named by what stands before it."""
    (before, old, after), (_, new, tail) = _parts(line.old), _parts(line.new)
    sign = before[-1:] if before[-1:] in _LEADS else ""
    is_clear = "(" not in before and not before.rstrip().endswith(",")
    if not (is_clear and old and new and _is_number(old) and _is_number(new)):
        return None
    name = before.removesuffix(sign).rstrip(":=- ")
    if not (_is_short(after) and _is_short(tail)):
        return None
    return _value(name, *(said.rstrip(" .,;") for said in (f"{sign}{old}{after}", f"{sign}{new}{tail}")))


def _parts(spans: tuple[Span, ...]) -> tuple[str, str, str]:
    """What stands before the only mark, the mark, and what follows; "" for all without one, or with more."""
    places = [place for place, span in enumerate(spans) if span.is_marked]
    if len(places) != 1:
        return "", "", ""
    texts = [span.text for span in spans]
    return "".join(texts[: places[0]]), texts[places[0]], "".join(texts[places[0] + 1 :])


def _is_short(tail: str) -> bool:
    """Whether what follows a number is no more than its unit."""
    return len(tail.split()) <= 2 and not any(map(str.isdigit, tail))


def _unwrapped(text: str) -> str:
    found = _WRAPPED.fullmatch(text.strip())
    return found[1] if found else text


def _value(name: str, old: str, new: str) -> Value:
    said = [" ".join(text.split()) for text in (name, old, new)]
    return Value(*(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in said))


def _rest(cells: list[str]) -> str:
    return _JOIN.join(cells[1:])


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text.strip()))


def _equal(old: str, new: str) -> bool:
    """Whether both read the same, or are a number that differs by what computing it twice does."""
    if old.split() == new.split():
        return True
    try:
        return math.isclose(float(old), float(new), rel_tol=1e-9)
    except ValueError:
        return False
