"""/api/v1/insights/<space>/<name>/decisions/: who used an insight, and for what. /decisions/: one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.models import Decision, Insight, Reading
from knowledge.models.decision import DecisionQuerySet
from knowledge.pipeline import decisions
from knowledge.watching import is_same


class SaidSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField()
    unit = serializers.CharField()
    as_of = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField()


class DecisionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    insight = serializers.CharField(help_text="Space and name.")
    user = serializers.CharField(help_text="The user name of who used it.")
    name = serializers.CharField(help_text="Their name.")
    what = serializers.CharField(help_text="What it was used for.")
    link = serializers.CharField()
    at = serializers.DateTimeField()
    then = SaidSerializer(allow_null=True, help_text="What the insight said; null if you can't see that.")
    now = SaidSerializer(allow_null=True, help_text="What it says.")
    has_moved = serializers.BooleanField(help_text="Whether that is another value.")
    status = serializers.ChoiceField(Insight.State.choices, help_text="Of the insight.")
    url = serializers.CharField(help_text="The page of the insight.")


class NewDecisionSerializer(serializers.Serializer[Any]):
    what = serializers.CharField(max_length=decisions.LETTERS, help_text="What you used it for, in a line.")
    link = serializers.CharField(
        max_length=decisions.LINK,
        required=False,
        allow_blank=True,
        default="",
        help_text="Where more is told.",
    )


class DecisionViewSet(Endpoint):
    """Of one insight."""

    queryset = Decision.objects.all()
    serializer_class = DecisionSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List who uses an insight, the newest first")
    def list(self, request: Request, space: str, name: str) -> Response:
        standing = Decision.objects.standing().filter(insight=self._insight(space, name))
        return _page(self, standing)

    @extend_schema(
        summary="Say what you used an insight for",
        description="You are told first when it moves. Everyone who sees the insight sees it.",
        request=NewDecisionSerializer,
        responses={201: DecisionSerializer},
    )
    def create(self, request: Request, space: str, name: str) -> Response:
        sent = self.sent(NewDecisionSerializer, request.data)
        made = decisions.use(by=self.caller, insight=self._insight(space, name), **sent)
        address = absolute(f"/api/v1/insights/{space}/{name}/decisions/{made.pk}/")
        return Response(_shown(self, [made])[0], 201, headers={"Location": address})

    @extend_schema(summary="Take it back", responses={204: None})
    def destroy(self, request: Request, space: str, name: str, pk: int) -> Response:
        found = Decision.objects.filter(insight=self._insight(space, name)).select_related(
            "insight__space", "user"
        )
        decisions.undo(by=self.caller, decision=self.find(found, pk=pk))
        return Response(status=204)

    def _insight(self, space: str, name: str) -> Insight:
        visible = Insight.objects.visible_to(self.caller).select_related("space")
        return self.find(visible, space__slug=space, name=name)


class OwnDecisionViewSet(Endpoint):
    queryset = Decision.objects.all()
    serializer_class = DecisionSerializer

    @extend_schema(summary="List what you used, the newest first")
    def list(self, request: Request) -> Response:
        own = Decision.objects.standing().filter(user=self.caller)
        return _page(self, own.visible_to(self.caller))


def _page(endpoint: Endpoint, standing: DecisionQuerySet) -> Response:
    page = endpoint.paginate_queryset(standing.select_related("user"))
    return endpoint.get_paginated_response(_shown(endpoint, page or ()))


def _shown(endpoint: Endpoint, found: Sequence[Decision]) -> list[dict[str, Any]]:
    """As many queries for a page as for one."""
    wanted = Insight.objects.filter(pk__in={each.insight_id for each in found})
    insights = {it.pk: it for it in wanted.with_facts(endpoint.caller)}
    newest = {pk: (vars(insight)["newest"] or [0])[0] for pk, insight in insights.items()}
    pks = {*newest.values(), *(each.reading_id for each in found if each.reading_id)}
    readings = Reading.objects.visible_to(endpoint.caller).in_bulk(pks)
    return [_told(each, insights[each.insight_id], newest[each.insight_id], readings) for each in found]


def _told(
    decision: Decision, insight: Insight, newest: int, readings: Mapping[int, Reading]
) -> dict[str, Any]:
    then, now = readings.get(decision.reading_id or 0), readings.get(newest)
    return {
        "id": decision.pk,
        "insight": f"{insight.space.slug}/{insight.name}",
        "user": decision.user.username,
        "name": decision.user.get_full_name(),
        "what": decision.what,
        "link": decision.link,
        "at": decision.at,
        "then": _said(then),
        "now": _said(now),
        "has_moved": bool(then and now and not is_same(then, now)),
        "status": insight.status,
        "url": absolute(insight.get_absolute_url()),
    }


def _said(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "value": reading.value,
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "revision": reading.revision_number,
    }
