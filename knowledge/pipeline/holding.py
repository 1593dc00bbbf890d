"""Holding back: what was published where nothing had to be approved, and lies now where it has to.

Within the transaction that takes a step in; the posts are locked by it.
"""

from collections.abc import Iterable

from knowledge import life
from knowledge.models import Post, Review, Revision

COLUMNS = ["published_revision", "is_held", "status"]


def take_down(posts: Iterable[Post]) -> None:
    """Of posts that moved to such a path, hold what nobody approved: the newest, and what readers saw."""
    moved = [post for post in posts if post.latest_revision_id]
    approved = set(
        Review.objects.filter(post__in=moved, state=Review.State.APPROVED).values_list("revision", flat=True)
    )
    for post in moved:
        if post.published_revision_id and post.published_revision_id not in approved:
            post.published_revision = None
            life.settle(post, "hold")
        post.is_held = post.published_revision_id is None
        if post.latest_revision and post.latest_revision.pk not in approved:
            post.latest_revision.is_held = True
    Post.objects.bulk_update(moved, COLUMNS, batch_size=500)
    Revision.objects.filter(post__in=moved).exclude(pk__in=approved).update(is_held=True)
