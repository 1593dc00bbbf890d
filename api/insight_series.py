"""/api/v1/insights/series/ and metrics/: how insights went, for panels; what they say now, for scrapers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_filters import FROM, TO, InsightFilters, matching, published
from api.insight_formats import (
    OPENMETRICS,
    PROMETHEUS,
    FastJSON,
    as_csv,
    asked_format,
    etag_of,
    not_modified,
    tagged,
)
from api.insights import all_of
from api.moments import bound
from knowledge.models import Insight
from knowledge.models.insight_facts import COLUMNS, facts_of, history_of, reading_of, stamps_of
from knowledge.serving import flat
from knowledge.serving.exposition import exposition
from knowledge.serving.facts import InsightFacts, ReadingFacts

NAMED = 50  # insights of which one answer tells
POINTS = 20_000
READ = 200_000  # readings that are looked through for them
BY = ("as_of", "published_at")


class PointSerializer(serializers.Serializer[Any]):
    time = serializers.DateTimeField(help_text="What it is of, or when it was published: see `by`.")
    insight = serializers.CharField(help_text="space/name")
    value = serializers.FloatField(allow_null=True, help_text="null for what is no number.")
    exact = serializers.CharField(
        allow_null=True, help_text="The number with all of its digits; null where a float says it all."
    )
    text = serializers.CharField(allow_null=True, help_text="What is no number; JSON for a truth or a table.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    as_of = serializers.CharField(allow_null=True)
    published_at = serializers.DateTimeField()
    revision = serializers.IntegerField()
    status = serializers.ChoiceField(Insight.State.choices)


class SeriesFilters(serializers.Serializer[Any]):
    insight = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=NAMED,
        min_length=1,
        help_text=f"space/name, once for each; {NAMED} at the most.",
        error_messages={"required": "Name an insight by insight=space/name, once for each."},
    )
    by = serializers.ChoiceField(BY, default="as_of", help_text="What `time` is.")


class InsightSeriesViewSet(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = PointSerializer
    renderer_classes = [FastJSON]
    pagination_class = None

    @extend_schema(
        summary="Show how insights went, as flat rows",
        description=(
            "Of all that `from` and `to` leave, the oldest first: days, moments by ISO 8601, or milliseconds "
            "since 1970. Withdrawn insights are left out. Each dimension is a column `dimension_<name>`."
        ),
        parameters=[SeriesFilters, FROM, TO],
        responses={(200, "application/json"): PointSerializer(many=True)},
    )
    def list(self, request: Request) -> Any:
        form = asked_format(request, ("json", "csv"))
        asked = request.query_params
        sent = self.sent(
            SeriesFilters,
            {"insight": asked.getlist("insight"), **({"by": asked["by"]} if "by" in asked else {})},
        )
        limits = bound(asked, "from", is_end=False), bound(asked, "to", is_end=True)
        shown = {it.id: it for it in self._named(sent["insight"]) if not it.is_withdrawn}
        points = [
            flat.point(
                f"{shown[insight].space}/{shown[insight].name}", shown[insight].status, it, by=sent["by"]
            )
            for insight, it in self._readings(list(shown), sent["by"], *limits)
        ]
        points.sort(key=lambda point: (point["time"], point["insight"], point["revision"]))
        return as_csv(flat.points_rows(points), "series") if form == "csv" else Response(points)

    def _named(self, names: Sequence[str]) -> Sequence[InsightFacts]:
        """Those that the caller sees; others are left out, as if they weren't there."""
        wanted = Q(pk=None)
        for each in names:
            space, _, name = each.replace("\x00", "").partition("/")
            wanted |= Q(space__slug=space, name=name)
        ids = Insight.objects.visible_to(self.caller).filter(wanted).values_list("pk", flat=True)
        return facts_of(self.caller, stamps_of(self.caller, list(ids)))

    def _readings(
        self, insights: Sequence[int], by: str, since: datetime | None, until: datetime | None
    ) -> Sequence[tuple[int, ReadingFacts]]:
        """Those in between. What they are of is text to the database, and is looked at here."""
        if not insights:
            return ()
        rows = history_of(self.caller, *insights).values("insight_id", *COLUMNS)
        if by == "published_at":
            rows = published(rows, since, until)
        found: list[tuple[int, ReadingFacts]] = []
        for seen, row in enumerate(rows[: READ + 1].iterator(chunk_size=5_000)):
            insight, it = row.pop("insight_id"), reading_of(row)
            if by == "published_at" or _is_between(it.moment, since, until):
                found.append((insight, it))
            if len(found) > POINTS or seen == READ:
                message = f"These have more than {POINTS:,} readings: name fewer, or a shorter time."
                raise ValidationError({"insight": [message]})
        return found


class InsightMetricsViewSet(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = serializers.Serializer
    pagination_class = None

    @extend_schema(
        summary="Show insights as Prometheus scrapes them",
        description="OpenMetrics, or the older text format, as `Accept` says. Withdrawn insights are absent.",
        parameters=[InsightFilters],
        responses={
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR),
            (200, "application/openmetrics-text"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def retrieve(self, request: Request) -> Any:
        form = asked_format(request, ("prometheus", "openmetrics"))
        stamps = all_of(self.caller, matching(self.caller, request))
        etag = etag_of(stamps, form)
        if fresh := not_modified(request, etag):
            return fresh
        text = exposition(facts_of(self.caller, stamps))
        return tagged(HttpResponse(text, content_type=TYPES[form]), etag)


TYPES = {"prometheus": PROMETHEUS, "openmetrics": OPENMETRICS}


def _is_between(moment: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= moment) and (until is None or moment <= until)
