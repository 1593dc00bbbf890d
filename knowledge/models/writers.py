"""Who writes, what about and with whom: told of those posts alone that somebody sees."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, Lower, NullIf

from knowledge.models.authorship import Authorship
from knowledge.models.for_readers import ForReader
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.statements import SQL, IsAny, Slot, compiled, filled
from knowledge.models.user import User

TAGS = 4  # of each writer
TOLD = 10  # posts of each writer, the newest, and
AT_ONCE = 31  # writers at most: a list of them costs the same, however much they wrote
AT_MOST = 20  # that are told of posts
_APART = "\n"  # no tag holds one
RECENT = 60  # posts: what is told of them costs the same, however many there are
_IDS = Slot("posts", ArrayField(BigIntegerField()))
_AMONG = IsAny("post", _IDS)


@dataclass(frozen=True, slots=True)
class Writer:
    """`posts` is how many somebody sees of theirs, TOLD at most and then `has_more`, `tags` are what most of
    those are about.
    """

    person: User
    posts: int
    has_more: bool
    tags: tuple[str, ...]


def writers(reader: User, count: int, *, words: str = "", after: User | None = None) -> list[Writer]:
    """Who wrote something that `reader` sees, by name; `words` are part of their name, `after` was the last
    one seen. One query.
    """
    last = {"name": (after.name or after.username).lower(), "pk": after.pk} if after else {}
    if words:
        found = list(_writers(reader, words=words, **last)[:count])
    else:
        found = (_BEYOND(reader, **last) if last else _FIRST(reader))[:count]
    return [
        Writer(
            User(pk=pk, username=username, name=name),
            posts=min(len(newest), TOLD),
            has_more=len(newest) > TOLD,
            tags=_most(tag for tags in newest[:TOLD] for tag in tags.split(_APART) if tag),
        )
        for pk, username, name, newest in found
    ]


def _writers(reader: User, *, words: str = "", name: Any = None, pk: Any = None) -> Any:
    """pk, user name, name, and tags of their newest posts, TOLD and one more, of at most AT_ONCE people."""
    seen = Post.objects.visible_to(reader).published().order_by().values("pk")
    signed = Authorship.objects.filter(user=OuterRef("pk"), published_at__isnull=False, post__in=seen)
    tags = Func(F("post__tags"), Value(_APART), function="array_to_string", output_field=TextField())
    newest = signed.order_by("-published_at", "-post_id").values_list(tags)[: TOLD + 1]
    people = User.objects.filter(Exists(signed), claimed_by=None).annotate(said=_said())
    if words:
        named = User.objects.filter(name__icontains=words).values("pk")
        people = people.filter(
            pk__in=named.union(User.objects.filter(username__icontains=words).values("pk"))
        )
    if name is not None:
        people = people.filter(Q(said__gt=name) | Q(pk__gt=pk), said__gte=name)
    values = people.annotate(newest=ArraySubquery(newest)).values_list("pk", "username", "name", "newest")
    return values.order_by("said", "pk")[:AT_ONCE]


def _most(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(tag for tag, _ in Counter(tags).most_common(TAGS))


@dataclass(frozen=True, slots=True)
class Told:
    """Of some posts who wrote most of them and what most are about, each with how many."""

    writers: Sequence[tuple[User, int]]
    tags: Sequence[tuple[str, int]]

    @staticmethod
    def asked_of(posts: Collection[int]) -> tuple[tuple[str, list[Any]], tuple[str, list[Any]]]:
        """For prepared.several, whose first two answers `of` takes. At most AT_MOST of each."""
        return _filled(_signed(), posts), _filled(_tagged(), posts)

    @classmethod
    def of(cls, signed: Sequence[Any], tags: Sequence[Any]) -> Self:
        people = [(User(pk=pk, username=name, name=full), number) for pk, name, full, number in signed]
        return cls(people, [(tag, number) for tag, number in tags])


@cache
def _signed() -> SQL:
    signed = Authorship.objects.filter(_AMONG, user__isnull=False).order_by()
    counted = signed.values_list("user", "user__username", "user__name").annotate(number=Count("post"))
    return compiled(counted.order_by("-number", "user")[:AT_MOST])


@cache
def _tagged() -> SQL:
    return compiled(Post.objects.filter(IsAny("pk", _IDS)).tag_counts()[:AT_MOST])


def _filled(statement: SQL, posts: Collection[int]) -> tuple[str, list[Any]]:
    return statement[0], filled(statement[1], {"posts": list(posts)})


_FIRST: ForReader[Any] = ForReader(lambda reader: _writers(reader))
_BEYOND: ForReader[Any] = ForReader(_writers, name=CharField(max_length=150), pk=BigIntegerField())
# Of all posts that somebody sees.
LATELY_ABOUT = ForReader(
    lambda reader: Post.objects.filter(
        pk__in=_recent(Post.objects.visible_to(reader).published())
    ).tag_counts()[:AT_MOST]
)


def _recent(posts: PostQuerySet) -> QuerySet[Any]:
    return posts.newest_first().values("pk")[:RECENT]


def _said() -> Lower:
    """The name under which people look for somebody."""
    return Lower(Coalesce(NullIf(F("name"), Value("")), F("username")))
