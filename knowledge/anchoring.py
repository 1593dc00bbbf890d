"""PURE: where a place in one revision of a document is in another.

By the cell's id, by its content, by what is most like it. What is found nowhere is outdated, which is for the
caller to show: never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

_CANDIDATES = 40  # cells that are looked through for likeness, those that stood nearest first
_LONGEST = 300  # characters of a quote
_COMPARED = 120  # of them, where lines are compared
_EFFORT = 30_000_000  # pairs of characters, of all that is compared for one page: half a second at the worst
_LIKE = 0.6
_LIKE_LINE = 0.7
_LINES = 2_000  # of a cell, that are looked through
_FIRST = 200  # of them, where the cell itself is looked for


@dataclass(frozen=True, slots=True)
class Anchor:
    """`cell` counts from 0, `line` from 1 in it, 0 for none; `quote` is what stood there: the line, or the
    first line of the cell."""

    cell: int
    cell_id: str = ""
    cell_hash: str = ""
    line: int = 0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the revision that is looked at. `id` is "" where the file gives none.

    Where `is_whole` is false, `lines` are only how its source begins.
    """

    id: str
    hash: str
    lines: Sequence[str]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """`line` is 0 for the cell as a whole."""

    cell: int
    line: int = 0


class Places:
    """The places of one revision, made once for all anchors that are looked for in it."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.effort = _EFFORT  # that is left; without any, only what reads the same is found

    def of(self, anchor: Anchor) -> Place | None:
        """None where it is outdated."""
        cell = self._cell(anchor)
        if cell is None:
            return None
        if not anchor.line:
            return Place(cell)
        line = self._line(anchor, self.cells[cell])
        return None if line is None else Place(cell, line)

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {cell.id: index for index, cell in enumerate(self.cells) if cell.id}

    @cached_property
    def _by_hash(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if cell.hash:
                found.setdefault(cell.hash, []).append(index)
        return found

    def _cell(self, anchor: Anchor) -> int | None:
        if anchor.cell_id in self._by_id:
            return self._by_id[anchor.cell_id]
        if same := self._by_hash.get(anchor.cell_hash):
            return min(same, key=lambda index: abs(index - anchor.cell))
        return self._most_alike(anchor)

    def _most_alike(self, anchor: Anchor) -> int | None:
        quote = anchor.quote.strip()[:_LONGEST]
        if not quote:
            return None
        nearest = sorted(range(len(self.cells)), key=lambda index: abs(index - anchor.cell))[:_CANDIDATES]
        likeness = {index: self._likeness(quote, _compared(anchor, self.cells[index])) for index in nearest}
        best = max(nearest, key=lambda index: likeness[index], default=None)
        return best if best is not None and likeness[best] >= _LIKE else None

    def _likeness(self, quote: str, lines: Sequence[str]) -> float:
        if quote in lines:
            return 1.0
        quote = quote[:_COMPARED]
        matcher = SequenceMatcher(b=quote, autojunk=False)
        best = 0.0
        for line in lines:
            self.effort -= _COMPARED
            if self.effort < 0:
                break
            begin = line[:_COMPARED]
            matcher.set_seq1(begin)
            least = max(best, _LIKE)
            if matcher.real_quick_ratio() > least:
                self.effort -= 10 * _COMPARED
                if matcher.quick_ratio() > least:
                    self.effort -= len(begin) * len(quote)
                    best = max(best, matcher.ratio())
        return best

    def _line(self, anchor: Anchor, cell: Cell) -> int | None:
        """Where the line is in the cell now; 0, the whole of it, where not all of the cell is known."""
        quote = anchor.quote.strip()
        if cell.hash and cell.hash == anchor.cell_hash:
            here = "".join(cell.lines[anchor.line - 1 : anchor.line]).strip()
            # Blank lines above a source don't count in its hash.
            if here[:_LONGEST] == quote or not cell.is_whole:
                return anchor.line
        lines = [line.strip() for line in cell.lines[:_LINES]]
        same = [number for number, line in enumerate(lines, 1) if line == quote]
        if same:
            return min(same, key=lambda number: abs(number - anchor.line))
        near = range(max(1, anchor.line - _CANDIDATES), min(len(lines), anchor.line + _CANDIDATES) + 1)
        alike = {number: self._likeness(quote[:_LONGEST], [lines[number - 1]]) for number in near if quote}
        best = max(alike, key=lambda number: alike[number], default=None)
        if best is not None and alike[best] >= _LIKE_LINE:
            return best
        return None if cell.is_whole else 0


def find(anchor: Anchor, cells: Sequence[Cell]) -> Place | None:
    """For a single anchor: see Places."""
    return Places(cells).of(anchor)


def first_line(source: str) -> str:
    """What a cell is quoted by."""
    return next((line.strip() for line in source.splitlines() if line.strip()), "")[:_LONGEST]


def _compared(anchor: Anchor, cell: Cell) -> list[str]:
    """A line may have moved within its cell; a cell is known by how it begins."""
    if anchor.line:
        return [line.strip() for line in cell.lines[:_FIRST] if line.strip()]
    return [line.strip() for line in cell.lines[:20] if line.strip()][:1]
