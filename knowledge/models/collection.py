"""Collections: posts that somebody put together, in an order, with a reason for each."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from knowledge.models.post import Post
from knowledge.models.post_states import LISTED, Kind, Status
from knowledge.models.space import Membership, Role, Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_POSTS = 200


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the portal, and of the spaces that the user sees."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(space=None) | Q(space__in=Space.objects.visible_to(user)))

    def curated_by(self, user: User) -> Self:
        """Those that the user may change: see permissions.can_curate."""
        if user.is_superuser:
            return self
        writing = Membership.objects.filter(user=user, role__in=Role.at_least(Role.AUTHOR))
        return self.filter(space__in=writing.values("space"))

    def showing(self, post: Post) -> Self:
        """Those with the post in them, or one that it supersedes."""
        items = CollectionItem.objects.filter(Q(post=post) | Q(post__in=post.supersedes.values("pk")))
        return self.filter(pk__in=items.values("collection"))


class Collection(models.Model):
    """Without a space it is the portal's, for everyone signed in."""

    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="collections")
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True, help_text="Markdown, as in comments.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="collections_have_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.pk])


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    post = models.ForeignKey(Post, models.CASCADE, related_name="collection_items")
    position = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True, help_text="Why to read it.")
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "post"], name="a_post_once_in_a_collection"),
            models.UniqueConstraint(
                fields=["collection", "position"],
                name="a_post_at_each_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.position} {self.post_id}"


@dataclass(frozen=True, slots=True)
class Line:
    """What a collection shows of one item: `post`, another than was added where that is superseded.

    Without one there is nothing for readers, and `why` says so to those who may edit it.
    """

    item: CollectionItem
    added: Post
    post: Post | None
    why: str = ""

    @property
    def stands_for(self) -> Post | None:
        return self.added if self.post is not None and self.post != self.added else None


def lines_of(collections: Iterable[int], user: User) -> dict[int, list[Line]]:
    """The lines of each, in order, of posts that `user` sees. Four queries at the most, however many."""
    wanted = list(collections)
    items = list(CollectionItem.objects.filter(collection__in=wanted).order_by("position"))
    added = _seen({item.post_id for item in items}, user)
    newer = {post.superseded_by_id for post in added.values() if post.status == Status.SUPERSEDED}
    successors = _seen({pk for pk in newer if pk}, user)
    held = {(item.collection_id, item.post_id) for item in items}
    found: dict[int, list[Line]] = {pk: [] for pk in wanted}
    for item in items:
        if post := added.get(item.post_id):
            successor = successors.get(post.superseded_by_id or 0)
            if (item.collection_id, post.superseded_by_id) in held:
                successor = None  # it has a line of its own
            found[item.collection_id].append(_line(item, post, successor))
    return found


def _seen(posts: Set[int], user: User) -> dict[int, Post]:
    if not posts:
        return {}
    seen = Post.objects.visible_to(user).filter(pk__in=posts).select_related("space")
    return {post.pk: post for post in seen.prefetch_related("authorships__user")}


def _line(item: CollectionItem, post: Post, successor: Post | None) -> Line:
    if _is_listed(post):
        return Line(item, post, post)
    if post.status == Status.SUPERSEDED and successor and _is_listed(successor):
        return Line(item, post, successor)
    unread = "not published yet" if post.published_revision_id is None else ""
    return Line(item, post, None, unread or post.get_status_display().lower())


def _is_listed(post: Post) -> bool:
    """As PostQuerySet.published."""
    return post.kind == Kind.POST and post.status in LISTED and post.published_revision_id is not None
