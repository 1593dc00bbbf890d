"""What differs between two versions of a document: values only, fit to be stored and shown."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

RowOp: TypeAlias = Literal["same", "changed", "added", "removed", "moved"]
LineOp: TypeAlias = Literal["same", "changed", "added", "removed", "fold"]
OutputKind: TypeAlias = Literal["text", "error", "table", "image", "drawn", "html"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line; `is_marked` where it is what changed."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line on each side, numbered from 1 (0 where that side has none).

    One that is the same has its text in `new` alone. A `fold` stands for `hidden` lines that are the same;
    its numbers are those of the first of them.
    """

    op: LineOp
    old_number: int = 0
    new_number: int = 0
    old: tuple[Span, ...] = ()
    new: tuple[Span, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class TextChange:
    """Two texts line by line. With `is_too_large` they were not compared: the beginnings of both follow."""

    lines: tuple[Line, ...]
    is_too_large: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of prose: the same, taken out or put in."""

    text: str
    op: Literal["same", "removed", "added"] = "same"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item or row of rendered text; `tag` is the HTML element that it was.

    A `fold` stands for `hidden` blocks that are the same.
    """

    op: LineOp
    tag: str = "p"
    words: tuple[Word, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A setting that changed: of the header, or of a cell (its tags, its type)."""

    name: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    """`old` and `new` are equal where nothing changed; "" on the side where the cell is missing."""

    old: str
    new: str
    op: Literal["same", "changed", "added", "removed"] = "same"
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A `fold` stands for `hidden` rows that are the same."""

    op: LineOp
    cells: tuple[TableCell, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class TableChange:
    """Two tables cell by cell. `changed_cells` counts what is marked, whole rows and columns included."""

    rows: tuple[TableRow, ...]
    changed_cells: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster image, by the SHA-256 of its bytes, as renderings name their assets."""

    digest: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OutputChange:
    """An output that changed, came or went; `old` and `new` count a cell's outputs from 0 (-1 for none).

    Which fields are filled follows from `kind`: `text` for text and errors, `table` for tables, the pictures
    for images. What is drawn by scripts is only known to differ: `old_drawn` and `new_drawn` count what is
    drawn in its cell from 0, and `new_figure` images as well.
    """

    kind: OutputKind
    op: Literal["changed", "added", "removed"]
    old: int
    new: int
    label: str = ""
    text: TextChange | None = None
    table: TableChange | None = None
    old_picture: Picture | None = None
    new_picture: Picture | None = None
    old_drawn: int = -1
    new_drawn: int = -1
    new_figure: int = -1


@dataclass(frozen=True, slots=True)
class Row:
    """A cell of either document. `old` and `new` are its places in them, from 0, -1 for none.

    Places count the header's cell too, so the number that people know it by is one more. `source` is None
    where it is the same, and then `excerpt` has its first lines. `cell_hash` is that of the source (the new
    one's, unless the cell was removed), `cell_id` the file's name of the cell or "".
    """

    op: RowOp
    old: int
    new: int
    kind: str
    cell_id: str = ""
    cell_hash: str = ""
    source: TextChange | None = None
    prose: tuple[Block, ...] = ()
    outputs: tuple[OutputChange, ...] = ()
    facts: tuple[Fact, ...] = ()
    excerpt: tuple[str, ...] = ()
    hidden_lines: int = 0

    @property
    def is_changed(self) -> bool:
        return self.op != "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """`rows` are in the order of the new document, those removed where they were."""

    rows: tuple[Row, ...]
    header: tuple[Fact, ...] = ()
    notices: tuple[str, ...] = field(default=())

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_changed)

    @property
    def unchanged_count(self) -> int:
        return sum(not row.is_changed for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Nothing differs that a reader could see."""
        return not self.header and not self.changed
