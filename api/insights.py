"""/api/v1/insights/: numbers that posts publish, with what they rest on and what they were."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson
from django.db.models import Q
from django.http import HttpResponse
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_formats import (
    ARROW,
    OPENMETRICS,
    PARQUET,
    FastJSON,
    as_csv,
    asked_format,
    download,
    etag_of,
    not_modified,
    tagged,
)
from api.insight_limits import limits_of, outside_of
from api.insight_pages import Find, InsightPages
from api.insight_shapes import STATES, InsightSerializer, ReadingSerializer
from api.links import absolute
from knowledge.models import Insight, Post, User
from knowledge.models.insight import InsightQuerySet
from knowledge.models.insight_facts import (
    Stamp,
    facts_of,
    history_of,
    page_of_stamps,
    reading_of,
    stamp_of_one,
    stamps_of,
)
from knowledge.serving import columns, flat
from knowledge.serving.exposition import exposition
from knowledge.serving.facts import BeforeFacts, InsightFacts, ReadingFacts
from portal.kept import Kept

ALL = 10_000  # insights that an answer without pages has at the most
READINGS = 20_000  # of a history in a file
_AT = OpenApiParameter(
    "at", OpenApiTypes.STR, description="As it was at this moment, or at the end of this day."
)


def _format(*names: str) -> OpenApiParameter:
    return OpenApiParameter(
        "format", OpenApiTypes.STR, enum=names, description="Instead of what `Accept` says."
    )


class InsightFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False)
    tag = serializers.CharField(required=False, help_text="Of posts with this tag.")
    author = serializers.CharField(required=False, help_text="A user name, or a name as written.")
    status = serializers.ChoiceField(STATES, required=False)
    changed_since = serializers.CharField(required=False, help_text="A day or a moment by ISO 8601.")


class InsightViewSet(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = InsightSerializer
    renderer_classes = [FastJSON]
    pagination_class = InsightPages
    paginator: InsightPages

    @extend_schema(
        summary="List insights, the newest first",
        description="In pages as JSON. As CSV, as flat `rows` of JSON for panels, and as OpenMetrics: all.",
        parameters=[InsightFilters, _format("json", "csv", "rows", "openmetrics")],
        responses={
            (200, "application/json"): InsightSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, "application/openmetrics-text"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def list(self, request: Request) -> Any:
        form = asked_format(request, ("json", "csv", "rows", "openmetrics"))
        if form != "json":
            found = all_of(self.caller, matching(self.caller, request))
            return self._in_shape(request, form, found, "insights")
        stamps = self.paginator.found(request, finder(self.caller, request))
        links = self.paginator.get_next_link(), self.paginator.get_previous_link()
        etag = self._etag(stamps, links)
        if fresh := not_modified(request, etag):
            return fresh
        answer = self.get_paginated_response(told(self.caller, stamps))
        return tagged(answer, etag)

    @extend_schema(
        summary="Show an insight",
        parameters=[_AT, _format("json", "csv", "rows", "openmetrics")],
        responses={
            (200, "application/json"): InsightSerializer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, "application/openmetrics-text"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def retrieve(self, request: Request, space: str, name: str) -> Any:
        form = asked_format(request, ("json", "csv", "rows", "openmetrics"))
        asked = request.query_params.get("at")
        at = moment("at", asked, is_end=True) if asked else None
        stamp = stamp_of_one(self.caller, space, name, at)
        if stamp is None:
            raise NotFound()
        if form != "json":
            return self._in_shape(request, form, [stamp], name)
        etag = self._etag(stamp)
        if fresh := not_modified(request, etag):
            return fresh
        found = next(iter(told(self.caller, [stamp])), None)
        if found is None:
            raise NotFound()
        return deprecated(tagged(Response(found), etag), found, self.caller)

    @extend_schema(
        summary="List all readings of an insight, the newest first",
        description="In pages as JSON; as CSV, Parquet and Arrow stream the newest 20,000.",
        parameters=[_format("json", "csv", "parquet", "arrow")],
        responses={
            (200, "application/json"): ReadingSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, PARQUET): OpenApiResponse(OpenApiTypes.BINARY),
            (200, ARROW): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    def history(self, request: Request, space: str, name: str) -> Any:
        form = asked_format(request, ("json", "csv", "parquet", "arrow"))
        stamp = stamp_of_one(self.caller, space, name)
        if stamp is None:
            raise NotFound()
        readings = history_of(self.caller, stamp[0])
        if form != "json":
            return self._file(form, readings[:READINGS], space, name)
        page = self.paginate_queryset(readings) or ()
        return self.get_paginated_response([_reading(reading_of(each)) for each in page])

    def _in_shape(self, request: Request, form: str, stamps: Sequence[Stamp], name: str) -> Any:
        etag = self._etag(stamps, form)
        if fresh := not_modified(request, etag):
            return fresh
        return tagged(SHAPES[form](facts_of(self.caller, stamps), name), etag)

    def _file(self, form: str, rows: Iterable[dict[str, Any]], space: str, name: str) -> Any:
        """All of a history; who asks again is told by the bytes whether that is another."""
        readings = [reading_of(each) for each in rows]
        if form == "csv":
            return as_csv(flat.history_rows(readings), name)
        about = {"almanac.space": space, "almanac.name": name}
        if form == "parquet":
            return download(columns.parquet(readings, about), PARQUET, f"{name}.parquet")
        return download(columns.arrow(readings, about), ARROW, f"{name}.arrows")

    def _etag(self, *parts: object) -> str:
        """ "" where the answer holds more than what the stamps decide: then its bytes tell."""
        if "expand" in self.request.query_params:
            return ""
        return etag_of(parts, InsightSerializer._declared_fields.keys())


def matching(caller: User, request: Request) -> InsightQuerySet:
    """What InsightFilters ask for, of what the caller sees."""
    asked = request.query_params
    found = Insight.objects.visible_to(caller)
    if space := asked.get("space"):
        found = found.filter(space__slug=_text(space))
    if tag := asked.get("tag"):
        found = found.tagged(_text(tag))
    if author := asked.get("author"):
        found = found.by_author(_text(author))
    if status := _state(request):
        found = found.in_state(status)
    if since := asked.get("changed_since"):
        found = found.filter(changed_at__gte=moment("changed_since", since, is_end=False))
    return found


def finder(caller: User, request: Request) -> Find:
    """Pages of the same: by a statement that is ready, unless it is by tag or author."""
    asked = request.query_params

    def find(count: int, place: int | None, is_back: bool) -> Sequence[Stamp]:
        if asked.get("tag") or asked.get("author"):
            found = matching(caller, request).order_by("pk" if is_back else "-pk")
            if place is not None:
                found = found.filter(Q(pk__gt=place) if is_back else Q(pk__lt=place))
            return stamps_of(caller, list(found.values_list("pk", flat=True)[:count]))
        narrow: dict[str, Any] = {}
        if space := asked.get("space"):
            narrow["space"] = _text(space)
        if since := asked.get("changed_since"):
            narrow["since"] = moment("changed_since", since, is_end=False)
        state = _state(request)
        return page_of_stamps(caller, count=count, place=place, is_back=is_back, state=state, **narrow)

    return find


def _state(request: Request) -> Insight.State | None:
    status = request.query_params.get("status")
    if status and status not in Insight.State.values:
        raise ValidationError({"status": [f"Send one of {', '.join(Insight.State.values)}."]})
    return Insight.State(status) if status else None


def all_of(caller: User, found: InsightQuerySet) -> list[Stamp]:
    """Refused where there are too many for one answer. Two queries."""
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[: ALL + 1])
    if len(ids) > ALL:
        raise ValidationError({"format": [f"These are more than {ALL:,}: narrow them by space or tag."]})
    return stamps_of(caller, ids)


# As JSON, by stamp: that says all that decides what is told. Of whoever sees it, it is the same.
_kept: Kept[bytes] = Kept(16_000_000)  # bytes in each process


def told(caller: User, stamps: Sequence[Stamp]) -> list[dict[str, Any]]:
    """Each as it is served, in their order. Two queries, where any was not told before."""
    keys = {stamp[0]: (*stamp[:-1], *stamp[-1]) for stamp in stamps if stamp[-1]}
    kept = {pk: found for pk, key in keys.items() if (found := _kept.get(key))}
    for insight in facts_of(caller, [stamp for stamp in stamps if stamp[0] not in kept]):
        said = orjson.dumps(_whole(insight))
        _kept.put(keys[insight.id], said, len(said))
        kept[insight.id] = said
    return [orjson.loads(kept[pk]) for pk in keys if pk in kept]  # what is gone meanwhile isn't told


def deprecated(answer: Any, found: dict[str, Any], caller: User) -> Any:
    """RFC 9745: another post took the place of the one that says it; which, if the caller sees that."""
    if found["status"] != Insight.State.SUPERSEDED:
        return answer
    seen = Post.objects.visible_to(caller).select_related("space").filter(supersedes=found["post"])
    successor = seen.first()
    since = successor.published_at if successor else None
    since = since or datetime.fromisoformat(found["published_at"])
    answer["Deprecation"] = f"@{since.timestamp():.0f}"
    if successor:
        answer["Link"] = f'<{absolute(successor.get_absolute_url())}>; rel="successor-version"'
    return answer


def _whole(insight: InsightFacts) -> dict[str, Any]:
    newest, before = insight.newest, insight.before
    return {
        "space": insight.space,
        "name": insight.name,
        "title": newest.title,
        **_reading(newest),
        "status": insight.status,
        "trust": insight.trust.word,
        "trust_reasons": list(insight.trust.reasons),
        "trust_next": insight.trust.next,
        "previous": _previous(before) if before else None,
        "delta": _delta(newest.number, before.number) if before else None,
        "url": page_of(insight),
        "post_url": _place(insight),
        "history": absolute(f"/api/v1/insights/{insight.space}/{insight.name}/history/"),
        "limits": limits_of(insight),
        "outside": outside_of(insight),
    }


def page_of(insight: InsightFacts) -> str:
    """Its page. Written out, for Django takes longer to make an address than all else of a row."""
    return absolute(f"/insights/{insight.space}/{insight.name}")


def _place(insight: InsightFacts) -> str | None:
    if not insight.post_path:
        return None
    path = quote(insight.post_path, safe=_PLAIN)
    return absolute(f"/s/{insight.space}/{path}#{insight.newest.anchor}".rstrip("#"))


_PLAIN = "/~:@!$&'()*+,;="  # as Django's reverse() leaves them


def _reading(reading: ReadingFacts) -> dict[str, Any]:
    return {
        "value": reading.value,
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "interval": reading.interval,
        "dimensions": reading.dimensions,
        "published_at": flat.iso(reading.published_at),
        "post": reading.post_id,
        "revision": reading.revision_number,
        "commit": reading.commit,
        "cell": reading.anchor or None,
        "authors": reading.authors,
        "reviewed_by": reading.reviewed_by,
        "reason": reading.reason,
    }


def _previous(reading: BeforeFacts) -> dict[str, Any]:
    return {
        "value": reading.value,
        "as_of": reading.as_of or None,
        "revision": reading.revision_number,
        "published_at": flat.iso(reading.published_at),
    }


def _delta(newest: Decimal | None, before: Decimal | None) -> float | None:
    return float(newest - before) if newest is not None and before is not None else None


def _rows(insights: list[InsightFacts], name: str) -> Any:
    return Response([flat.row(it, page_of(it)) for it in insights])


SHAPES: dict[str, Callable[[list[InsightFacts], str], Any]] = {
    "csv": lambda insights, name: as_csv(flat.rows(insights), name),
    "rows": _rows,
    "openmetrics": lambda insights, name: HttpResponse(exposition(insights), content_type=OPENMETRICS),
}


def _text(value: str) -> str:
    return value.replace("\x00", "")


def moment(name: str, value: str, *, is_end: bool) -> datetime:
    """A moment, or the beginning or the end of a day, in UTC where it says no other."""
    try:
        if day := parse_date(value):
            return datetime.combine(day, time.max if is_end else time.min, UTC)
        moment = parse_datetime(value)
    except ValueError:
        moment = None
    if moment is None:
        raise ValidationError({name: ["Send a day or a moment by ISO 8601, such as 2026-10-01."]})
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
