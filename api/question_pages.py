"""Pages of the shelves of open questions, each in its order. Of those in one place the id decides."""

import re
from datetime import date, datetime
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.pagination import CursorPagination


class ByVotes(CursorPagination):
    ordering = ("-votes", "-id")  # type: ignore[assignment]  # as DRF takes it


class _InTime(CursorPagination):
    place = re.compile(r"[0-9:. +-]{10,40}", re.ASCII)
    moment: type[date] = date  # what places are

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        try:
            if cursor and cursor.position is not None:
                self.moment.fromisoformat(cursor.position)
        except ValueError:
            raise ValidationError({"cursor": ["Take it from `next` or `previous` as it is."]}) from None
        return cursor


class ByNeed(_InTime):
    """The soonest first."""

    ordering = ("needed_by", "id")  # type: ignore[assignment]  # as DRF takes it


class ByMovement(_InTime):
    """Those that moved on last, first."""

    ordering = ("-moved_at", "-id")  # type: ignore[assignment]  # as DRF takes it
    moment = datetime


PAGES: dict[str, type[CursorPagination]] = {
    "wanted": ByVotes,
    "new": CursorPagination,
    "soon": ByNeed,
    "answered": ByMovement,
    "mine": CursorPagination,
    "taken": CursorPagination,
}
