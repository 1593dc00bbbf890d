"""What an import did, or would do: for the terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from knowledge.pipeline.importing.findings import Note

Outcome = Literal["new", "changed", "moved", "unchanged", "removed", "conflict", "refused", "unpublished"]

NOT_IN_FILES = (
    "Comments, likes, page views, subscriptions and the members of groups are in the old portal's database, "
    "not in its repository: they stay there."
)


@dataclass(slots=True)
class Line:
    """One post. `path` is its address in the source, `place` where it lies here ("" where it doesn't)."""

    path: str
    outcome: Outcome
    place: str = ""
    title: str = ""
    url: str = ""
    reason: str = ""
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """`commits` counts what was (or would be) written; `people` and `groups` those that were made."""

    source: str
    space: str
    dry_run: bool
    lines: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    commits: int = 0
    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    @property
    def totals(self) -> Counter[str]:
        return Counter(line.outcome for line in self.lines)

    @property
    def refused(self) -> int:
        return self.totals["refused"]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "totals": dict(self.totals)}

    def table(self) -> Iterator[str]:
        """Lines of text: a row for each post, what is to be known of it below, the sums at the end."""
        width = min(max((len(line.path) for line in self.lines), default=0), 60)
        for line in self.lines:
            yield f"{line.outcome:<11}  {_plain(line.path):<{width}}  {_plain(line.title)}".rstrip()
            yield from (f"{'':13}{_plain(words)}" for words in _remarks(line))
        if self.lines:
            yield ""
        yield from (f"- {_plain(note.message)}" for note in self.notes)
        would = "would be " if self.dry_run else ""
        yield f"{self._sums()}. {self.commits} commits {would}written to {self.space}."
        if self.people:
            yield f"People {would}made, to be claimed at their first sign-in: {', '.join(self.people)}."
        if self.groups:
            yield f"Groups {would}made, still empty: {', '.join(self.groups)}."

    def _sums(self) -> str:
        return ", ".join(f"{number} {outcome}" for outcome, number in self.totals.most_common()) or "No posts"


def _remarks(line: Line) -> Iterator[str]:
    if line.reason:
        yield line.reason
    if line.place and line.place != line.path:
        yield f"Here it is {line.place}."
    yield from (note.message for note in line.notes)


def _plain(text: str) -> str:
    """Fit for a terminal: names come from strangers."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
