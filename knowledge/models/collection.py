"""Collections: posts that somebody put together, in an order, with a reason for each."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from knowledge.models.post import Post
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

    def holding(self, post: Post | int) -> Self:
        pk = post.pk if isinstance(post, Post) else post
        return self.filter(Exists(CollectionItem.objects.filter(collection=OuterRef("pk"), post=pk)))


class Collection(models.Model):
    """Without a space it is the portal's, for everyone signed in."""

    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="collections")
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True, help_text="Markdown, as in comments.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    posts = models.ManyToManyField(Post, through="CollectionItem", related_name="collections")

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
