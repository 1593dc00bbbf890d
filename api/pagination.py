"""Lists in pages that neither repeat nor lose rows while new ones arrive."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from knowledge.models import Popularity, Post
from knowledge.models.post_orders import ORDERS, ordered
from knowledge.models.post_queryset import PostQuerySet

if TYPE_CHECKING:
    from rest_framework.views import APIView


class CursorPagination(pagination.CursorPagination):
    """Newest first. A cursor holds the last row's place in `ordering`, which has to be a unique column."""

    ordering = "-id"
    page_size_query_param = "page_size"
    page_size_query_description = "Rows a page, 100 at the most."
    max_page_size = 100
    place = re.compile(r"[0-9]{1,18}", re.ASCII)
    made_up: ClassVar[dict[str, list[str]]] = {
        "cursor": ["Take the cursor from `next` or `previous` as it is."]
    }

    def decode_cursor(self, request: Request) -> Any:
        """The place in the list that `?cursor=` names; it is the caller's to spell, so it may be anything."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise ValidationError(self.made_up) from None
        if cursor and cursor.position is not None and not self.place.fullmatch(str(cursor.position)):
            raise ValidationError(self.made_up)
        return cursor

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any] | None:
        page: list[Any] | None = super().paginate_queryset(queryset, request, view)
        self.base_url = settings.SITE_URL + request.get_full_path()
        return page

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }


class InOrder(CursorPagination):
    """Posts by one of post_orders.ORDERS. Many have one value there, so that a place is a value and an id."""

    def __init__(self, order: str = "popular", *, descending: bool = True) -> None:
        self.order, self.descending, self.place = order, descending, _PLACES[order]

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        posts = cast(PostQuerySet, queryset)
        self.base_url = settings.SITE_URL + request.get_full_path()
        size, cursor = self.get_page_size(request) or 1, self.decode_cursor(request)
        self.position: Any = cursor.position if cursor else None
        is_back = bool(cursor and cursor.reverse)
        way = self.descending != is_back
        following = ordered(posts, self.order, descending=way, after=self._last()).values("pk")[: size + 1]
        # What a row shows is loaded for these alone: it would be sorted along.
        found = list(ordered(posts.filter(pk__in=following), self.order, descending=self.descending))
        has_more = len(found) > size
        self.rows = (found[-size:] if is_back else found[:size]) if has_more else found
        self.has_next, self.has_previous = has_more, self.position is not None
        if is_back:
            self.has_next, self.has_previous = self.has_previous, self.has_next
        return self.rows

    def get_next_link(self) -> str | None:
        return self._link(self.rows[-1:], is_back=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(self.rows[:1], is_back=True) if self.has_previous else None

    def _last(self) -> Post | None:
        """As much as `ordered` asks for of the post at the cursor's place."""
        mark = self.place.fullmatch(str(self.position)) if self.position is not None else None
        if mark is None:
            return None
        post = Post(pk=int(mark[2]))
        if self.order == "popular":
            Popularity(post=post, score=float(mark[1]))
        else:
            column = ORDERS[self.order][0]
            setattr(post, column, mark[1] if self.order == "title" else _moment(mark[1]))
        return post

    def _link(self, row: Sequence[Post], *, is_back: bool) -> str:
        """On from `row`; where a page is empty, from where it would begin."""
        position: Any = f"{self._value(row[0])}-{row[0].pk}" if row else self.position
        return self.encode_cursor(pagination.Cursor(0, is_back, position))

    def _value(self, post: Post) -> str:
        if self.order == "popular":
            return repr(post.popularity.score)
        value: datetime | str = getattr(post, ORDERS[self.order][0])
        return value if isinstance(value, str) else str((value - _EPOCH) // _MICROSECOND)


_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_AT = re.compile(r"(-\d{1,16}|\d{1,17})-(\d{1,18})", re.ASCII)
_PLACES = {
    "popular": re.compile(r"(\d{1,15}(?:\.\d{1,20})?(?:e-?\d{1,3})?)-(\d{1,18})", re.ASCII),
    "title": re.compile(r"([^\x00]{0,500})-(\d{1,18})", re.ASCII),
    "published": _AT,
    "updated": _AT,
}


def _moment(microseconds: str) -> datetime:
    return _EPOCH + int(microseconds) * _MICROSECOND


class Oldest(CursorPagination):
    ordering = "id"


class BySlug(CursorPagination):
    """In the order of the alphabet."""

    ordering = "slug"
    place = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class ByUsername(CursorPagination):
    ordering = "username"
    place = re.compile(r"[^\x00]{1,150}")


class ByTag(CursorPagination):
    ordering = "name"
    place = re.compile(r"[^\x00]{1,100}")


class ByNumber(CursorPagination):
    """Revisions of one post, the newest first."""

    ordering = "-number"


class ByLibrary(CursorPagination):
    ordering = "library"
    place = re.compile(r"[^\x00]{1,100}")


class ByPost(CursorPagination):
    """What there is one of for each post, the newest posts first."""

    ordering = "-post_id"
