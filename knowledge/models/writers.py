"""Who writes, what about and with whom: told of those posts alone that somebody sees."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from knowledge.models import prepared
from knowledge.models.authorship import Authorship
from knowledge.models.for_readers import ForReader
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.statements import SQL, IsAny, Slot, compiled, filled
from knowledge.models.user import User

TAGS = 4  # of each writer
AT_MOST = 20  # that are told of posts
RECENT = 200  # posts: what is told of them costs the same, however many there are
_IDS = Slot("posts", ArrayField(BigIntegerField()))
_AMONG = IsAny("post", _IDS)


@dataclass(frozen=True, slots=True)
class Writer:
    """`posts` is how many of them somebody sees, `tags` are what most of those are about."""

    person: User
    posts: int
    tags: Sequence[str]


def writers_of(posts: PostQuerySet, *, words: str = "", after: User | None = None) -> QuerySet[User]:
    """Who wrote one of `posts`, by name; `words` are part of their name, `after` was the last one seen."""
    wrote = Authorship.objects.filter(user=OuterRef("pk"), post__in=_ids(posts))
    people = User.objects.filter(Exists(wrote), claimed_by=None).annotate(said=_said())
    if words:
        named = User.objects.filter(name__icontains=words).values("pk")
        people = people.filter(
            pk__in=named.union(User.objects.filter(username__icontains=words).values("pk"))
        )
    if after:
        name = (after.name or after.username).lower()
        people = people.filter(said__gte=name).exclude(said=name, pk__lte=after.pk)
    return people.order_by("said", "pk")


def written_by(people: Sequence[User], posts: PostQuerySet) -> list[Writer]:
    """What each of `people` wrote of `posts`. One query."""
    signed = posts.filter(authorships__user__in=people).order_by()
    numbers: Counter[int] = Counter()
    tags: dict[int, Counter[str]] = defaultdict(Counter)
    for user, about in signed.values_list("authorships__user", "tags"):
        numbers[user] += 1
        tags[user].update(about)
    return [
        Writer(person, numbers[person.pk], [tag for tag, _ in tags[person.pk].most_common(TAGS)])
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """Of some posts who wrote most of them and what most are about, each with how many."""

    writers: Sequence[tuple[User, int]]
    tags: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, posts: Collection[int]) -> Self:
        """At most AT_MOST of each. One round trip."""
        signed, tags = prepared.several(_filled(_signed(), posts), _filled(_tagged(), posts))
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


# Of all posts that somebody sees.
LATELY_ABOUT = ForReader(
    lambda reader: Post.objects.filter(
        pk__in=_recent(Post.objects.visible_to(reader).published())
    ).tag_counts()[:AT_MOST]
)


def _recent(posts: PostQuerySet) -> QuerySet[Any]:
    return posts.newest_first().values("pk")[:RECENT]


def _ids(posts: PostQuerySet) -> QuerySet[Any]:
    return posts.order_by().values("pk")


def _said() -> Lower:
    """The name under which people look for somebody."""
    return Lower(Coalesce(NullIf(F("name"), Value("")), F("username")))
