"""Listing posts under the current names of their tags, where that takes more than one statement."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.db import transaction
from django.db.models import prefetch_related_objects

from knowledge.documents.header import header_of
from knowledge.models import Post, TagSynonym
from knowledge.pipeline.facts import name_tags, tags_of
from knowledge.pipeline.index import request_index

BATCH = 500
T = TypeVar("T")


def settle() -> None:
    """List under the tag what is listed under a synonym: a push that raced with a merge, say."""
    synonyms = TagSynonym.objects.in_force().values_list("name", flat=True)
    for names in _batches(synonyms):
        found = Post.objects.filter(tags__overlap=names).order_by("pk").values_list("pk", flat=True)
        _rename(found, lambda posts: None)


def restore_ended() -> None:
    """List the posts of synonyms that ended as their headers say, then forget the synonyms."""
    for synonym in TagSynonym.objects.exclude(ended_at=None).select_related("tag"):
        found = Post.objects.filter(tags__contains=[synonym.tag.name]).order_by("pk")
        _rename(found.values_list("pk", flat=True), _as_headers_say)
        TagSynonym.objects.filter(pk=synonym.pk).exclude(ended_at=None).delete()


def _rename(found: Iterable[int], prepare: Callable[[list[Post]], None]) -> None:
    """A transaction for each batch: who publishes meanwhile waits for one at the most."""
    for pks in _batches(found):
        with transaction.atomic():
            locked = Post.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
            posts = list(locked)
            before = [post.tags for post in posts]
            prepare(posts)
            name_tags(posts)
            changed = [post for post, tags in zip(posts, before, strict=True) if post.tags != tags]
            Post.objects.bulk_update(changed, ["tags"])
            request_index(post.pk for post in changed)


def _as_headers_say(posts: list[Post]) -> None:
    prefetch_related_objects(posts, "published_revision", "latest_revision")
    for post in posts:
        if shown := post.shown_revision:
            post.tags = tags_of(header_of(shown.header))


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    every = list(rows)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
