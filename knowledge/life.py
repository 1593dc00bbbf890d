"""The life of a post: its states, and what leads from one to another. docs/life.md is drawn from it.

A post's state follows from what is known of it (`state_of`); the table says which ways there are, and
`settle` holds every change against it. Readers keep the published revision in all of them but the last.
"""

from collections.abc import Mapping

from knowledge.models import Post, Review

Status = Post.Status
State = Review.State

# From each state: what happens, and what the post may be after it.
TRANSITIONS: Mapping[Status, Mapping[str, tuple[Status, ...]]] = {
    Status.DRAFT: {
        "publish": (Status.PUBLISHED,),
        "propose": (Status.IN_REVIEW,),
        "delete": (Status.DELETED,),
    },
    Status.IN_REVIEW: {
        "publish": (Status.IN_REVIEW,),
        "propose": (Status.IN_REVIEW,),
        "request changes": (Status.CHANGES_REQUESTED,),
        "approve": (Status.PUBLISHED, Status.DRAFT),
        "withdraw": (Status.PUBLISHED, Status.DRAFT),
        "hold": (Status.IN_REVIEW,),
        "delete": (Status.DELETED,),
    },
    Status.CHANGES_REQUESTED: {
        "publish": (Status.CHANGES_REQUESTED,),
        "propose": (Status.IN_REVIEW,),
        "request changes": (Status.CHANGES_REQUESTED,),
        "take back": (Status.IN_REVIEW,),
        "approve": (Status.PUBLISHED, Status.DRAFT),
        "withdraw": (Status.PUBLISHED, Status.DRAFT),
        "hold": (Status.CHANGES_REQUESTED,),
        "delete": (Status.DELETED,),
    },
    Status.PUBLISHED: {
        "publish": (Status.PUBLISHED,),
        "propose": (Status.IN_REVIEW,),
        "hold": (Status.DRAFT,),
        "delete": (Status.DELETED,),
    },
    Status.DELETED: {
        "publish": (Status.DELETED,),
        "withdraw": (Status.DELETED,),
        "return": (Status.DRAFT, Status.PUBLISHED),
    },
}


class WrongTurnError(AssertionError):
    """A change of state that the table doesn't have: a mistake of ours, never of a person's."""


def state_of(post: Post) -> Status:
    """What the post's own columns make it."""
    if post.deleted_at:
        return Status.DELETED
    if post.review_state:
        return Status.CHANGES_REQUESTED if post.review_state == State.CHANGES_REQUESTED else Status.IN_REVIEW
    return Status.PUBLISHED if post.published_revision_id else Status.DRAFT


def settle(post: Post, happening: str) -> None:
    """Set the state that `happening` leads to, in memory. Raises WrongTurnError."""
    before, after = Status(post.status), state_of(post)
    if after not in TRANSITIONS[before].get(happening, ()):
        raise WrongTurnError(f"{happening!r} doesn't lead from {before} to {after}")
    post.status = after
