"""/api/v1/audit/: who did what, when."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from api.endpoint import Endpoint
from knowledge.models import AuditEvent
from portal.audit_export import FORMS, exported


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    person = serializers.CharField(source="actor_name", help_text="Kept when the account goes; may be empty.")
    detail = serializers.DictField(help_text="What it was done to.")

    class Meta:
        model = AuditEvent
        fields = ["id", "at", "person", "action", "space", "detail"]


class AuditFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False, max_length=64)
    person = serializers.CharField(required=False, max_length=150, help_text="A user name.")
    action = serializers.CharField(
        required=False, max_length=60, help_text="Such as `space.create`; `space` is all of them."
    )
    first = serializers.DateField(required=False, help_text="From this day on.")
    last = serializers.DateField(required=False, help_text="Up to this day, it included.")
    format = serializers.ChoiceField(
        ["json", *FORMS], default="json", help_text="csv, jsonl: all of it at once, the newest first."
    )


class AuditViewSet(Endpoint):
    queryset = AuditEvent.objects.all()
    serializer_class = AuditEventSerializer

    @extend_schema(
        summary="List what was done, the newest first; with `format` as CSV or lines of JSON",
        description="Superusers see all of it, maintainers what was done in their spaces, others nothing.",
        parameters=[AuditFilters],
        responses={
            (200, "application/json"): AuditEventSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, "application/jsonl"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def list(self, request: Request) -> Any:
        wanted = self.sent(AuditFilters, request.query_params)
        form = wanted.pop("format")
        events = AuditEvent.objects.visible_to(self.caller)
        if "space" in wanted:
            events = events.filter(space=wanted.pop("space"))
        found = events.narrowed(**wanted)
        if form in FORMS:
            return exported(found.order_by("-pk"), "audit", form)
        return self.page(found, AuditEventSerializer)
