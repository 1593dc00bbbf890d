"""Markdown as its readers see it, block by block and word by word."""

from itertools import groupby
from typing import cast

from knowledge.diffing import limits, markup
from knowledge.diffing.cells import Cell
from knowledge.diffing.difference import Block, Word
from knowledge.diffing.pairing import Match, paired
from knowledge.diffing.sequences import Effort
from knowledge.diffing.words import prose
from knowledge.rendering.aside import Aside
from knowledge.rendering.growth import repeats_beyond
from knowledge.rendering.markdown import cell_markup, file_markup
from knowledge.rendering.patience import TooSlow

_FOLDED = 6
_CONTEXT = 1


def compared(old: Cell | None, new: Cell | None, effort: Effort) -> tuple[Block, ...]:
    """The text of both, rendered unless it is long; nothing where it is too long, or reads the same."""
    longest = max(len(one.source) for one in (old, new) if one)
    if longest > limits.SOURCE:
        return ()
    a, b = (_read(one, effort, is_long=longest > limits.PROSE) if one else [] for one in (old, new))
    if a == b:
        return ()
    matches = paired(a, b, effort, old_words=[one.text for one in a], new_words=[one.text for one in b])
    return tuple(_folded([_block(match, a, b, effort) for match in matches]))


def _read(cell: Cell, effort: Effort, *, is_long: bool) -> list[markup.Text]:
    if is_long:
        return _as_written(cell)
    aside = Aside()
    convert = file_markup if cell.dialect == "files" else cell_markup
    try:
        if repeats_beyond(cell.source, limits.HTML):
            return _as_written(cell)
        with effort.patience.piece():
            html = convert(cell.source, aside)
        return markup.blocks(aside.restored(html)[: limits.HTML])
    except (RecursionError, TooSlow):
        return _as_written(cell)


def _as_written(cell: Cell) -> list[markup.Text]:
    return [markup.Text("p", line) for line in cell.source.splitlines() if line.strip()]


def _block(match: Match, old: list[markup.Text], new: list[markup.Text], effort: Effort) -> Block:
    i, j, is_same = match
    if i is not None and j is not None:
        if is_same:
            return Block("same", new[j].tag, (Word(new[j].text),))
        return Block("changed", new[j].tag, prose(old[i].text, new[j].text, effort))
    if i is not None:
        return Block("removed", old[i].tag, (Word(old[i].text, "removed"),))
    there = new[cast("int", j)]  # a match has one side at least
    return Block("added", there.tag, (Word(there.text, "added"),))


def _folded(blocks: list[Block]) -> list[Block]:
    folded: list[Block] = []
    at = 0
    for is_same, group in groupby(blocks, key=lambda block: block.op == "same"):
        run = list(group)
        before = _CONTEXT if at else 0
        after = _CONTEXT if at + len(run) < len(blocks) else 0
        at += len(run)
        hidden = len(run) - before - after
        if is_same and hidden > _FOLDED:
            folded += [*run[:before], Block("fold", hidden=hidden), *run[len(run) - after :]]
        else:
            folded += run
    return folded
