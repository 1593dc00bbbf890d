"""What needs somebody: posts of theirs that went wrong or grew old, and reviews that wait for their word."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from knowledge.models import Authorship, Post, Rendering, Review, Revision, Space, User
from knowledge.models.card_facts import only
from knowledge.models.post_queryset import PostQuerySet

SHOWN = 10  # of each kind
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Attention:
    """`to_review` counts to COUNTED; of the others, the first SHOWN are here."""

    failed: Sequence[Post]
    kept_back: Sequence[Post]
    changes: Sequence[Review]
    old: Sequence[Post]
    to_review: int

    def __bool__(self) -> bool:
        return bool(self.failed or self.kept_back or self.changes or self.old or self.to_review)


def attention_of(user: User) -> Attention:
    """Five queries."""
    visible = Post.objects.visible_to(user)
    # What is held or kept back is for those alone who may write there.
    own = visible.live().filter(pk__in=_own(user), space__in=Space.objects.writable_by(user))
    reviews = Review.objects.visible_to(user).of_live_posts()
    return Attention(
        failed=_newest(own.filter(latest_revision__rendering__state=Rendering.State.FAILED)),
        kept_back=_newest(own.filter(~Q(latest_revision__blocked_by=[]))),
        changes=list(reviews.of_mine(user).filter(state=Review.State.CHANGES_REQUESTED).for_lists()[:SHOWN]),
        old=list(visible.asked_of(user).select_related("space").order_by("attention_since", "pk")[:SHOWN]),
        to_review=reviews.for_me(user)[:COUNTED].count(),
    )


def _own(user: User) -> PostQuerySet:
    """What they wrote, answer for or pushed last; each found by its own index."""
    wrote = Authorship.objects.filter(user=user).values_list("post")
    owned = Post.objects.filter(owner=user).values_list("pk")
    pushed = Revision.objects.filter(pushed_by=user).values_list("post")
    return wrote.order_by().union(owned.order_by(), pushed.order_by())  # type: ignore[return-value]  # a union


def _newest(posts: PostQuerySet) -> list[Post]:
    shown = only(posts.order_by("-updated_at", "-pk"), SHOWN)
    return list(shown.for_cards().order_by("-updated_at", "-pk"))
