"""Two documents to what differs between them."""

from dataclasses import dataclass, replace
from typing import Any

from knowledge.diffing import facts, limits, lines, outputs, prose
from knowledge.diffing.aligning import Aligned
from knowledge.diffing.cells import Cell, cells_of, widgets_of
from knowledge.diffing.difference import Block, Difference, Row, RowOp, TextChange
from knowledge.diffing.sequences import Effort
from knowledge.documents import Document, Header, Notebook, Paper, read_document


def compare(old_path: str, old: bytes, new_path: str, new: bytes) -> Difference:
    """What a reader of `new` finds changed since `old`, or since nothing was there where `old_path` is "".

    Only the paths' suffixes matter. Says nothing about what differs from run to run by itself
    (docs/comparing.md). Raises DocumentError for a document that can't be read.
    """
    after = read_document(new_path, new)
    before = read_document(old_path, old) if old_path else _nothing(after)
    effort = Effort()
    if old == new:
        effort.left = 0
    return _Comparing(before, after, effort).difference(is_same=old == new)


def _nothing(after: Document) -> Document:
    """To be compared with what is all new: what it says of itself stands out too, but not what it is."""
    content = Notebook({}, [])
    return replace(after, header=Header(), title="", faults=(), content=content)


@dataclass(slots=True)
class _Comparing:
    before: Document
    after: Document
    effort: Effort

    def difference(self, *, is_same: bool) -> Difference:
        old, new = cells_of(self.before), cells_of(self.after)
        rows = self._rows(old, new)
        header = facts.header_facts(self.before, self.after, self.effort)
        return Difference(tuple(_bounded(rows)), header, tuple(self._notices(is_same=is_same)))

    def _rows(self, old: list[Cell], new: list[Cell]) -> list[Row]:
        """In the order of the new document; what was taken out stands where it was, before what came."""
        aligned = Aligned(old, new, self.effort)
        became = dict(aligned.pairs)
        came_from = {j: i for i, j in aligned.pairs}
        moved_from = {j: i for i, j in aligned.moves.items()}
        widgets = widgets_of(self.before), widgets_of(self.after)
        rows: list[Row] = []
        i = 0
        next_pair = _next_pairs(came_from, len(old), len(new))
        for j, cell in enumerate(new):
            rows += self._gone(old, range(i, next_pair[j]), became, aligned.moves, widgets[0])
            i = max(i, next_pair[j])
            if j in came_from:
                i = came_from[j] + 1
                rows.append(self._pair(old[came_from[j]], cell, widgets, is_moved=False))
            elif j in moved_from:
                rows.append(self._pair(old[moved_from[j]], cell, widgets, is_moved=True))
            else:
                rows.append(self._alone(cell, "added", widgets[1]))
        return rows + self._gone(old, range(i, len(old)), became, aligned.moves, widgets[0])

    def _gone(
        self,
        old: list[Cell],
        places: range,
        became: dict[int, int],
        moves: dict[int, int],
        widgets: dict[str, Any],
    ) -> list[Row]:
        left = (place for place in places if place not in became and place not in moves)
        return [self._alone(old[place], "removed", widgets) for place in left]

    def _pair(
        self, old: Cell, new: Cell, widgets: tuple[dict[str, Any], dict[str, Any]], *, is_moved: bool
    ) -> Row:
        is_same_text = old.hash == new.hash
        source = None if is_same_text else lines.compared(old.source, new.source, self.effort)
        blocks: tuple[Block, ...] = ()
        if not is_same_text and "markdown" in {old.kind, new.kind}:
            blocks = prose.compared(old, new, self.effort)
        changes = outputs.compared(old.outputs, new.outputs, *widgets, self.effort)
        settings = facts.cell_facts(old, new, self.effort)
        op: RowOp = "moved" if is_moved else "changed" if source or changes or settings else "same"
        excerpt, hidden = ((), 0) if source else _excerpt(new.source)
        return Row(
            op=op,
            old=old.place,
            new=new.place,
            kind=new.kind,
            cell_id=new.id,
            cell_hash=new.hash,
            source=source,
            prose=blocks,
            outputs=changes,
            facts=settings,
            excerpt=excerpt,
            hidden_lines=hidden,
        )

    def _alone(self, cell: Cell, op: RowOp, widgets: dict[str, Any]) -> Row:
        is_new = op == "added"
        sides: tuple[Cell | None, Cell | None] = (None, cell) if is_new else (cell, None)
        old, new = ("", cell.source) if is_new else (cell.source, "")
        return Row(
            op=op,
            old=-1 if is_new else cell.place,
            new=cell.place if is_new else -1,
            kind=cell.kind,
            cell_id=cell.id,
            cell_hash=cell.hash,
            source=lines.compared(old, new, self.effort),
            prose=prose.compared(*sides, self.effort) if cell.kind == "markdown" else (),
            outputs=outputs.alone(cell.outputs, widgets, op, self.effort),
        )

    def _notices(self, *, is_same: bool) -> list[str]:
        notices = []
        contents = self.before.content, self.after.content
        if any(isinstance(content, Paper) for content in contents) and not is_same:
            notices.append("A PDF is not compared word by word: open both revisions to see what changed.")
        counts = [len(content.cells) for content in contents if isinstance(content, Notebook)]
        if max(counts, default=0) > limits.CELLS:
            notices.append(f"Only the first {limits.CELLS:,} cells are compared.")
        if self.before.format != self.after.format:
            notices.append(f"The document was {self.before.format}, and is {self.after.format} now.")
        return notices


def _next_pairs(came_from: dict[int, int], old: int, new: int) -> list[int]:
    """For each new cell the place of the old one in the next pair from there on; `old` without any."""
    places = [old] * new
    for j in range(new - 1, -1, -1):
        places[j] = came_from.get(j, places[j + 1] if j + 1 < new else old)
    return places


def _excerpt(source: str) -> tuple[tuple[str, ...], int]:
    """The first lines of a source that is the same on both sides, and how many follow."""
    text = lines.split(source[: limits.EXCERPT_CHARACTERS])[: limits.EXCERPT]
    return tuple(text), max(0, source.count("\n") + 1 - len(text)) if text else 0


def _bounded(rows: list[Row]) -> list[Row]:
    """Beyond what is kept of a comparison, rows say only what became of them."""
    left = limits.RESULT
    kept: list[Row] = []
    for row in rows:
        size = _size(row)
        left -= size
        if left < 0 and size > limits.LINE:
            source = row.source and TextChange((), is_too_large=True)
            row = replace(row, source=source, prose=(), outputs=(), excerpt=())
        kept.append(row)
    return kept


def _size(row: Row) -> int:
    """Characters, about."""
    texts = [row.source, *(change.text for change in row.outputs)]
    size = sum(
        sum(len(span.text) for span in (*line.old, *line.new)) + 40
        for text in texts
        if text
        for line in text.lines
    )
    size += sum(len(word.text) + 20 for block in row.prose for word in block.words)
    size += sum(
        len(cell.old) + len(cell.new) + 20
        for change in row.outputs
        if change.table
        for line in change.table.rows
        for cell in line.cells
    )
    return size + sum(map(len, row.excerpt))
