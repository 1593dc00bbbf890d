"""Who writes, what about and with whom: told of those posts alone that somebody sees."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from knowledge.models.authorship import Authorship
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.user import User

TAGS = 4  # of each writer
RECENT = 500  # posts: what is told of them costs the same, however many there are


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


def lately_active(posts: PostQuerySet, count: int) -> list[tuple[User, int]]:
    """Who wrote most of the newest RECENT of `posts`, and how many. Two queries."""
    signed = Authorship.objects.filter(user__isnull=False, post__in=_recent(posts)).order_by()
    numbers = list(
        signed.values_list("user").annotate(number=Count("pk")).order_by("-number", "user")[:count]
    )
    people = User.objects.in_bulk([user for user, _ in numbers])
    return [(people[user], number) for user, number in numbers if user in people]


def lately_about(posts: PostQuerySet, count: int) -> list[tuple[str, int]]:
    """The tags of the newest RECENT of `posts`, with how many of them. One query."""
    return list(Post.objects.filter(pk__in=_recent(posts)).tag_counts()[:count])


def _recent(posts: PostQuerySet) -> QuerySet[Any]:
    return posts.newest_first().values("pk")[:RECENT]


def _ids(posts: PostQuerySet) -> QuerySet[Any]:
    return posts.order_by().values("pk")


def _said() -> Lower:
    """The name under which people look for somebody."""
    return Lower(Coalesce(NullIf(F("name"), Value("")), F("username")))
