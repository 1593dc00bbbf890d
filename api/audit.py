"""/api/v1/audit/: who did what, when."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from knowledge.models import AuditEvent


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


class AuditViewSet(Endpoint):
    queryset = AuditEvent.objects.all()
    serializer_class = AuditEventSerializer

    @extend_schema(
        summary="List what was done, the newest first",
        description="Superusers see all of it, maintainers what was done in their spaces, others nothing.",
        parameters=[AuditFilters],
    )
    def list(self, request: Request) -> Response:
        wanted = self.sent(AuditFilters, request.query_params)
        events = AuditEvent.objects.visible_to(self.caller)
        if "space" in wanted:
            events = events.filter(space=wanted.pop("space"))
        return self.page(events.narrowed(**wanted), AuditEventSerializer)
