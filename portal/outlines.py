"""The contents of a document: its headings, each with those below it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 3  # levels that are listed, counted from the document's own highest
ALL_AT_ONCE = 24  # a longer list unfolds only where it is being read


@dataclass(slots=True)
class Entry:
    """A heading; `part` is the number of the document's part that it stands in."""

    text: str
    anchor: str
    part: int
    level: int
    entries: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """`is_long` where only the branch that is being read should be unfolded."""

    entries: list[Entry]
    is_long: bool


def outline(headings: list[dict[str, Any]]) -> Outline | None:
    """None where there is nothing to choose from. A lone heading above all others stands beside them."""
    entries = nested(
        Entry(each["text"], each["anchor"], each.get("part", 0), each["level"]) for each in headings
    )
    if len(entries) == 1:
        top = entries[0]
        entries, top.entries = [top, *top.entries], []
    listed = [*flat(entries)]
    return Outline(entries, len(listed) > ALL_AT_ONCE) if len(listed) > 1 else None


def nested(headings: Iterable[Entry]) -> list[Entry]:
    """Each heading below the nearest higher one before it; what would lie deeper than DEEPEST is left out."""
    top = Entry("", "", 0, level=0)
    branch = [top]
    for heading in headings:
        while branch[-1].level >= heading.level:
            branch.pop()
        if len(branch) <= DEEPEST:
            branch[-1].entries.append(heading)
        branch.append(heading)
    return top.entries


def flat(entries: list[Entry]) -> Iterable[Entry]:
    for entry in entries:
        yield entry
        yield from flat(entry.entries)
