"""Lists in pages that neither repeat nor lose rows while new ones arrive."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class CursorPagination(pagination.CursorPagination):
    """Newest first. A cursor holds the last row's place in `ordering`, which has to be a unique column."""

    ordering = "-id"
    page_size_query_param = "page_size"
    page_size_query_description = "Rows a page, 100 at the most."
    max_page_size = 100
    place = re.compile(r"[0-9]{1,18}", re.ASCII)

    def decode_cursor(self, request: Request) -> Any:
        """The place in the list that `?cursor=` names; it is the caller's to spell, so it may be anything."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not self.place.fullmatch(str(cursor.position)):
            raise ValidationError({"cursor": ["Take the cursor from `next` or `previous` as it is."]})
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
