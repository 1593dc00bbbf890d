"""Two texts line by line."""

from itertools import groupby

from knowledge.diffing import limits
from knowledge.diffing.difference import Line, Span, TextChange
from knowledge.diffing.pairing import paired
from knowledge.diffing.sequences import Effort
from knowledge.diffing.words import marked


def compared(old: str, new: str, effort: Effort, *, most: int = limits.SOURCE) -> TextChange:
    """Both texts, matched line by line, with long stretches that are the same folded.

    Beyond `most` characters, or too many lines, the beginnings of both without comparing them.
    """
    if len(old) > most or len(new) > most or max(old.count("\n"), new.count("\n")) > limits.LINES:
        return _both_sides(old[:most], new[:most])
    a, b = split(old), split(new)
    lines = [
        _line(i, j, a, b, is_same, effort) for i, j, is_same in paired(a, b, effort, old_words=a, new_words=b)
    ]
    return TextChange(tuple(_folded(lines)))


def split(text: str) -> list[str]:
    """Lines without their ends; none for an empty text."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _line(
    i: int | None, j: int | None, old: list[str], new: list[str], is_same: bool, effort: Effort
) -> Line:
    if i is None:
        assert j is not None  # noqa: S101
        return Line("added", 0, j + 1, (), _plain(new[j]))
    if j is None:
        return Line("removed", i + 1, 0, _plain(old[i]), ())
    if is_same:
        return Line("same", i + 1, j + 1, (), _plain(new[j]))
    return Line("changed", i + 1, j + 1, *marked(old[i], new[j], effort))


def _plain(line: str) -> tuple[Span, ...]:
    return (Span(line),) if line else ()


def _folded(lines: list[Line]) -> list[Line]:
    """Runs of lines that are the same, without their inner ones where these are many."""
    folded: list[Line] = []
    at = 0
    for is_same, group in groupby(lines, key=lambda line: line.op == "same"):
        run = list(group)
        before = limits.CONTEXT if at else 0
        after = limits.CONTEXT if at + len(run) < len(lines) else 0
        at += len(run)
        hidden = run[before : len(run) - after]
        if not is_same or len(hidden) <= limits.FOLDED:
            folded += run
            continue
        first = hidden[0]
        fold = Line("fold", first.old_number, first.new_number, hidden=len(hidden))
        folded += [*run[:before], fold, *run[len(run) - after :]]
    return folded


def _both_sides(old: str, new: str) -> TextChange:
    a, b = old.split("\n", limits.LINES_SHOWN), new.split("\n", limits.LINES_SHOWN)
    lines = [
        Line("removed", number, 0, _plain(line[: limits.LINE]), ())
        for number, line in enumerate(a[: limits.LINES_SHOWN], 1)
    ]
    lines += [
        Line("added", 0, number, (), _plain(line[: limits.LINE]))
        for number, line in enumerate(b[: limits.LINES_SHOWN], 1)
    ]
    return TextChange(tuple(lines), is_too_large=True)
