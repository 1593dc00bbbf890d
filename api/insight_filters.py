"""Which insights a list has, and in which order."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.insight_shapes import STATES
from api.moments import moment
from knowledge.models import Insight, User
from knowledge.models.insight import InsightQuerySet
from knowledge.models.insight_facts import Stamp, page_of_stamps, stamps_in

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SLACK = timedelta(minutes=5)  # longer than any transaction that publishes takes
ORDERS = ("new", "changed")
ORDER = OpenApiParameter("order", OpenApiTypes.STR, enum=ORDERS, default="new", description="Of pages.")
FROM, TO = (
    OpenApiParameter(
        name, OpenApiTypes.STR, description=f"{what} this day, moment, or milliseconds since 1970."
    )
    for name, what in (("from", "Not before"), ("to", "Not after"))
)


class InsightFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=150, help_text="Part of a name or a title.")
    space = serializers.CharField(required=False)
    tag = serializers.CharField(required=False, help_text="Of posts with this tag.")
    author = serializers.CharField(required=False, help_text="A user name, or a name as written.")
    status = serializers.ChoiceField(STATES, required=False)
    changed_since = serializers.CharField(
        required=False,
        help_text=(
            "A day or a moment by ISO 8601. Those with another reading or state since, and those of the "
            "five minutes before, for what is being written is seen once it is done."
        ),
    )


def matching(caller: User, request: Request) -> InsightQuerySet:
    """What InsightFilters ask for, of what the caller sees."""
    asked = request.query_params
    found = Insight.objects.visible_to(caller)
    if words := asked.get("q"):
        found = found.called(_text(words)[:150])
    if space := asked.get("space"):
        found = found.filter(space__slug=_text(space))
    if tag := asked.get("tag"):
        found = found.tagged(_text(tag))
    if author := asked.get("author"):
        found = found.by_author(_text(author))
    if status := _state(request):
        found = found.in_state(status)
    if since := asked.get("changed_since"):
        found = found.moved_since(_since(since))
    return found


def published(readings: Any, since: datetime | None, until: datetime | None) -> Any:
    """Those of a history that were published in between."""
    readings = readings.filter(published_at__gte=since) if since else readings
    return readings.filter(published_at__lte=until) if until else readings


def finder(caller: User, request: Request) -> "_Newest | _Changed":
    order = request.query_params.get("order") or ORDERS[0]
    if order not in ORDERS:
        raise ValidationError({"order": [f"Send one of {', '.join(ORDERS)}."]})
    return _Changed(caller, request) if order == "changed" else _Newest(caller, request)


class _Newest:
    """By a statement that is ready, unless it is by words, tag or author."""

    places = re.compile(r"[0-9]{1,18}", re.ASCII)

    def __init__(self, caller: User, request: Request) -> None:
        self.caller, self.request = caller, request

    def find(self, count: int, place: str | None, *, is_back: bool) -> Sequence[Stamp]:
        asked, pk = self.request.query_params, int(place) if place else None
        if any(asked.get(name) for name in ("q", "tag", "author")):
            found = matching(self.caller, self.request).order_by("pk" if is_back else "-pk")
            if pk is not None:
                found = found.filter(Q(pk__gt=pk) if is_back else Q(pk__lt=pk))
            ids = list(found.values_list("pk", flat=True)[:count])
            return stamps_in(self.caller, ids[::-1] if is_back else ids)
        narrow: dict[str, Any] = {}
        if space := asked.get("space"):
            narrow["space"] = _text(space)
        if since := asked.get("changed_since"):
            narrow["since"] = _since(since)
        state = _state(self.request)
        return page_of_stamps(self.caller, count=count, place=pk, is_back=is_back, state=state, **narrow)

    def place(self, stamp: Stamp) -> str:
        return str(stamp[0])


class _Changed:
    """Those of which what is told changed last come first. A place is a moment in microseconds, and an id."""

    places = re.compile(r"[0-9]{1,17}\.[0-9]{1,18}", re.ASCII)

    def __init__(self, caller: User, request: Request) -> None:
        self.caller, self.request = caller, request
        self.moved: dict[int, datetime] = {}

    def find(self, count: int, place: str | None, *, is_back: bool) -> Sequence[Stamp]:
        found = matching(self.caller, self.request)
        if place:
            moved, _, pk = place.partition(".")
            at = EPOCH + timedelta(microseconds=int(moved))
            beyond = Q(moved_at=at, pk__gt=pk) | Q(moved_at__gt=at)
            before = Q(moved_at=at, pk__lt=pk) | Q(moved_at__lt=at)
            found = found.filter(beyond if is_back else before)
        found = found.order_by("moved_at", "pk") if is_back else found.order_by("-moved_at", "-pk")
        self.moved = dict(found.values_list("pk", "moved_at")[:count])
        ids = list(self.moved)
        return stamps_in(self.caller, ids[::-1] if is_back else ids)

    def place(self, stamp: Stamp) -> str:
        return f"{(self.moved[stamp[0]] - EPOCH) // timedelta(microseconds=1)}.{stamp[0]}"


def _since(said: str) -> datetime:
    since = moment("changed_since", said, is_end=False)
    return since - SLACK if since.year > 1 else since


def _state(request: Request) -> Insight.State | None:
    status = request.query_params.get("status")
    if status and status not in Insight.State.values:
        raise ValidationError({"status": [f"Send one of {', '.join(Insight.State.values)}."]})
    return Insight.State(status) if status else None


def _text(value: str) -> str:
    return value.replace("\x00", "")
