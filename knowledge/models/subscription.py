"""Subscriptions: who wants to hear about which tag, person, space, post or search."""

from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from knowledge.models.post import Post
from knowledge.models.space import Space
from knowledge.models.user import User

# Kind -> the column of its target; the others are empty.
TARGETS = {"tag": "tag", "author": "author", "space": "space", "post": "post", "search": "query"}
TEXTS = ("tag", "search")  # kinds whose target is a text


def _only(kind: str) -> Q:
    empty = {kind: "" if kind in TEXTS else None for kind in TARGETS}
    columns = {kind: Q((TARGETS[kind], value)) for kind, value in empty.items()}
    filled = ~columns.pop(kind)
    return Q(*columns.values(), filled, kind=kind)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def to(self, kind: str, target: "str | User | Space | Post") -> Self:
        return self.filter(kind=kind, **{TARGETS[kind]: target})

    def for_lists(self) -> Self:
        return self.select_related("author", "space", "post__space").order_by("kind", "-pk")

    def visible_to(self, user: User) -> Self:
        """Without what the subscriber can't see any more: a subscription to it may not tell its name."""
        seen = Q(space=None) | Q(space__in=Space.objects.visible_to(user))
        post = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("post")))
        return self.filter(seen, Q(post=None) | post)


class Subscription(models.Model):
    class Kind(models.TextChoices):
        TAG = "tag", "Tag"
        AUTHOR = "author", "Person"
        SPACE = "space", "Space"
        POST = "post", "Post"
        SEARCH = "search", "Search"

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tag = models.CharField(max_length=100, blank=True)
    author = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="followers")
    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="followers")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="followers")
    query = models.CharField(max_length=400, blank=True, help_text="A search, as knowledge.search reads it.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=reduce(or_, map(_only, TARGETS)),
                name="subscriptions_have_the_target_of_their_kind",
            ),
            *(
                models.UniqueConstraint(
                    fields=[column, "user"], condition=Q(kind=kind), name=f"one_subscription_per_{kind}"
                )
                for kind, column in TARGETS.items()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.target}"

    @property
    def target(self) -> "str | User | Space | Post":
        found: str | User | Space | Post = getattr(self, TARGETS[self.kind])
        return found

    @property
    def label(self) -> str:
        """What is followed, in words for people."""
        if self.author:
            return self.author.get_full_name()
        if self.space:
            return self.space.name
        return self.post.title if self.post else self.tag or self.query
