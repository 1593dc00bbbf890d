"""The life of a post: its states, and what leads from one to another. docs/life.md is drawn from it.

A post's state follows from what is known of it (`state_of`); the table says which ways there are, and
`settle` holds every change against it. Readers keep the published revision in all of them but the last.
"""

from collections.abc import Mapping

from knowledge.models import Post, Review
from knowledge.models.post_states import Status

State = Review.State

_DRAFT, _REVIEW, _CHANGES = Status.DRAFT, Status.IN_REVIEW, Status.CHANGES_REQUESTED
_PUBLISHED, _STALE, _OLD, _ARCHIVED = (
    Status.PUBLISHED,
    Status.NEEDS_ATTENTION,
    Status.SUPERSEDED,
    Status.ARCHIVED,
)
# What a post is when nothing more is said of it, or taken back.
_AT_REST = (_PUBLISHED, _STALE, _DRAFT)
_ALIVE = (*_AT_REST, _REVIEW, _CHANGES)
# What may go on with a post that is superseded or archived, and changes nothing in that.
_BESIDE = (
    "publish",
    "propose",
    "request changes",
    "take back",
    "approve",
    "withdraw",
    "hold",
    "go stale",
    "confirm",
)

_AWAY: dict[str, tuple[Status, ...]] = {"archive": (_ARCHIVED,), "delete": (Status.DELETED,)}
_GIVING_WAY = {"supersede": (_OLD,), **_AWAY}


def _reviewed(state: Status) -> dict[str, tuple[Status, ...]]:
    """What leads on from a state of the review, and what happens beside it."""
    beside = dict.fromkeys(("publish", "hold", "go stale", "confirm"), (state,))
    asked = {"propose": (_REVIEW,), "request changes": (_CHANGES,)}
    return {**beside, **asked, "approve": _AT_REST, "withdraw": _AT_REST, **_GIVING_WAY}


def _readable() -> dict[str, tuple[Status, ...]]:
    """What leads on from a published post that nobody reviews, which looking at it makes good."""
    looks = dict.fromkeys(("publish", "confirm"), (_PUBLISHED,))
    return {**looks, "propose": (_REVIEW,), "hold": (_DRAFT,), "go stale": (_STALE,), **_GIVING_WAY}


# From each state: what happens, and what the post may be after it.
TRANSITIONS: Mapping[Status, Mapping[str, tuple[Status, ...]]] = {
    _DRAFT: {"publish": (_PUBLISHED, _OLD), "propose": (_REVIEW,), **_AWAY},
    _REVIEW: _reviewed(_REVIEW),
    _CHANGES: {**_reviewed(_CHANGES), "take back": (_REVIEW,)},
    _PUBLISHED: _readable(),
    _STALE: _readable(),
    _OLD: {
        **dict.fromkeys(_BESIDE, (_OLD,)),
        "hold": (_DRAFT, _REVIEW, _CHANGES),
        "hold good again": _ALIVE,
        **_GIVING_WAY,
    },
    _ARCHIVED: {
        **dict.fromkeys((*_BESIDE, "supersede", "hold good again"), (_ARCHIVED,)),
        "take out of the archive": (*_ALIVE, _OLD),
        "delete": (Status.DELETED,),
    },
    Status.DELETED: {
        **dict.fromkeys(("publish", "withdraw", "hold good again"), (Status.DELETED,)),
        "return": (*_AT_REST, _OLD, _ARCHIVED),
    },
}


class WrongTurnError(AssertionError):
    """A change of state that the table doesn't have: a mistake of ours, never of a person's."""


def state_of(post: Post) -> Status:
    """What the post's own columns make it."""
    if post.deleted_at:
        return Status.DELETED
    if post.archived_at:
        return Status.ARCHIVED
    if post.superseded_by_id and post.published_revision_id:
        return Status.SUPERSEDED
    if post.review_state:
        return Status.CHANGES_REQUESTED if post.review_state == State.CHANGES_REQUESTED else Status.IN_REVIEW
    if not post.published_revision_id:
        return Status.DRAFT
    return Status.NEEDS_ATTENTION if post.attention_since else Status.PUBLISHED


def settle(post: Post, happening: str) -> None:
    """Set the state that `happening` leads to, in memory. Raises WrongTurnError."""
    before, after = Status(post.status), state_of(post)
    if after not in TRANSITIONS[before].get(happening, ()):
        raise WrongTurnError(f"{happening!r} doesn't lead from {before} to {after}")
    post.status = after
