"""Tags: words of the whole portal for what posts are about, and the other names that they go by.

A tag needs no row: it is there as long as a post has it. A row says more of it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from knowledge.models import prepared
from knowledge.models.user import User

LONGEST = 100


def clean_tag(tag: str) -> str:
    """As posts carry it."""
    return " ".join(tag.replace("\x00", "").split()).lower()[:LONGEST].strip()


def fits_path(name: str) -> bool:
    """Whether an address can hold it: browsers take `..` for the way up, and proxies `//` for one `/`."""
    return not {"", ".", ".."} & set(name.split("/"))


@lru_cache(maxsize=20_000)
def tag_address(tag: str) -> str:
    """Of its page; what no address can hold is asked for by name. Kept: lists name hundreds."""
    return reverse("tag", args=[tag]) if fits_path(tag) else f"{reverse('tags')}?{urlencode({'tag': tag})}"


def meanings_of(names: Iterable[str]) -> dict[str, str]:
    """What those of the tags mean of which it was said. One query."""
    sql = "SELECT name, description FROM knowledge_tag WHERE name = ANY(%s) AND description <> ''"
    return dict(prepared.rows(sql, [list(names)]))


class Tag(models.Model):
    """`name` is what posts carry, never another name's synonym: knowledge/pipeline/tagging.py sees to it."""

    name = models.CharField(max_length=LONGEST, unique=True)
    description = models.CharField(max_length=500, blank=True, help_text="What it means. Plain text.")
    keeper = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who says what it means, beside those who run the portal.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tags_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TagSynonymQuerySet(models.QuerySet["TagSynonym"]):
    def in_force(self) -> Self:
        return self.filter(ended_at=None)

    def current(self, names: Iterable[str]) -> dict[str, str]:
        """Each clean name -> the one that posts carry for it. One query, none without names."""
        names = list(names)
        found = self.in_force().filter(name__in=names).values_list("name", "tag__name") if names else ()
        return {name: name for name in names} | dict(found)

    def of(self, tags: Iterable[str]) -> dict[str, list[str]]:
        """Each of the tags that has some -> its other names. One query."""
        found: dict[str, list[str]] = {}
        rows = self.in_force().filter(tag__name__in=list(tags)).order_by("name")
        for tag, name in rows.values_list("tag__name", "name"):
            found.setdefault(tag, []).append(name)
        return found


class TagSynonym(models.Model):
    """Another name of a tag. One step and no more leads to the tag, so there is no going in circles.

    One that was taken away stays, as `ended_at`, until its posts are listed as their headers say again.
    """

    name = models.CharField(max_length=LONGEST, unique=True)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="synonyms")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TagSynonymQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="synonyms_have_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} -> {self.tag_id}"
