"""Of a text in which something changed, as much as one needs to understand it."""

import re
from collections.abc import Sequence

from knowledge.diffing.difference import Word

_AROUND = 140  # characters that stay beside a change, at the most
_CHANGED = 280  # of what changed
_PIECES = 24
_END = re.compile(r"(?<=[.!?…])[\"”’)»*]*\s+(?=[\"“‘(«]?[^\W\d_a-zà-ÿ])|(?<=[。！？])")


def text_of(words: Sequence[Word], *, without: str) -> str:
    """One side: that before the change without what was "added", that after it without what was "removed"."""
    return "".join(word.text for word in words if word.op != without)


def abridged(words: Sequence[Word]) -> tuple[Word, ...]:
    """The sentences that changed; long ones cut, with … where something is left out."""
    last = len(words) - 1
    kept: list[Word] = []
    for place, word in enumerate(words[:_PIECES]):
        if word.op != "same":
            text = _begin(word.text, _CHANGED)
        elif place == 0 and last:
            text = _end(_END.split(word.text)[-1], _AROUND)
        elif place == last and last:
            text = _begin(_first(word.text), _AROUND)
        else:
            text = _middle(word.text)
        kept.append(Word(text, word.op))
    if len(words) > _PIECES:
        kept.append(Word(" …"))
    return tuple(word for word in kept if word.text)


def _first(text: str) -> str:
    """Up to where a sentence ends."""
    found = _END.search(text)
    return text[: found.start()] if found else text


def _middle(text: str) -> str:
    """Between two changes: whole sentences are left out."""
    ends = list(_END.finditer(text))
    if len(ends) > 1:
        return f"{_begin(text[: ends[0].start()], _AROUND)} … {_end(text[ends[-1].end() :], _AROUND)}"
    if len(text) > 2 * _AROUND:
        return f"{_begin(text, _AROUND)} {_end(text, _AROUND).removeprefix('… ')}"
    return text


def _begin(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]} …"


def _end(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"… {text[-most:].partition(' ')[2] or text[-most:]}"
