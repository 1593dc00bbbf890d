"""Marks within a line, and prose word by word."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from knowledge.diffing import limits
from knowledge.diffing.difference import Span, Word
from knowledge.diffing.sequences import Effort, common

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*%?|\w+|\s+|[^\w\s]")
_KIN = 0.3  # of its words that a line shares with what it became


def tokens(text: str) -> list[str]:
    """Words, numbers with their decimals, runs of white space, and single signs."""
    return _TOKEN.findall(text)


def bag(text: str) -> Counter[str]:
    """The words of a text for `likeness`; of a long one its beginning."""
    return Counter(token for token in tokens(text[: limits.LINE]) if not token.isspace())


def likeness(old: Counter[str], new: Counter[str]) -> float:
    """The share of words that two texts have in common, from 0 to 1."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def marked(old: str, new: str, effort: Effort) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both lines with marks on what they don't share; without marks where that would be nearly all."""
    if not _is_worth_it(old, new, limits.LINE, effort):
        return (Span(old, True),) if old else (), (Span(new, True),) if new else ()
    words = _compared(old, new, effort)
    return (
        _spans((text, op == "removed") for text, op in words if op != "added"),
        _spans((text, op == "added") for text, op in words if op != "removed"),
    )


def _is_worth_it(old: str, new: str, most: int, effort: Effort) -> bool:
    """Whether two texts are short enough and have enough in common for marks to tell more than the whole."""
    if len(old) > most or len(new) > most or not effort.spend((len(old) + len(new)) // 2):
        return False
    return likeness(bag(old), bag(new)) >= _KIN


def _spans(pieces: Iterable[tuple[str, bool]]) -> tuple[Span, ...]:
    runs = groupby(pieces, key=lambda piece: piece[1])
    return tuple(Span("".join(text for text, _ in run), is_marked) for is_marked, run in runs)


def prose(old: str, new: str, effort: Effort) -> tuple[Word, ...]:
    """One text of both, with what was taken out and what was put in."""
    if old == new:
        return (Word(new),) if new else ()
    if not _is_worth_it(old, new, limits.PARAGRAPH, effort):
        whole = (("removed", old), ("added", new))
        return tuple(Word(text, op) for op, text in whole if text)  # type: ignore[arg-type]
    runs = groupby(_compared(old, new, effort), key=lambda word: word[1])
    return tuple(Word("".join(text for text, _ in run), op) for op, run in runs)


def _compared(old: str, new: str, effort: Effort) -> list[tuple[str, str]]:
    """Tokens of both with what became of each; a lone space between two changes is taken along with them."""
    a, b = tokens(old), tokens(new)
    kept = _without_islands(a, common(a, b, effort))
    words: list[tuple[str, str]] = []
    i = j = 0
    for next_i, next_j in [*kept, (len(a), len(b))]:
        words += [(token, "removed") for token in a[i:next_i]]
        words += [(token, "added") for token in b[j:next_j]]
        if next_i < len(a):
            words.append((a[next_i], "same"))
        i, j = next_i + 1, next_j + 1
    return words


def _without_islands(a: list[str], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """White space that is the same only by itself, with changes on both of its sides, joins them."""
    kept: list[tuple[int, int]] = []
    for place, (i, j) in enumerate(pairs):
        before = pairs[place - 1] if place else (-1, -1)
        after = pairs[place + 1] if place + 1 < len(pairs) else (-1, -1)
        alone = before != (i - 1, j - 1) and after != (i + 1, j + 1)
        if not (alone and a[i].isspace()):
            kept.append((i, j))
    return kept
