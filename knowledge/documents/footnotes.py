"""Footnotes of a text that stands in several cells: each note goes to the cells that call it.

R Markdown and Quarto authors, and many in notebooks, keep all notes at the end; a cell is rendered without a
look at the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FENCE = r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)"
_NOTE = (
    r"^\[\^(?P<note>[^\]\[\s]{1,100})\]:[^\n]*"
    r"(?:\n+(?:[ ]{4}|\t)[^\n]*|\n(?=\S)(?!\[\^|#|```)[^\n]+)*"
)
_TICKS = r"(?<!`)(?P<ticks>`+)(?!`)[^`]{1,500}(?P=ticks)(?!`)"
_NOTES = re.compile(f"{_FENCE}|{_NOTE}", re.MULTILINE | re.DOTALL)
_CALLS = re.compile(rf"{_FENCE}|{_TICKS}|\[\^(?P<call>[^\]\[\s]{{1,100}})\](?!:)", re.MULTILINE | re.DOTALL)
_MOST_LENT = 500_000  # characters of notes that cells get from others
_MOST_FOLLOWED = 200_000  # calls


@dataclass(frozen=True, slots=True)
class _Text:
    """`calls` are the names of notes that the text calls, outside the notes that it defines itself."""

    notes: dict[str, str]
    calls: list[str]


def share_footnotes(cells: list[dict[str, Any]]) -> None:
    """Notes of narrative go to the cells that call them."""
    texts = [cell for cell in cells if cell["cell_type"] == "markdown"]
    for cell, source in zip(texts, beside_their_calls([cell["source"] for cell in texts]), strict=True):
        cell["source"] = source


def beside_their_calls(texts: list[str]) -> list[str]:
    """The texts, with notes that another of them calls moved there, and copied if several do."""
    if not any("]:" in text and "[^" in text for text in texts):
        return texts
    read = [_read(text) for text in texts]
    calls = _Calls()
    offered = _offered(read, calls)
    lent = list(_lent(read, offered, calls))
    moved = {name for names in lent for name in names}
    return [
        _with(
            _without(text, (moved & own.notes.keys()) - set(calls.of(own, {}))),
            (offered[name] for name in names),
        )
        for text, own, names in zip(texts, read, lent, strict=True)
    ]


def _read(text: str) -> _Text:
    if "[^" not in text:
        return _Text({}, [])
    notes = {found["note"]: found[0] for found in _NOTES.finditer(text) if found["note"]}
    return _Text(notes, _calls_in(_without(text, notes.keys())))


def _calls_in(text: str) -> list[str]:
    return [found["call"] for found in _CALLS.finditer(text) if found["call"]]


def _without(text: str, names: Iterable[str]) -> str:
    """A text without its notes of those names."""
    gone = set(names)
    return _NOTES.sub(lambda found: "" if found["note"] in gone else found[0], text) if gone else text


def _offered(read: list[_Text], calls: "_Calls") -> dict[str, str]:
    """The note of each name: one that its own text does not call, if there is such a one."""
    offered: dict[str, str] = {}
    idle: dict[str, str] = {}
    for own in read:
        called = set(calls.of(own, {}))
        for name, note in own.notes.items():
            (offered if name in called else idle).setdefault(name, note)
    return offered | idle


class _Calls:
    """Follows calls from texts to notes, and from those on, as far as what people write needs."""

    def __init__(self) -> None:
        self._left = _MOST_FOLLOWED
        self._inner: dict[str, list[str]] = {}

    def of(self, own: _Text, offered: Mapping[str, str]) -> Iterator[str]:
        """The names that a text calls, and those that the notes call which it has or is to have."""
        waiting = list(dict.fromkeys(own.calls))[::-1]
        seen = set(waiting)
        while waiting and self._left > 0:
            self._left -= 1
            name = waiting.pop()
            yield name
            inner = [
                call
                for call in self._calls_of(own.notes.get(name) or offered.get(name, ""))
                if call not in seen
            ]
            waiting += inner
            seen.update(inner)

    def _calls_of(self, note: str) -> list[str]:
        if note not in self._inner:
            self._inner[note] = list(dict.fromkeys(_calls_in(note.partition(":")[2])))
            self._left -= len(self._inner[note])
        return self._inner[note]


def _lent(read: list[_Text], offered: Mapping[str, str], calls: _Calls) -> Iterator[list[str]]:
    """For each text the names of the notes that it gets from others."""
    room = _MOST_LENT
    for own in read:
        names: list[str] = []
        for name in calls.of(own, offered):
            if name in offered and name not in own.notes and len(offered[name]) <= room:
                names.append(name)
                room -= len(offered[name])
        yield names


def _with(text: str, notes: Iterable[str]) -> str:
    added = "\n\n".join(notes)
    return f"{text.rstrip()}\n\n{added}\n" if added else text
