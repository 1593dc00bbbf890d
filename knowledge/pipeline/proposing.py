"""Proposing: what a push brings to a path that asks for approval waits in a review, and is held until then.

In bulk, within the transaction that takes a step in; the posts are locked by it.
"""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from knowledge import life
from knowledge.documents.header import header_of
from knowledge.models import Contribution, Membership, Post, Review, ReviewRequest, Revision, Role
from knowledge.models.review import OPEN, ReviewQuerySet
from knowledge.pipeline import facts
from knowledge.pipeline.review_news import tell_proposed

BATCH = 500
STATE = ["status", "review_state", "is_held"]


def propose(revisions: Iterable[Revision]) -> None:
    """Open a review of each, or bring the one that is open up to it. Writes the posts' STATE."""
    proposed = {revision.post_id: revision for revision in revisions}
    if not proposed:
        return
    open_ones = {review.post_id: review for review in _open(proposed)}
    moved = [_move(open_ones[pk], proposed[pk]) for pk in open_ones]
    Review.objects.bulk_update(moved, ["revision", "state", "moved_at"], batch_size=BATCH)
    opened = [_opened(revision) for pk, revision in proposed.items() if pk not in open_ones]
    Review.objects.bulk_create(opened, batch_size=BATCH)
    reviews = [*moved, *opened]
    for review in reviews:
        post = review.revision.post
        post.review_state = review.state
        life.settle(post, "propose")
    Post.objects.bulk_update([review.revision.post for review in reviews], STATE, batch_size=BATCH)
    _note_contributors(opened, moved)
    _ask(reviews)
    tell_proposed(opened, moved)


def withdraw_of(posts: Iterable[Post]) -> None:
    """Close the open reviews of posts that are no more. Sets `review_state`, in memory."""
    gone = list(posts)
    now = timezone.now()
    _open(post.pk for post in gone).update(state=Review.State.WITHDRAWN, closed_at=now, moved_at=now)
    for post in gone:
        post.review_state = ""


def open_reviews(posts: Iterable[int]) -> dict[int, int]:
    """The ids of the open reviews of these posts, by post."""
    return dict(_open(posts).values_list("post", "pk"))


def contributors(revision: Revision) -> list[str]:
    """How those are spelled who wrote, committed or pushed it: names, user names and mail addresses."""
    pusher = revision.pushed_by.username if revision.pushed_by else ""
    committed = (*revision.writers, revision.author_email, revision.author_name)
    return [name for name in (*header_of(revision.header).authors, *committed, pusher) if name]


def _open(posts: Iterable[int]) -> ReviewQuerySet:
    return Review.objects.filter(post__in=list(posts), state__in=OPEN)


def _move(review: Review, revision: Revision) -> Review:
    review.revision, review.state, review.moved_at = revision, Review.State.OPEN, timezone.now()
    return review


def _opened(revision: Revision) -> Review:
    return Review(
        post_id=revision.post_id,
        revision=revision,
        base=revision.post.published_revision,
        opened_by=revision.pushed_by,
    )


def _note_contributors(opened: list[Review], moved: list[Review]) -> None:
    """Of all that readers don't see yet, whichever review it was in before."""
    spelled = [(review, contributors(revision)) for review, revision in _new_in(opened)]
    spelled += [(review, contributors(review.revision)) for review in moved]
    people = facts.People(name for _, names in spelled for name in names)
    found = {(review, user) for review, names in spelled for name in names if (user := people.find(name))}
    rows = [Contribution(review=review, user=user) for review, user in found]
    Contribution.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _new_in(opened: list[Review]) -> Iterator[tuple[Review, Revision]]:
    """The revisions after the one that readers see, and the proposed one in any case."""
    by_post = {review.post_id: review for review in opened}
    revisions = Revision.objects.filter(post__in=by_post).select_related("pushed_by").order_by("pk")
    for revision in revisions:
        review = by_post[revision.post_id]
        if review.base is None or revision.number > review.base.number or revision == review.revision:
            yield review, revision


def _ask(reviews: list[Review]) -> None:
    """Ask whom the headers name under `reviewers`, where they may review there and wrote none of it."""
    named = {review: header_of(review.revision.header).reviewers for review in reviews}
    people = facts.People(name for names in named.values() for name in names)
    spaces = {review.revision.post.space_id for review in reviews}
    members = Membership.objects.filter(space__in=spaces, role__in=Role.at_least(Role.REVIEWER))
    may = set(members.values_list("space", "user"))
    wrote = set(Contribution.objects.filter(review__in=reviews).values_list("review", "user"))
    rows = [
        ReviewRequest(review=review, user=user, requested_by=review.revision.pushed_by)
        for review, names in named.items()
        for user in filter(None, map(people.find, names))
        if (review.revision.post.space_id, user.pk) in may and (review.pk, user.pk) not in wrote
    ]
    ReviewRequest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
