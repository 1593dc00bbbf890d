"""What a returning reader wants to know of a difference: conclusions, numbers and figures, not code."""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.diffing.difference import Difference, OutputChange, Row, Word

_NUMBER = re.compile(r"\d")
_LONGEST = 200

NewsKind = Literal["header", "text", "table", "figure", "number"]


@dataclass(frozen=True, slots=True)
class News:
    """`row` is the place of its row in the difference, -1 for the header; `output` that of the output in the
    row, -1 for its text. `old` and `new` are a few words of each, "" for figures."""

    kind: NewsKind
    row: int
    output: int = -1
    name: str = ""
    old: str = ""
    new: str = ""


def news_of(difference: Difference) -> list[News]:
    """In the order of the new document. Code, its errors and what it logs are left out."""
    news = [
        News("header", -1, name=fact.name, old=_side(fact.words, "added"), new=_side(fact.words, "removed"))
        for fact in difference.header
    ]
    for place, row in enumerate(difference.rows):
        news += _of_text(place, row)
        for number, change in enumerate(row.outputs):
            news += _of_output(place, number, change)
    return news


def _of_text(place: int, row: Row) -> list[News]:
    """Every block of prose that changed."""
    return [
        News("text", place, old=_side(block.words, "added"), new=_side(block.words, "removed"))
        for block in row.prose
        if block.op not in {"same", "fold"}
    ]


def _of_output(place: int, number: int, change: OutputChange) -> list[News]:
    if change.kind in {"image", "drawn"}:
        return [News("figure", place, number, change.label)]
    if change.kind == "table" and change.table:
        cells = [cell for row in change.table.rows for cell in row.cells if cell.op != "same"][:1]
        old, new = (cells[0].old[:_LONGEST], cells[0].new[:_LONGEST]) if cells else ("", "")
        return [News("table", place, number, f"{change.table.changed_cells} cells", old, new)]
    if change.kind not in {"text", "html"} or change.label == "error output" or not change.text:
        return []
    for line in change.text.lines:
        old, new = ("".join(span.text for span in side) for side in (line.old, line.new))
        if line.op not in {"same", "fold"} and _NUMBER.search(old + new):
            return [News("number", place, number, change.label, old[:_LONGEST], new[:_LONGEST])]
    return []


def _side(words: tuple[Word, ...], without: str) -> str:
    return "".join(word.text for word in words if word.op != without)[:_LONGEST].strip()
