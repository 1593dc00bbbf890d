"""Lists in pages that neither repeat nor lose rows while new ones arrive."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.conf import settings
from django.db.models import Q, QuerySet
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from knowledge.models import Post
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


class ByPopularity(CursorPagination):
    """Posts, the most read first. Many have one score, so that a place is a score and an id."""

    place = re.compile(r"(\d{1,15}(?:\.\d{1,20})?(?:e-?\d{1,3})?)-(\d{1,18})", re.ASCII)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        posts = cast(PostQuerySet, queryset)
        self.base_url = settings.SITE_URL + request.get_full_path()
        size, cursor = self.get_page_size(request) or 1, self.decode_cursor(request)
        self.position: Any = cursor.position if cursor else None
        is_back = bool(cursor and cursor.reverse)
        following = self._following(posts, is_back=is_back).values("pk")[: size + 1]
        # What a row shows is loaded for these alone: it would be sorted along.
        found = list(posts.filter(pk__in=following).popular_first())
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

    def _following(self, posts: PostQuerySet, *, is_back: bool) -> PostQuerySet:
        """From the cursor's place on, or back from it, the nearest first."""
        mark = self.place.fullmatch(str(self.position))
        score, pk = (float(mark[1]), int(mark[2])) if mark else (0.0, 0)
        if not is_back:
            return posts.popular_first(below=(score, pk) if mark else None)
        higher = Q(popularity__score__gt=score) | Q(popularity__pk__gt=pk)
        return posts.popular_first().reverse().filter(higher, popularity__score__gte=score)

    def _link(self, row: Sequence[Post], *, is_back: bool) -> str:
        """On from `row`; where a page is empty, from where it would begin."""
        position: Any = f"{row[0].popularity.score!r}-{row[0].pk}" if row else self.position
        return self.encode_cursor(pagination.Cursor(0, is_back, position))


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
