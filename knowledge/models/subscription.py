"""Subscriptions: who wants to hear about which tag, person, space, post, dataset, insight or search."""

from functools import reduce
from operator import or_
from typing import Self, TypeAlias

from django.db import models
from django.db.models import Exists, OuterRef, Q

from knowledge.models.collection import Collection
from knowledge.models.dataset import Dataset
from knowledge.models.insight import Insight
from knowledge.models.post import Post
from knowledge.models.space import Membership, Space
from knowledge.models.user import User

# Kind -> the column of its target; the others are empty.
TARGETS = {kind: kind for kind in ("tag", "author", "space", "post", "collection", "dataset", "insight")}
TARGETS |= {"search": "query"}
TEXTS = ("tag", "search")  # kinds whose target is a text
_NONE = {kind: Q((column, "" if kind in TEXTS else None)) for kind, column in TARGETS.items()}
Target: TypeAlias = str | User | Space | Post | Collection | Dataset | Insight


def _only(kind: str) -> Q:
    others = [is_none for other, is_none in _NONE.items() if other != kind]
    return Q(*others, ~_NONE[kind], kind=kind)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def to(self, kind: str, target: Target) -> Self:
        return self.filter(kind=kind, **{TARGETS[kind]: target})

    def for_lists(self) -> Self:
        related = ("author", "space", "post__space", "collection", "dataset", "insight__space")
        return self.select_related(*related).order_by("kind", "-pk")

    def visible_to(self, user: User) -> Self:
        """Without what the subscriber can't see any more: a subscription to it may not tell its name."""
        seen = Q(space=None) | Q(space__in=Space.objects.visible_to(user))
        post = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("post")))
        collection = Q(collection__in=Collection.objects.visible_to(user))
        insight = Q(insight__in=Insight.objects.visible_to(user))
        found = self.filter(seen, Q(post=None) | post, Q(collection=None) | collection)
        dataset = Q(dataset__in=Dataset.objects.visible_to(user))
        return found.filter(Q(insight=None) | insight, Q(dataset=None) | dataset)

    def of_visible_collections(self) -> Self:
        """Without those to a collection that its follower, whoever that is, can't see any more."""
        member = Membership.objects.filter(user=OuterRef("user"), space=OuterRef("collection__space"))
        is_open = Q(collection__space=None) | Q(collection__space__visibility=Space.Visibility.INTERNAL)
        return self.filter(Q(collection=None) | is_open | Q(user__is_superuser=True) | Exists(member))


class Subscription(models.Model):
    class Kind(models.TextChoices):
        TAG = "tag", "Tag"
        AUTHOR = "author", "Person"
        SPACE = "space", "Space"
        POST = "post", "Post"
        COLLECTION = "collection", "Collection"
        DATASET = "dataset", "Dataset"
        SEARCH = "search", "Search"
        INSIGHT = "insight", "Insight"

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tag = models.CharField(max_length=100, blank=True)
    author = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="followers")
    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="followers")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="followers")
    collection = models.ForeignKey(
        Collection, models.CASCADE, null=True, blank=True, related_name="followers"
    )
    dataset = models.ForeignKey(Dataset, models.CASCADE, null=True, blank=True, related_name="followers")
    insight = models.ForeignKey(Insight, models.CASCADE, null=True, blank=True, related_name="followers")
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
    def target(self) -> Target:
        found: Target = getattr(self, TARGETS[self.kind])
        return found

    @property
    def label(self) -> str:
        """What is followed, in words for people."""
        if self.author:
            return self.author.get_full_name()
        if self.space:
            return self.space.name
        if self.dataset:
            return self.dataset.label
        if self.insight:
            return self.insight.address
        titled = self.post or self.collection
        return titled.title if titled else self.tag or self.query
