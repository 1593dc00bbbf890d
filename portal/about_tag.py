"""What the page of a tag says of it besides its posts, in one round trip to the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import CharField, Exists

from knowledge.models import Authorship, Post, Space, Tag, TagSynonym, User, prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.writers import Told
from portal.follows import FOLLOWS, Follow


@dataclass(frozen=True, slots=True)
class AboutTag:
    """`described` is None for a tag of which nothing was said. `writes`: whether the reader has written.
    `told` is of some of its posts.
    """

    described: Tag | None
    synonyms: Sequence[str]
    follow: Follow
    writes: bool
    told: Told


def about(reader: User, tag: str, posts: Collection[int]) -> AboutTag:
    """`posts` are the newest that have it."""
    signed, beside, described, synonyms, follows, writes = prepared.several(
        *Told.asked_of(posts),
        _DESCRIBED.filled(reader, tag=tag),
        _SYNONYMS.filled(reader, tag=tag),
        FOLLOWS["tag"].filled(reader, to=tag),
        _WRITES.filled(reader),
    )
    return AboutTag(
        described=next((_described(tag, *row) for row in described), None),
        synonyms=[name for (name,) in synonyms],
        follow=Follow("tag", tag, bool(follows)),
        writes=reader.is_superuser or bool(writes),
        told=Told.of(signed, beside),
    )


def _described(tag: str, description: str, pk: int | None, username: str, name: str) -> Tag:
    keeper = User(pk=pk, username=username, name=name) if pk else None
    return Tag(name=tag, description=description, keeper=keeper)


_NAME = CharField(max_length=100)
_DESCRIBED = ForReader(
    lambda _, tag: Tag.objects.filter(name=tag).values_list(
        "description", "keeper", "keeper__username", "keeper__name"
    ),
    tag=_NAME,
)
_SYNONYMS = ForReader(
    lambda _, tag: TagSynonym.objects.in_force().filter(tag__name=tag).order_by("name").values_list("name"),
    tag=_NAME,
)
_WRITES = ForReader(
    lambda reader: User.objects.filter(
        Exists(Space.objects.writable_by(reader))
        | Exists(Authorship.objects.filter(user=reader))
        | Exists(Post.objects.filter(owner=reader)),
        pk=reader.pk,
    ).values_list("pk")
)
