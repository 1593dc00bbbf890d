"""/api/v1/spaces/<space>/policy/: whether revisions need approval, and what reviewers are asked."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.parsers import JSONParser
from knowledge.models import Scope, Space
from knowledge.pipeline.policies import COLUMNS, change_policy
from knowledge.policy import MOST_APPROVALS, fault_in

POLICIES = Space.ReviewPolicy.choices
MOST_POINTS = 12


class PolicySerializer(serializers.Serializer[Any]):
    """What is sent changes, the rest stays."""

    review_policy = serializers.ChoiceField(POLICIES)
    approvals = serializers.IntegerField(
        min_value=1, max_value=MOST_APPROVALS, help_text="Of so many reviewers who wrote none of it."
    )
    review_rules = serializers.CharField(
        max_length=10_000,
        allow_blank=True,
        help_text="Other rules for some paths, one a line: a pattern, then `required`, `required 2` or"
        " `optional`. The last that fits counts.",
    )
    stuck_after_days = serializers.IntegerField(
        min_value=1, max_value=365, help_text="After so many days without a word a review is stuck."
    )
    checklist = serializers.ListField(
        child=serializers.CharField(max_length=300),
        max_length=MOST_POINTS,
        help_text="What reviewers are asked to look at.",
    )

    def validate_review_rules(self, rules: str) -> str:
        if fault := fault_in(rules):
            raise serializers.ValidationError(fault)
        return rules

    def validate_checklist(self, points: list[str]) -> list[str]:
        return list(dict.fromkeys(line for point in points if (line := " ".join(point.split()))))


class PolicyViewSet(Endpoint):
    write_scope = Scope.ADMIN
    queryset = Space.objects.all()
    serializer_class = PolicySerializer
    pagination_class = None
    parser_classes = [JSONParser]

    @extend_schema(summary="Show what a space asks of reviews")
    def retrieve(self, request: Request, space: str) -> Response:
        return Response(PolicySerializer(self._space(space)).data)

    @extend_schema(
        summary="Change what a space asks of reviews",
        description="What waited for approval and needs none now is published at once.",
        request=PolicySerializer,
    )
    def partial_update(self, request: Request, space: str) -> Response:
        found = self._space(space)
        sent = PolicySerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        unchanged = {column: getattr(found, column) for column in COLUMNS}
        change_policy(by=self.caller, space=found, **(unchanged | sent.validated_data))
        return self.retrieve(request, space)

    def _space(self, slug: str) -> Space:
        return self.find(Space.objects.visible_to(self.caller), slug=slug)
