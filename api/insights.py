"""/api/v1/insights/: numbers that posts publish, with what they rest on and what they were."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_filters import FROM, ORDER, TO, InsightFilters, finder, matching, published
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
from api.insight_pages import InsightPages
from api.insight_shapes import InsightSerializer, ReadingSerializer
from api.insight_told import page_of, told, told_reading
from api.links import absolute
from api.moments import bound, moment
from knowledge.models import Insight, Post, User
from knowledge.models.insight import InsightQuerySet
from knowledge.models.insight_facts import (
    Stamp,
    facts_of,
    history_of,
    is_superseded,
    reading_of,
    stamp_of_one,
    stamps_of,
)
from knowledge.serving import columns, flat
from knowledge.serving.exposition import exposition
from knowledge.serving.facts import InsightFacts

ALL = 10_000  # insights that an answer without pages has at the most
READINGS = 20_000  # of a history in a file
_AT = OpenApiParameter(
    "at", OpenApiTypes.STR, description="As it was at this moment, or at the end of this day."
)


def _format(*names: str) -> OpenApiParameter:
    return OpenApiParameter(
        "format", OpenApiTypes.STR, enum=names, description="Instead of what `Accept` says."
    )


class InsightViewSet(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = InsightSerializer
    renderer_classes = [FastJSON]
    pagination_class = InsightPages
    paginator: InsightPages

    @extend_schema(
        summary="List insights, the newest first",
        description=(
            "In pages as JSON, with `order=changed` those changed last first. As CSV, as flat `rows` of JSON "
            "for panels, and as OpenMetrics: all."
        ),
        parameters=[InsightFilters, ORDER, _format("json", "csv", "rows", "openmetrics")],
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
        asked = request.query_params.get("at")
        at = moment("at", asked, is_end=True) if asked else None
        stamp = stamp_of_one(self.caller, space, name, at)
        if stamp is None:
            raise NotFound()
        return deprecated(self._one(request, stamp, name), stamp, self.caller)

    @extend_schema(
        summary="List all readings of an insight, the newest first",
        description=(
            "In pages as JSON; as CSV, Parquet and Arrow stream the newest 20,000, with a header "
            "`Almanac-Truncated` where there are more. `from` and `to` are about when they were published."
        ),
        parameters=[FROM, TO, _format("json", "csv", "parquet", "arrow")],
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
        asked = request.query_params
        limits = bound(asked, "from", is_end=False), bound(asked, "to", is_end=True)
        readings = published(history_of(self.caller, stamp[0]), *limits)
        if form != "json":
            rows = list(readings[: READINGS + 1])
            answer = self._file(form, rows[:READINGS], space, name)
            if len(rows) > READINGS:
                answer["Almanac-Truncated"] = str(READINGS)
        else:
            page = self.paginate_queryset(readings) or ()
            answer = self.get_paginated_response([told_reading(reading_of(each)) for each in page])
        return deprecated(answer, stamp, self.caller)

    def _one(self, request: Request, stamp: Stamp, name: str) -> Any:
        form = asked_format(request, ("json", "csv", "rows", "openmetrics"))
        if form != "json":
            return self._in_shape(request, form, [stamp], name)
        etag = self._etag(stamp)
        if fresh := not_modified(request, etag):
            return fresh
        found = next(iter(told(self.caller, [stamp])), None)
        if found is None:
            raise NotFound()
        return tagged(Response(found), etag)

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


def all_of(caller: User, found: InsightQuerySet) -> list[Stamp]:
    """Refused where there are too many for one answer. Two queries."""
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[: ALL + 1])
    if len(ids) > ALL:
        raise ValidationError({"format": [f"These are more than {ALL:,}: narrow them by space or tag."]})
    return stamps_of(caller, ids)


def deprecated(answer: Any, stamp: Stamp, caller: User) -> Any:
    """RFC 9745: another post took the place of the one that says it; which, if the caller sees that."""
    if not is_superseded(stamp):
        return answer
    insight = Insight.objects.select_related("post__superseded_by__space").get(pk=stamp[0])
    successor = insight.post.superseded_by if insight.post else None
    since = (successor.published_at if successor else None) or insight.changed_at
    answer["Deprecation"] = f"@{since.timestamp():.0f}"
    if successor and Post.objects.visible_to(caller).filter(pk=successor.pk).exists():
        answer["Link"] = f'<{absolute(successor.get_absolute_url())}>; rel="successor-version"'
    return answer


def _rows(insights: list[InsightFacts], name: str) -> Any:
    return Response([flat.row(it, page_of(it)) for it in insights])


SHAPES: dict[str, Callable[[list[InsightFacts], str], Any]] = {
    "csv": lambda insights, name: as_csv(flat.rows(insights), name),
    "rows": _rows,
    "openmetrics": lambda insights, name: HttpResponse(exposition(insights), content_type=OPENMETRICS),
}
