"""PURE: what a visit means for somebody who may have read the post before.

The revision that they read before stays the one that they are told the changes since, so that these don't
vanish with the first reload: until they put them away, have had them for a day, or come to a newer revision.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

AGAIN = timedelta(hours=1)  # so long one visit lasts
TOLD = timedelta(days=1)


class Step(Enum):
    """What is to be noted of a visit."""

    NOTHING = "nothing"
    AGAIN = "when"
    FORGET = "when, and that they know what changed"
    NEWER = "a newer revision, to be compared with the one before"
    ANEW = "the revision, to be compared with none"


@dataclass(frozen=True, slots=True)
class Noted:
    """`number` is of the revision read last, come to at `came_at` and read last at `seen_at`."""

    number: int
    came_at: datetime
    seen_at: datetime
    is_told: bool


def step(noted: Noted, number: int, now: datetime, *, is_theirs: bool) -> Step:
    """For a visit to the revision `number`; `is_theirs` where the reader wrote it, and knows what changed."""
    if number < noted.number:
        return Step.ANEW
    if number > noted.number:
        return Step.ANEW if is_theirs else Step.NEWER
    if noted.is_told and now - noted.came_at >= TOLD:
        return Step.FORGET
    return Step.AGAIN if now - noted.seen_at >= AGAIN else Step.NOTHING
