"""Lists of posts, a stretch at a time: the ids of those that somebody sees, in one of two orders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateTimeField, F, Field, FloatField, Func
from django.db.models.expressions import RawSQL

from knowledge.models import prepared
from knowledge.models.authorship import Authorship
from knowledge.models.collection import CollectionItem
from knowledge.models.notification import Notification
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.statements import SQL, IsAny, Open, Slot, compiled, filled
from knowledge.models.user import User

Value = TypeVar("Value")
Place: TypeAlias = tuple[Value, int]  # what a post is ordered by, and its id
Order = Literal["newest", "popular"]


class Newest(Protocol):
    """The first `count` posts beyond the place of the last one seen, by publication."""

    def newest(self, older_than: Place[datetime] | None, count: int) -> list[Place[datetime]]: ...


class Listed(Newest, Protocol):
    """By popularity too."""

    def popular(self, below: Place[float] | None, count: int) -> list[Place[float]]: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Of any posts."""

    posts: PostQuerySet

    def newest(self, older_than: Place[datetime] | None, count: int) -> list[Place[datetime]]:
        return list(_newest(self.posts, older_than)[:count])

    def popular(self, below: Place[float] | None, count: int) -> list[Place[float]]:
        return list(_popular(self.posts, below)[:count])


class Listing:
    """Lists that are asked for all the time: of the published posts those that `narrow` leaves.

    It is given their queryset and what they are of, or slots for that by the types in `fields`. Lists that
    are alike whatever they are of are planned once; where much depends on it (a tag that most posts have, or
    one of them) each time. `each` names what there are several of, of which each is asked for by itself.
    """

    def __init__(
        self,
        narrow: Callable[..., PostQuerySet],
        *,
        is_alike: bool = False,
        each: str = "",
        **fields: "Field[Any, Any]",
    ) -> None:
        self.narrow, self.fields, self.each = narrow, fields, each
        self.run = prepared.rows if is_alike else prepared.planned
        self.statement = lru_cache(maxsize=1_000)(self._statement)

    def of(self, reader: User, **values: Any) -> "OfReader":
        return OfReader(self, reader, values)

    def among(self, posts: PostQuerySet, **values: Any) -> Listed:
        """The same of other posts."""
        return Plain(self.narrow(posts, **values))

    def _statement(self, user: int, is_superuser: bool, order: Order, goes_on: bool, count: int) -> SQL:
        reader = User(pk=user, is_superuser=is_superuser)
        published = Post.objects.visible_to(reader).published()
        slots: dict[str, Any] = {name: Slot(name, each) for name, each in self.fields.items()}
        if self.each:
            slots[self.each] = RawSQL("every.one", (), BigIntegerField())
        posts = self.narrow(published, **slots)
        last: Any = (Slot("value", _VALUES[order]), Slot("pk", BigIntegerField())) if goes_on else None
        sql, params = compiled(_newest(posts, last) if order == "newest" else _popular(posts, last))
        # A number, so that PostgreSQL knows that few are wanted.
        sql = f"{sql} LIMIT {count}"
        if not self.each:
            return sql, params
        every = f"FROM unnest(%s::bigint[]) AS every (one) CROSS JOIN LATERAL ({sql}) AS found"
        first = f"SELECT found.* {every} ORDER BY 1 DESC, 2 DESC LIMIT {count}"
        return first, (Open(self.each), *params)


@dataclass(frozen=True, slots=True)
class OfReader:
    listing: Listing
    reader: User
    values: dict[str, Any] = field(default_factory=dict)

    def newest(self, older_than: Place[datetime] | None, count: int) -> list[Place[datetime]]:
        return self._found("newest", older_than, count)

    def popular(self, below: Place[float] | None, count: int) -> list[Place[float]]:
        return self._found("popular", below, count)

    def filled(self, order: Order, last: Place[Any] | None, count: int) -> tuple[str, list[Any]]:
        """For prepared.several."""
        user = self.reader
        sql, params = self.listing.statement(user.pk, user.is_superuser, order, last is not None, count)
        value, pk = last or (None, None)
        return sql, filled(params, self.values | {"value": value, "pk": pk})

    def _found(self, order: Order, last: Place[Any] | None, count: int) -> list[Any]:
        return self.listing.run(*self.filled(order, last, count))


def _newest(posts: PostQuerySet, older_than: Any) -> Any:
    return posts.newest_first(older_than=older_than).values_list("published_at", "pk")


def _popular(posts: PostQuerySet, below: Any) -> Any:
    return posts.popular_first(below=below).values_list("popularity__score", "pk")


def _in_spaces(posts: PostQuerySet, spaces: Any) -> PostQuerySet:
    is_each = isinstance(spaces, RawSQL)
    return posts.filter(space=spaces) if is_each else posts.filter(IsAny("space", spaces))


def _carrying(posts: PostQuerySet, tags: Any) -> PostQuerySet:
    """By no index of tags."""
    carried = Func(F("tags"), template="(%(expressions)s || '{}')", output_field=_TAGS)
    return posts.alias(carried=carried).filter(carried__contains=tags)


def _collected(posts: PostQuerySet, collections: Any) -> PostQuerySet:
    items = CollectionItem.objects.filter(IsAny("collection", collections))
    return posts.filter(pk__in=items.order_by().values("post"))


def _written(posts: PostQuerySet, people: Any) -> PostQuerySet:
    return posts.filter(pk__in=Authorship.objects.filter(IsAny("user", people)).values("post"))


_VALUES: dict[Order, "Field[Any, Any]"] = {"newest": DateTimeField(), "popular": FloatField()}
_ID, _IDS, _TAGS = BigIntegerField(), ArrayField(BigIntegerField()), ArrayField(CharField(max_length=100))
EVERYTHING = Listing(lambda posts: posts, is_alike=True)
IN_SPACE = Listing(lambda posts, space: posts.filter(space=space), space=_ID)
IN_SPACES = Listing(_in_spaces, each="spaces", is_alike=True)
TAGGED = Listing(lambda posts, tags: posts.filter(tags__contains=tags), tags=_TAGS)
OFTEN = 5_000  # posts with a tag
# Of a tag that thousands have, the newest are met soon: posts are walked by date, by a plan made once.
TAGGED_OFTEN = Listing(_carrying, is_alike=True, tags=_TAGS)
TAGGED_ANY = Listing(lambda posts, tags: posts.filter(tags__overlap=tags), tags=_TAGS)
WRITTEN = Listing(lambda posts, author: posts.by_author(author), author=CharField(max_length=150))
WRITTEN_BY_ANY = Listing(_written, people=_IDS)
ANY_OF = Listing(lambda posts, ids: posts.filter(IsAny("pk", ids)), is_alike=True, ids=_IDS)
COLLECTED = Listing(_collected, is_alike=True, collections=_IDS)
FOUND_FOR = Listing(
    lambda posts, person: posts.filter(pk__in=Notification.objects.found_for(person).values("post")),
    is_alike=True,
    person=_ID,
)
