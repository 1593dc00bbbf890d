"""Around open questions: who asks, what was asked in such words, what was searched for in vain."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.questions import OpenQuestionSerializer
from knowledge.models import OpenQuestion, SearchMiss
from knowledge.permissions import can_see_demand
from knowledge.pipeline import asking

EACH = 100


class OfSpaceSerializer(serializers.Serializer[Any]):
    space = serializers.CharField()
    name = serializers.CharField()
    questions = serializers.IntegerField()


class OfTeamSerializer(serializers.Serializer[Any]):
    team = serializers.CharField()
    questions = serializers.IntegerField()


class OfTagSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField()
    questions = serializers.IntegerField()


class CountsSerializer(serializers.Serializer[Any]):
    """Of what is wanted, the most first."""

    spaces = OfSpaceSerializer(many=True)
    teams = OfTeamSerializer(many=True)
    tags = OfTagSerializer(many=True)


class QuestionCountViewSet(Endpoint):
    serializer_class = CountsSerializer
    pagination_class = None

    @extend_schema(summary="Count what is wanted, by space, team and tag")
    def retrieve(self, request: Request) -> Response:
        wanted = OpenQuestion.objects.visible_to(self.caller).wanted()
        spaces, teams, tags = wanted.space_counts(), wanted.team_counts(), wanted.tag_counts()
        return Response(
            {
                "spaces": [
                    {"space": slug, "name": name, "questions": number} for slug, name, number in spaces[:EACH]
                ],
                "teams": [{"team": team, "questions": number} for team, number in teams[:EACH]],
                "tags": [{"tag": tag, "questions": number} for tag, number in tags[:EACH]],
            }
        )


class AlikeViewSet(Endpoint):
    queryset = OpenQuestion.objects.all()
    serializer_class = OpenQuestionSerializer

    @extend_schema(
        summary="List what was asked in such words already, the likest first",
        parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="The question you mean to ask.")],
    )
    def list(self, request: Request) -> Response:
        words = request.query_params.get("q", "").replace("\x00", "")[:200]
        rows = OpenQuestionSerializer(asking.alike(self.caller, words), many=True).data
        return Response({"results": rows, "next": None, "previous": None})


class DemandFilters(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=90, default=30, help_text="Of so many days.")


class MissSerializer(serializers.Serializer[Any]):
    query = serializers.CharField(help_text="In lower case.")
    times = serializers.IntegerField(source="number", help_text="A person counts once a day.")
    last = serializers.DateField(help_text="The day on which it was searched for last.")


class DemandViewSet(Endpoint):
    queryset = SearchMiss.objects.all()
    serializer_class = MissSerializer

    @extend_schema(
        summary="List what was searched for in vain, most often first",
        description="For who maintains a space, and superusers. What was typed once only is left out.",
        parameters=[DemandFilters],
    )
    def list(self, request: Request) -> Response:
        if not can_see_demand(self.caller):
            raise PermissionDenied("What was searched for in vain is for maintainers of spaces.")
        days = self.sent(DemandFilters, request.query_params)["days"]
        found = SearchMiss.objects.demand(since=timezone.localdate() - timedelta(days=days))[:EACH]
        return Response({"results": MissSerializer(found, many=True).data, "next": None, "previous": None})
