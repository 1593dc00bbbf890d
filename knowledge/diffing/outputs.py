"""What became of a cell's outputs."""

from typing import Any

from knowledge.diffing import limits, lines, tables
from knowledge.diffing.difference import OutputChange
from knowledge.diffing.markup import Table
from knowledge.diffing.sequences import Effort, common
from knowledge.diffing.shapes import Shape, shapes_of


def compared(
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
    old_widgets: dict[str, Any],
    new_widgets: dict[str, Any],
    effort: Effort,
) -> tuple[OutputChange, ...]:
    """Outputs that changed, came and went, in the order of the new ones."""
    if old == new and old_widgets == new_widgets:
        return ()
    a, b = shapes_of(old, old_widgets), shapes_of(new, new_widgets)
    same = common([(one.kind, one.key) for one in a], [(one.kind, one.key) for one in b], effort)
    changes: list[OutputChange] = []
    i = j = 0
    for next_i, next_j in [*same, (len(a), len(b))]:
        changes += _between(a[i:next_i], b[j:next_j], effort)
        i, j = next_i + 1, next_j + 1
    return tuple(changes)


def _between(old: list[Shape], new: list[Shape], effort: Effort) -> list[OutputChange]:
    """Outputs between two that are the same: matched by what they are, in order."""
    changes: list[OutputChange] = []
    kinds = common([one.kind for one in old], [one.kind for one in new], effort)
    i = j = 0
    for next_i, next_j in [*kinds, (len(old), len(new))]:
        changes += [_alone(one, "removed", effort) for one in old[i:next_i]]
        changes += [_alone(one, "added", effort) for one in new[j:next_j]]
        if next_i < len(old) and not old[next_i].is_as_good_as(new[next_j]):
            changes.append(_changed(old[next_i], new[next_j], effort))
        i, j = next_i + 1, next_j + 1
    return changes


def _changed(old: Shape, new: Shape, effort: Effort) -> OutputChange:
    table = None
    if old.tables and new.tables:
        table = tables.compared(_as_one(old.tables), _as_one(new.tables), effort)
    has_text = old.kind in {"text", "error", "html"} or old.text != new.text
    text = lines.compared(old.text, new.text, effort, most=limits.OUTPUT_TEXT) if has_text else None
    return OutputChange(
        kind=new.kind,
        op="changed",
        old=old.place,
        new=new.place,
        label=new.label,
        text=text,
        table=table,
        old_picture=old.picture,
        new_picture=new.picture,
        old_drawn=old.drawn,
        new_drawn=new.drawn,
        new_figure=new.figure,
    )


def alone(
    outputs: list[dict[str, Any]], widgets: dict[str, Any], op: str, effort: Effort
) -> tuple[OutputChange, ...]:
    """The outputs of a cell that came or went with it."""
    return tuple(_alone(shape, op, effort) for shape in shapes_of(outputs, widgets))


def _alone(shape: Shape, op: str, effort: Effort) -> OutputChange:
    is_new = op == "added"
    old_text, new_text = ("", shape.text) if is_new else (shape.text, "")
    nothing = Table([], 0)
    table = None
    if shape.tables:
        whole = _as_one(shape.tables)
        table = tables.compared(nothing if is_new else whole, whole if is_new else nothing, effort)
    return OutputChange(
        kind=shape.kind,
        op="added" if is_new else "removed",
        old=-1 if is_new else shape.place,
        new=shape.place if is_new else -1,
        label=shape.label,
        text=lines.compared(old_text, new_text, effort, most=limits.OUTPUT_TEXT) if shape.text else None,
        table=table,
        old_picture=None if is_new else shape.picture,
        new_picture=shape.picture if is_new else None,
        old_drawn=-1 if is_new else shape.drawn,
        new_drawn=shape.drawn if is_new else -1,
        new_figure=shape.figure if is_new else -1,
    )


def _as_one(found: tuple[Table, ...]) -> Table:
    """Several tables of one output below each other."""
    if len(found) == 1:
        return found[0]
    return Table([row for table in found for row in table.rows], found[0].headings)
