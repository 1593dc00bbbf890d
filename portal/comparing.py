"""A difference ready for its page: rows with the addresses of what they show, unchanged ones in groups."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from knowledge.diffing import Difference, Row
from knowledge.diffing.difference import OutputChange, Picture, RowOp
from knowledge.models import Revision
from portal.content_links import output_url
from portal.fragments import place_of
from portal.review_talk import Hung, Margin
from portal.templatetags.almanac import asset_address

COUNTED: tuple[RowOp, ...] = ("changed", "added", "removed", "moved")


@dataclass(frozen=True, slots=True)
class Frame:
    """An output document of a revision."""

    address: str
    label: str
    height: int


@dataclass(frozen=True, slots=True)
class ShownOutput:
    """Addresses are "" and frames None where that side has none, or its rendering doesn't."""

    change: OutputChange
    old_image: str
    new_image: str
    old_frame: Frame | None
    new_frame: Frame | None


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: Row
    outputs: list[ShownOutput]
    hung: Sequence[Hung] = ()

    @property
    def number(self) -> int:
        """What people call the cell: the new document's count from 1, or the old one's where it is gone."""
        return (self.row.new if self.row.new >= 0 else self.row.old) + 1

    @property
    def old_number(self) -> int:
        return self.row.old + 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that follow each other and are all the same, or all changed."""

    is_same: bool
    rows: list[ShownRow]


@dataclass(frozen=True, slots=True)
class Shown:
    """What templates/compare/_rows.html shows."""

    difference: Difference
    groups: list[Group]
    counts: list[tuple[int, RowOp]]
    total: int


def shown(difference: Difference, old: Revision | None, new: Revision, margin: Margin | None = None) -> Shown:
    """`old` and `new` with their renderings' assets and outputs; `margin` is what hangs on the rows."""
    sides = _Side(old), _Side(new)
    rows = [_row(row, *sides, margin.of(row.old, row.new) if margin else ()) for row in difference.rows]
    groups = [
        Group(is_same, list(run))
        for is_same, run in groupby(rows, key=lambda each: not each.row.is_changed and not each.hung)
    ]
    ops = [row.op for row in difference.rows]
    counts = [(ops.count(op), op) for op in COUNTED]
    return Shown(difference, groups, [each for each in counts if each[0]], len(ops))


class _Side:
    """The addresses of one revision."""

    def __init__(self, revision: Revision | None) -> None:
        self.revision = revision
        self.frames: dict[str, list[int]] = defaultdict(list)
        for number, output in enumerate(revision.rendering.outputs if revision else ()):
            self.frames[output["label"].rpartition(", cell ")[2]].append(number)

    def image(self, picture: Picture | None) -> str:
        if not picture or not self.revision:
            return ""
        return asset_address(self.revision.pk, self.revision.rendering, picture.digest)

    def frame(self, cell: int, drawn: int) -> Frame | None:
        """What is drawn in a cell as the rendering numbers it."""
        numbers = self.frames.get(str(cell + 1), [])
        if not self.revision or not 0 <= drawn < len(numbers):
            return None
        number = numbers[drawn]
        output = self.revision.rendering.outputs[number]
        address = output_url(place_of(self.revision), str(number)) or ""
        return Frame(address, output["label"], output["height"])


def _row(row: Row, old: _Side, new: _Side, hung: Sequence[Hung]) -> ShownRow:
    outputs = [
        ShownOutput(
            change,
            old.image(change.old_picture),
            new.image(change.new_picture),
            old.frame(row.old, change.old_drawn),
            new.frame(row.new, change.new_drawn),
        )
        for change in row.outputs
    ]
    return ShownRow(row, outputs, hung)
