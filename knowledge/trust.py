"""PURE: whether a post, or a number in one, can be relied on: one word, why, and what to do next.

The same on pages, cards, embeds and in the API; `portal` and `api` only gather the facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# word: (what people read, tone of its badge, what to do next), the one that weighs most first
WORDS = {
    "withdrawn": ("Withdrawn", "bad", "Don't use it any more. Ask its authors what holds today."),
    "archived": ("Archived", "warn", "Look for what holds today, or ask its space to take it up again."),
    "superseded": ("Superseded", "warn", "Use what took its place."),
    "suspect": ("Suspect", "bad", "Wait for the investigation of its data to be closed."),
    "unusual": ("Unusual", "warn", "Ask its owner whether the move is real before you act on it."),
    "stale": ("Stale", "warn", "Ask its owner whether it still holds."),
    "unproven": ("Unproven", "warn", "Ask its authors to run it again from the top."),
    "unreviewed": ("Unreviewed", "plain", "Ask a colleague to review it before much depends on it."),
    "sound": ("Sound", "good", ""),
}
_CODES = {
    "ends-in-error": "Its code ends in an error.",
    "out-of-order": "Its cells were run in another order than they stand in, or not all of them.",
}
RUN_CODES = frozenset(_CODES)  # findings that tell how it was run


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one thing.

    `suspect` are datasets that fail, `late` those not checked in time; `outside` sentences that say which
    limits were broken; `due` the day by which it was to be looked at again, if that has passed; `run` codes
    of findings; `approvers` the names of who approved what is read.
    """

    is_withdrawn: bool = False
    is_archived: bool = False
    is_superseded: bool = False
    suspect: Sequence[str] = ()
    late: Sequence[str] = ()
    outside: Sequence[str] = ()
    due: date | None = None
    run: Sequence[str] = ()
    approvers: Sequence[str] = ()


def facts_of_post(
    status: str,
    *,
    due: date | None,
    run: Sequence[str],
    data_notes: Sequence[Mapping[str, Any]],
    approvers: Sequence[str],
    outside: Sequence[str] = (),
) -> Facts:
    """By what Post says of itself: `data_notes` are its own; `due` is None until that day has passed."""
    return Facts(
        is_withdrawn=status == "deleted",
        is_archived=status == "archived",
        is_superseded=status == "superseded",
        suspect=[note["name"] for note in data_notes if note["kind"] == "suspect"],
        late=[note["name"] for note in data_notes if note["kind"] == "late"],
        outside=outside,
        due=due,
        run=run,
        approvers=approvers,
    )


@dataclass(frozen=True, slots=True)
class Trust:
    """`reasons` are sentences, what weighs most first; `next` is "" where nothing is to be done."""

    word: str
    reasons: tuple[str, ...]

    @property
    def label(self) -> str:
        return WORDS[self.word][0]

    @property
    def tone(self) -> str:
        return WORDS[self.word][1]

    @property
    def next(self) -> str:
        return WORDS[self.word][2]


def trust_of(facts: Facts) -> Trust:
    """The word that weighs most, and everything that speaks for or against."""
    found = list(_found(facts))
    return Trust(found[0][0], tuple(why for _, why in found))


def _found(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.is_withdrawn:
        yield "withdrawn", "Its author took it back, or it is gone."
    if facts.is_archived:
        yield "archived", "It was put away."
    if facts.is_superseded:
        yield "superseded", "Something newer took its place."
    for name in facts.suspect:
        yield "suspect", f"The data {name} failed a check, and nobody has cleared it yet."
    for why in facts.outside:
        yield "unusual", why
    if facts.due:
        yield "stale", f"It was to be looked at again by {_day(facts.due)}."
    for name in facts.late:
        yield "stale", f"The data {name} wasn't checked for longer than expected."
    for code, why in _CODES.items():
        if code in facts.run:
            yield "unproven", why
    if facts.approvers:
        yield "sound", f"Approved by {_listed(facts.approvers)}."
    else:
        yield "unreviewed", "Nobody has reviewed it."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
