"""How many published posts have a tag, space by space: kept by a trigger on posts (migration 0015).

Rows are what was added and taken away, so that writers never wait for each other. Their sum is the count, at
every moment; knowledge/pipeline/tagging.py folds them together.
"""

from collections import Counter
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from knowledge.models.post import Post
from knowledge.models.space import Membership, Space
from knowledge.models.tag import TagSynonym, clean_tag
from knowledge.models.user import User


class TagUseQuerySet(models.QuerySet["TagUse"]):
    def visible_to(self, user: User) -> Self:
        """Of posts that PostQuerySet.visible_to shows, without the private ones that name a group."""
        if user.is_superuser:
            return self
        mine = Membership.objects.filter(user=user).values("space")
        internal = Space.objects.filter(visibility=Space.Visibility.INTERNAL).values("pk")
        return self.filter(Q(space__in=mine) | Q(space__in=internal, private=False))

    def counts(self) -> "models.QuerySet[TagUse, tuple[str, int]]":
        """(tag, how many posts have it)."""
        summed = self.order_by().values_list("tag").annotate(number=Sum("posts"))
        return summed.filter(number__gt=0)

    def seen_by(self, user: User, *, space: Space | None = None, tag: str = "") -> Counter[str]:
        """Tag -> how many published posts that `user` sees have it. Two queries, however many posts."""
        uses, by_group = self.visible_to(user), _open_by_group(user)
        if space:
            uses, by_group = uses.filter(space=space), by_group.filter(space=space)
        if tag:
            uses, by_group = uses.filter(tag=tag), by_group.filter(tags__contains=[tag])
        found = Counter(dict(uses.counts()))
        for tags in by_group.values_list("tags", flat=True):
            found.update(tags)
        return found


class TagUse(models.Model):
    # Without a constraint: the trigger still writes of posts that go with their space.
    space = models.ForeignKey(Space, models.DO_NOTHING, related_name="+", db_constraint=False)
    tag = models.CharField(max_length=100)
    private = models.BooleanField()
    posts = models.IntegerField(help_text="So many more; fewer, if negative.")

    objects = TagUseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["space", "private", "tag"], include=["posts"], name="tag_use_space"),
            models.Index(fields=["tag", "space"], name="tag_use_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.space_id}: {self.tag} {self.posts:+}"


def current_tag(user: User, name: str) -> str:
    """What `name` is called now, if `user` sees a post under that; else the name as posts would carry it."""
    name = clean_tag(name)
    current = TagSynonym.objects.current([name])[name]
    is_there = current == name or TagUse.objects.seen_by(user, tag=current)[current] > 0
    return current if is_there else name


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most used first."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _open_by_group(user: User) -> "models.QuerySet[Post]":
    """Private posts of internal spaces that are open to `user` by a group alone; few, and indexed."""
    members = Membership.objects.filter(user=user).values("space")
    if user.is_superuser:
        return Post.objects.none()
    named = Post.objects.published().filter(
        private=True,
        space__visibility=Space.Visibility.INTERNAL,
        is_held=False,
        allowed_groups__overlap=user.groups.values("name"),
    )
    return named.exclude(space__in=members).order_by()
