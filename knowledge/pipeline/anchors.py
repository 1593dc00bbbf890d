"""Places in documents: from what a page calls them to the columns of a thread, and where they are by now."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Protocol

from knowledge.anchoring import Anchor, Cell, Place, Places, first_line
from knowledge.errors import UserError
from knowledge.models import Revision, Thread
from knowledge.rendering import CellMark

Kind = Thread.Kind
_NAME = re.compile(r"(cell|fig|h)-(.{1,150})")
_FIGURE = re.compile(r"(.+)-(\d{1,5})")
_LIKE = 0.6
_MOST = 1_000_000  # lines of a cell, or outputs
QUOTED = 300  # characters of what stands at a place


@dataclass(frozen=True, slots=True)
class Spot:
    """The columns of a thread that say where it is."""

    kind: Kind = Kind.POST
    cell: int | None = None
    cell_id: str = ""
    cell_hash: str = ""
    line: int = 0
    side: Thread.Side = Thread.Side.NEW
    output: int | None = None
    quote: str = ""


WHOLE = Spot()


class Anchored(Protocol):
    """A thread, or the columns of one."""

    @property
    def kind(self) -> str: ...
    @property
    def cell(self) -> int | None: ...
    @property
    def cell_id(self) -> str: ...
    @property
    def cell_hash(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def output(self) -> int | None: ...
    @property
    def quote(self) -> str: ...
    @property
    def revision_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Where:
    """Where a thread is in the revision that is read: `name` is the id of an element of its page, "" if it is
    nowhere any more."""

    name: str
    label: str
    quote: str
    is_outdated: bool


class Ground:
    """The places of one revision, whose rendering must be loaded with its cells and headings."""

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.headings: list[dict[str, Any]] = revision.rendering.headings

    @cached_property
    def marks(self) -> list[CellMark]:
        return [CellMark(*mark) for mark in self.revision.rendering.cells]

    @cached_property
    def has_cells(self) -> bool:
        """Whether it is a notebook: a text is one cell, whose places are its headings and figures."""
        return [mark.name for mark in self.marks] != ["text"]

    def spot(self, name: str) -> Spot:
        """`cell-7` (by id, or number), `fig-7-1`, `h-results`; "" for the whole. Raises "no-such-place"."""
        if not name:
            return WHOLE
        found = _NAME.fullmatch(name)
        spot = None
        if found and found[1] == "h":
            spot = self._heading(name)
        elif found and found[1] == "cell":
            spot = self._cell(found[2])
        elif found and (figure := _FIGURE.fullmatch(found[2])):
            spot = self._cell(figure[1], output=int(figure[2]) - 1)
        if spot is None:
            raise UserError("no-such-place", place=name[:60], number=self.revision.number)
        return spot

    def at(
        self, cell: int, *, line: int = 0, output: int | None = None, side: Thread.Side = Thread.Side.NEW
    ) -> Spot:
        """A cell by its place, counted from 0; a line of it, from 1; an output, from 0.

        Raises UserError "no-such-place".
        """
        lines = self.lines(cell)
        is_beyond = max(line, output or 0) > _MOST
        is_beyond |= bool(lines and line > len(lines) and self.marks[cell].is_whole)
        if lines is None or is_beyond or (line and output is not None):
            named = f"cell {cell + 1}, line {line}" if line else f"cell {cell + 1}"
            raise UserError("no-such-place", place=named, number=self.revision.number)
        mark = self.marks[cell]
        kind = Kind.LINE if line else Kind.CELL if output is None else Kind.OUTPUT
        quote = "".join(lines[line - 1 : line]).strip()[:QUOTED] if line else _quote(mark)
        return Spot(kind, cell, _id_of(mark), mark.hash, line, side, output, quote)

    def lines(self, cell: int) -> list[str] | None:
        """Of the source of a cell, as far as they are kept; None where there is no such cell."""
        if not 0 <= cell < len(self.marks) or not self.marks[cell].name:
            return None
        return self.marks[cell].words.split("\n")

    def place(self, thread: Anchored) -> Place | None:
        """The cell, and the line in it, where a thread is; None where it is outdated, or on the whole."""
        if thread.cell is None or not self.marks:
            return None
        if thread.revision_id == self.revision.pk:
            return Place(thread.cell, thread.line) if thread.cell < len(self.marks) else None
        return self._places.of(
            Anchor(thread.cell, thread.cell_id, thread.cell_hash, thread.line, thread.quote)
        )

    def where(self, thread: Anchored) -> Where | None:
        """None for a thread on the whole."""
        if thread.kind == Kind.POST or thread.cell is None:
            return None
        if not thread.cell_hash and thread.cell_id.startswith("h-"):
            return self._heading_now(thread)
        place = self.place(thread)
        if place is None:
            return Where("", label_of(thread, thread.cell), thread.quote, is_outdated=True)
        name = self.marks[place.cell].name
        shown = f"fig-{name}-{thread.output + 1}" if thread.output is not None else f"cell-{name}"
        return Where(shown, self._label(thread, place.cell), thread.quote, is_outdated=False)

    @cached_property
    def _places(self) -> Places:
        return Places([
            Cell(_id_of(mark), mark.hash, mark.words.split("\n"), mark.is_whole) for mark in self.marks
        ])  # fmt: skip

    def _label(self, thread: Anchored, index: int) -> str:
        if self.has_cells:
            return label_of(thread, index)
        return f"Figure {thread.output + 1}" if thread.output is not None else "The text"

    def _cell(self, name: str, *, output: int | None = None) -> Spot | None:
        """By its name, else by its number as readers see it."""
        index = next((at for at, mark in enumerate(self.marks) if mark.name == name), None)
        if index is None and name.isascii() and name.isdigit():
            index = int(name) - 1
        if index is None or not 0 <= index < len(self.marks) or not self.marks[index].hash:
            return None
        mark = self.marks[index]
        kind = Kind.CELL if output is None else Kind.OUTPUT
        if output is not None and output < 0:
            return None
        return Spot(kind, index, _id_of(mark), mark.hash, output=output, quote=_quote(mark))

    def _heading(self, name: str) -> Spot | None:
        text = next((str(each["text"]) for each in self.headings if each["anchor"] == name), None)
        if text is None:
            return None
        index = 0
        if self.has_cells:
            holding = (at for at, mark in enumerate(self.marks) if text and text in mark.words)
            index = next(holding, -1)
        return Spot(Kind.CELL, index, name[:120], "", quote=text[:QUOTED]) if index >= 0 else None

    def _heading_now(self, thread: Anchored) -> Where:
        label = f"Section “{_shortened(thread.quote)}”"
        anchors = {str(each["anchor"]) for each in self.headings}
        if thread.cell_id in anchors:
            return Where(thread.cell_id, label, "", is_outdated=False)
        likeness = [(_ratio(thread.quote, str(each["text"])), each["anchor"]) for each in self.headings]
        ratio, anchor = max(likeness, default=(0.0, ""))
        if ratio < _LIKE:
            return Where("", label, "", is_outdated=True)
        return Where(str(anchor), label, "", is_outdated=False)


def label_of(thread: Anchored, index: int) -> str:
    """What people call the place, in the revision in which it is at `index`."""
    if thread.output is not None:
        return f"Figure in cell {index + 1}"
    return f"Cell {index + 1}, line {thread.line}" if thread.line else f"Cell {index + 1}"


def _id_of(mark: CellMark) -> str:
    return "" if mark.is_named_here else mark.name


def _quote(mark: CellMark) -> str:
    return first_line(mark.words)


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:200], other[:200], autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _LIKE:
        return 0.0
    return matcher.ratio()


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"
