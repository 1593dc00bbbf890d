"""Two tables cell by cell: rows matched by what they hold, columns by their headings."""

from itertools import groupby

from knowledge.diffing import limits
from knowledge.diffing.difference import TableCell, TableChange, TableRow
from knowledge.diffing.markup import Table
from knowledge.diffing.pairing import paired
from knowledge.diffing.sequences import Effort

Columns = list[tuple[int | None, int | None]]


def compared(old: Table, new: Table, effort: Effort) -> TableChange:
    """Rows of `new` with those taken out where they were; runs that are the same folded."""
    columns = _columns(old, new, effort)
    a = [_seen(row, [i for i, _ in columns]) for row in old.rows]
    b = [_seen(row, [j for _, j in columns]) for row in new.rows]
    # A row is found again by the cells that both tables have.
    both = [place for place, (i, j) in enumerate(columns) if i is not None and j is not None]
    matches = paired(
        [tuple(row[place] for place in both) for row in a],
        [tuple(row[place] for place in both) for row in b],
        effort,
        old_words=["\n".join(row) for row in a],
        new_words=["\n".join(row) for row in b],
    )
    rows = [
        _row(
            a[i] if i is not None else None,
            b[j] if j is not None else None,
            columns,
            is_heading=(j if j is not None else i or 0) < (new if j is not None else old).headings,
        )
        for i, j, _ in matches
    ]
    changed = sum(cell.op != "same" for row in rows for cell in row.cells)
    return TableChange(tuple(_folded(rows)), changed)


def _columns(old: Table, new: Table, effort: Effort) -> Columns:
    """Columns of both, matched by the first row where it heads them; by place where it does not."""
    heads_old = old.rows[0] if old.headings and old.rows else []
    heads_new = new.rows[0] if new.headings and new.rows else []
    if not heads_old or not heads_new or heads_old == heads_new:
        width = max((len(row) for row in [*old.rows, *new.rows]), default=0)
        return [(place, place) for place in range(min(width, limits.TABLE_COLUMNS))]
    matches = paired(heads_old, heads_new, effort, old_words=heads_old, new_words=heads_new)
    return [(i, j) for i, j, _ in matches][: limits.TABLE_COLUMNS]


def _seen(row: list[str], places: list[int | None]) -> list[str]:
    return [row[place] if place is not None and place < len(row) else "" for place in places]


def _row(old: list[str] | None, new: list[str] | None, columns: Columns, *, is_heading: bool) -> TableRow:
    if old is None or new is None:
        op, cells = ("added", new) if old is None else ("removed", old)
        marked = tuple(
            TableCell("" if op == "added" else cell, cell if op == "added" else "", op, is_heading)  # type: ignore[arg-type]
            for cell in cells or []
        )
        return TableRow(op, marked)  # type: ignore[arg-type]
    both = tuple(_cell(a, b, column, is_heading) for a, b, column in zip(old, new, columns, strict=True))
    return TableRow("same" if all(cell.op == "same" for cell in both) else "changed", both)


def _cell(old: str, new: str, column: tuple[int | None, int | None], is_heading: bool) -> TableCell:
    if column[0] is None:
        return TableCell("", new, "added", is_heading)
    if column[1] is None:
        return TableCell(old, "", "removed", is_heading)
    return TableCell(old, new, "same" if old == new else "changed", is_heading)


def _folded(rows: list[TableRow]) -> list[TableRow]:
    """Headings, changes and a row around them; beyond many rows the rest is only counted."""
    kept: list[TableRow] = []
    at = 0
    for is_same, group in groupby(rows, key=lambda row: row.op == "same" and not _heads(row)):
        run = list(group)
        before, after = (1 if at else 0), (1 if at + len(run) < len(rows) else 0)
        at += len(run)
        if is_same and len(run) > before + after + 2:
            fold = TableRow("fold", hidden=len(run) - before - after)
            kept += [*run[:before], fold, *run[len(run) - after :]]
        else:
            kept += run
    left = len(kept) - limits.TABLE_ROWS_SHOWN
    return [*kept[: limits.TABLE_ROWS_SHOWN], TableRow("fold", hidden=left)] if left > 0 else kept


def _heads(row: TableRow) -> bool:
    return bool(row.cells) and all(cell.is_heading for cell in row.cells)
