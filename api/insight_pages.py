"""Pages of insights: whole rows are asked for from a place on, by statements that are planned once."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from django.conf import settings
from rest_framework.pagination import Cursor
from rest_framework.request import Request

from api.pagination import CursorPagination
from knowledge.models.insight_facts import Stamp


class Finder(Protocol):
    """What is listed, in its order, from a place on or back."""

    places: re.Pattern[str]

    def find(self, count: int, place: str | None, *, is_back: bool) -> Sequence[Stamp]:
        """The first beyond the place, or the last before it."""

    def place(self, stamp: Stamp) -> str:
        """Of one that was found."""


class InsightPages(CursorPagination):
    def found(self, request: Request, finder: Finder) -> Sequence[Stamp]:
        self.finder, self.place = finder, finder.places
        self.base_url = settings.SITE_URL + request.get_full_path()
        size, cursor = self.get_page_size(request) or 1, self.decode_cursor(request)
        self.position = (cursor and cursor.position) or None
        is_back = bool(cursor and cursor.reverse and self.position is not None)
        found = finder.find(size + 1, self.position, is_back=is_back)
        has_more = len(found) > size
        self.stamps = found[-size:] if is_back else found[:size]
        self.has_next, self.has_previous = has_more, self.position is not None
        if is_back:
            self.has_next, self.has_previous = self.has_previous, self.has_next
        return self.stamps

    def get_next_link(self) -> str | None:
        return self._link(self.stamps[-1:], is_back=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(self.stamps[:1], is_back=True) if self.has_previous else None

    def _link(self, stamp: Sequence[Stamp], *, is_back: bool) -> str:
        """On from `stamp`; where a page is empty, from where it would begin."""
        place: Any = self.finder.place(stamp[0]) if stamp else self.position
        return self.encode_cursor(Cursor(0, is_back, place))
