"""The shelves of open questions: which lie on each, and in which order. For pages and API."""

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.models import User
from knowledge.models.open_question import OpenQuestionQuerySet

Q = OpenQuestionQuerySet


@dataclass(frozen=True, slots=True)
class Shelf:
    """`ordered` goes on after one where it is given one."""

    words: str
    of: Callable[[Q, User], Q]
    ordered: Callable[..., Q]


SHELVES = {
    "wanted": Shelf("Most wanted", lambda found, user: found.wanted(), Q.by_votes),
    "new": Shelf("Newest", lambda found, user: found.wanted(), Q.newest_first),
    "soon": Shelf("Needed soonest", lambda found, user: found.wanted(), Q.by_need),
    "answered": Shelf("Answered", lambda found, user: found.found_out(), Q.by_movement),
    "mine": Shelf("Yours", lambda found, user: found.asked_by(user), Q.newest_first),
    "taken": Shelf("Taken by you", lambda found, user: found.taken_by(user), Q.newest_first),
}
