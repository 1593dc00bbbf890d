"""/api/v1/insights/: numbers that posts publish, with what they rest on and what they were."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_limits import limits_of, outside_of
from api.links import absolute
from knowledge.models import Insight, Reading
from knowledge.trust import WORDS, Trust
from knowledge.trusted import trust_in_insight
from portal.spreadsheets import csv_lines

STATES = Insight.State.choices
TRUST = [(word, label) for word, (label, _, _) in WORDS.items()]
# The columns of a history as CSV.
COLUMNS = ("published_at", "as_of", "value", "unit", "low", "high", "revision", "commit", "reason")
_AT = OpenApiParameter(
    "at", OpenApiTypes.STR, description="As it was at this moment, or at the end of this day."
)


class ReadingSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField(help_text="A number, a truth, a text, or {columns, rows}.")
    unit = serializers.CharField()
    as_of = serializers.CharField(allow_null=True, help_text="The day or moment that it is of.")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Its lower and its upper bound."
    )
    dimensions = serializers.DictField(child=serializers.CharField())
    published_at = serializers.DateTimeField()
    post = serializers.IntegerField(allow_null=True, help_text="The id of its post; null once that is gone.")
    revision = serializers.IntegerField(help_text="The number of the post's revision that said it.")
    commit = serializers.CharField()
    cell = serializers.CharField(allow_null=True, help_text="The place in the page of who put it out.")
    authors = serializers.ListField(child=serializers.CharField())
    reviewed_by = serializers.ListField(child=serializers.CharField(), help_text="Who approved the revision.")
    reason = serializers.CharField(help_text="The first line of the commit's message.")


class PreviousSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField()
    as_of = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField()
    published_at = serializers.DateTimeField()


class FixedLimitsSerializer(serializers.Serializer[Any]):
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    max_change = serializers.FloatField(
        allow_null=True, help_text="From one reading to the next, up or down."
    )


class ControlSerializer(serializers.Serializer[Any]):
    centre = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    readings = serializers.IntegerField(help_text="How many they rest on.")


class LimitsSerializer(serializers.Serializer[Any]):
    fixed = FixedLimitsSerializer(help_text="Those that its author declares.")
    control = ControlSerializer(
        allow_null=True, help_text="Those that its history sets; null before it does."
    )


class OutsideSerializer(serializers.Serializer[Any]):
    rule = serializers.CharField()
    message = serializers.CharField()


class InsightSerializer(ReadingSerializer):
    space = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(STATES)
    trust = serializers.ChoiceField(TRUST, help_text="Whether it can be relied on, in a word.")
    trust_reasons = serializers.ListField(
        child=serializers.CharField(), help_text="What weighs most is first."
    )
    trust_next = serializers.CharField(help_text="What to do; empty where nothing is to be done.")
    previous = PreviousSerializer(allow_null=True, help_text="What it was before.")
    delta = serializers.FloatField(allow_null=True, help_text="By how much it changed, of numbers.")
    url = serializers.CharField(help_text="Its page.")
    post_url = serializers.CharField(allow_null=True, help_text="The page of its post, at the place.")
    history = serializers.CharField(help_text="All of its readings, by the API.")
    limits = LimitsSerializer()
    outside = OutsideSerializer(many=True, help_text="The rules of its limits that it breaks.")


class InsightViewSet(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = InsightSerializer

    @extend_schema(
        summary="List insights, the newest first",
        parameters=[
            OpenApiParameter("space", OpenApiTypes.STR),
            OpenApiParameter("tag", OpenApiTypes.STR, description="Of posts with this tag."),
            OpenApiParameter("author", OpenApiTypes.STR, description="A user name, or a name as written."),
            OpenApiParameter("status", OpenApiTypes.STR, enum=Insight.State.values),
            OpenApiParameter("changed_since", OpenApiTypes.STR, description="A day or a moment by ISO 8601."),
        ],
    )
    def list(self, request: Request) -> Response:
        asked = request.query_params
        found = Insight.objects.visible_to(self.caller)
        if space := asked.get("space"):
            found = found.filter(space__slug=_text(space))
        if tag := asked.get("tag"):
            found = found.tagged(_text(tag))
        if author := asked.get("author"):
            found = found.by_author(_text(author))
        if status := asked.get("status"):
            if status not in Insight.State.values:
                raise ValidationError({"status": [f"Send one of {', '.join(Insight.State.values)}."]})
            found = found.in_state(Insight.State(status))
        if since := asked.get("changed_since"):
            found = found.filter(changed_at__gte=_moment("changed_since", since, is_end=False))
        page = self.paginate_queryset(found.with_facts(self.caller))
        return self.get_paginated_response(shown(page or ()))

    @extend_schema(summary="Show an insight", parameters=[_AT])
    def retrieve(self, request: Request, space: str, name: str) -> Response:
        asked = request.query_params.get("at")
        at = _moment("at", asked, is_end=True) if asked else None
        visible = Insight.objects.visible_to(self.caller)
        found = self.find(visible.with_facts(self.caller, at=at), space__slug=space, name=name)
        answer = shown([found])
        if not answer:
            raise NotFound()
        return Response(answer[0])

    @extend_schema(
        summary="List all readings of an insight, the newest first; as CSV with `format=csv`",
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv"])],
        responses={
            (200, "application/json"): ReadingSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def history(self, request: Request, space: str, name: str) -> Any:
        found = self.find(Insight.objects.visible_to(self.caller), space__slug=space, name=name)
        readings = (
            Reading.objects.visible_to(self.caller).filter(insight=found).newest_first().with_reviewers()
        )
        if request.query_params.get("format") == "csv":
            return _csv(found, readings.iterator(chunk_size=1_000))
        page = self.paginate_queryset(readings)
        return self.get_paginated_response([_told(reading) for reading in page or ()])


def shown(insights: Sequence[Insight]) -> list[dict[str, Any]]:
    """Those that have a reading which the caller sees; from InsightQuerySet.with_facts. One query."""
    wanted = [pk for insight in insights for pk in _newest(insight)]
    readings = {it.pk: it for it in Reading.objects.filter(pk__in=wanted).with_reviewers()}
    return [_whole(each, [readings[pk] for pk in _newest(each)]) for each in insights if _newest(each)]


def _newest(insight: Insight) -> list[int]:
    found: list[int] = vars(insight)["newest"]
    return found


def _whole(insight: Insight, readings: Sequence[Reading]) -> dict[str, Any]:
    newest, before = readings[0], readings[1] if len(readings) > 1 else None
    post = insight.post if insight.post_id == newest.post_id else None
    return {
        "space": insight.space.slug,
        "name": insight.name,
        "title": newest.title,
        **_told(newest),
        "status": insight.status,
        **trusted(trust_in_insight(insight, approvers=vars(newest)["reviewed_by"])),
        "previous": _previous(before) if before else None,
        "delta": _delta(newest.number, before.number) if before else None,
        "url": absolute(insight.get_absolute_url()),
        "post_url": absolute(f"{post.get_absolute_url()}#{newest.anchor}".rstrip("#")) if post else None,
        "history": absolute(f"/api/v1/insights/{insight.space.slug}/{insight.name}/history/"),
        "limits": limits_of(insight, newest),
        "outside": outside_of(insight, newest),
    }


def trusted(trust: Trust) -> dict[str, Any]:
    return {"trust": trust.word, "trust_reasons": list(trust.reasons), "trust_next": trust.next}


def _told(reading: Reading) -> dict[str, Any]:
    return {
        "value": reading.value,
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "interval": reading.interval,
        "dimensions": reading.dimensions,
        "published_at": _iso(reading.published_at),
        "post": reading.post_id,
        "revision": reading.revision_number,
        "commit": reading.commit,
        "cell": reading.anchor or None,
        "authors": reading.authors,
        "reviewed_by": vars(reading)["reviewed_by"],
        "reason": reading.reason,
    }


def _previous(reading: Reading) -> dict[str, Any]:
    return {
        "value": reading.value,
        "as_of": reading.as_of or None,
        "revision": reading.revision_number,
        "published_at": _iso(reading.published_at),
    }


def _delta(newest: Decimal | None, before: Decimal | None) -> float | None:
    return float(newest - before) if newest is not None and before is not None else None


def _csv(insight: Insight, readings: Iterable[Reading]) -> HttpResponse:
    lines = [*csv_lines([COLUMNS]), *csv_lines(map(_cells, readings))]
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{insight.name}.csv"'
    return response


def _cells(reading: Reading) -> Sequence[object]:
    low, high = reading.interval or (None, None)
    value = reading.number if reading.number is not None else reading.value
    return (
        _iso(reading.published_at),
        reading.as_of,
        value if isinstance(value, str | Decimal) else orjson.dumps(value).decode(),
        reading.unit,
        low,
        high,
        reading.revision_number,
        reading.commit,
        reading.reason,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(value: str) -> str:
    return value.replace("\x00", "")


def _moment(name: str, value: str, *, is_end: bool) -> datetime:
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
