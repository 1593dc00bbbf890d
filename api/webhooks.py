"""/api/v1/webhooks/: addresses that the portal calls, one's own and those of the spaces one maintains."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge import events
from knowledge.models import Scope, Space, Webhook
from knowledge.pipeline.webhooks import (
    add_webhook,
    change_webhook,
    delete_webhook,
    renew_secret,
    revive_webhook,
    turn_off_webhook,
)

KINDS = Webhook.Kind.choices
EVENTS = [(event, event) for event in events.CALLABLE]


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    url = serializers.SerializerMethodField(
        help_text="Often a secret, as of a chat’s channel: null for tokens without the scope `admin`."
    )
    space = serializers.CharField(
        source="space.slug", default=None, allow_null=True, read_only=True, help_text="null for your own."
    )
    kind = serializers.ChoiceField(KINDS)
    events = serializers.ListField(child=serializers.CharField(), help_text="Empty: all of them.")

    class Meta:
        model = Webhook
        fields = [
            "id", "space", "host", "url", "kind", "events", "active", "failures", "last_error",
            "last_called_at", "created_at",
        ]  # fmt: skip

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_url(self, webhook: Webhook) -> str | None:
        token = self.context["request"].auth
        return webhook.url if token is None or token.allows(Scope.ADMIN) else None


class MadeWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(
        allow_null=True, help_text="Said once: null when the same is asked again under its Idempotency-Key."
    )
    standard_secret = serializers.CharField(
        read_only=True, allow_null=True, help_text="The same as Standard Webhooks spells it: whsec_…"
    )

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret", "standard_secret"]


class NewWebhookSerializer(serializers.Serializer[Any]):
    space = serializers.CharField(
        max_length=64, required=False, allow_null=True, default=None, help_text="Without one it is your own."
    )
    url = serializers.CharField(max_length=1000)
    kind = serializers.ChoiceField(KINDS, default=Webhook.Kind.JSON)
    events = serializers.ListField(
        child=serializers.ChoiceField(EVENTS),
        required=False,
        default=list,
        help_text="None: all of them.",
    )


class WebhookChangeSerializer(serializers.Serializer[Any]):
    """What is sent changes, the rest stays."""

    url = serializers.CharField(max_length=1000, required=False)
    kind = serializers.ChoiceField(KINDS, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(EVENTS), required=False, help_text="None: all of them."
    )
    active = serializers.BooleanField(required=False, help_text="Whether it is called.")


@extend_schema_view(
    list=extend_schema(
        summary="List your webhooks and those of the spaces you maintain",
        parameters=[OpenApiParameter("space", OpenApiTypes.STR, description="Of this space alone.")],
    ),
    retrieve=extend_schema(summary="Show a webhook, and how its last calls went"),
)
class WebhookViewSet(Endpoint):
    write_scope = Scope.ADMIN
    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        rows = self._mine()
        if space := request.query_params.get("space", "").replace("\x00", ""):
            rows = rows.filter(space__slug=space)
        return self.page(rows, WebhookSerializer, {"request": request})

    def retrieve(self, request: Request, pk: int) -> Response:
        found = self.find(self._mine(), pk=pk)
        return Response(WebhookSerializer(found, context={"request": request}).data)

    @extend_schema(
        summary="Add a webhook",
        description="The answer, and it alone, holds the secret that signs what is sent.",
        request=NewWebhookSerializer,
        responses={201: MadeWebhookSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = self.sent(NewWebhookSerializer, request.data)
        space = None
        if slug := fields["space"]:
            space = self.find(Space.objects.visible_to(self.caller), slug=slug)
        made = add_webhook(
            by=self.caller, space=space, url=fields["url"], kind=fields["kind"], wanted=fields["events"]
        )
        address = absolute(f"/api/v1/webhooks/{made.pk}/")
        told = MadeWebhookSerializer(made, context={"request": request}).data
        return Response(told, 201, headers={"Location": address})

    @extend_schema(
        summary="Change a webhook, or turn it off or on",
        request=WebhookChangeSerializer,
        responses=WebhookSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        found, fields = self.find(self._mine(), pk=pk), self.sent(WebhookChangeSerializer, request.data)
        active = fields.pop("active", None)
        if "events" in fields:
            fields["wanted"] = fields.pop("events")
        with transaction.atomic():
            change_webhook(by=self.caller, webhook=found, **fields)
            if active is not None:
                (revive_webhook if active else turn_off_webhook)(by=self.caller, webhook=found)
        return self.retrieve(request, pk)

    @extend_schema(
        summary="Give a webhook another secret",
        description="The answer, and it alone, holds it; what is sent from now on is signed with it.",
        request=None,
        responses={200: MadeWebhookSerializer},
    )
    def secret(self, request: Request, pk: int) -> Response:
        found = self.find(self._mine(), pk=pk)
        renew_secret(by=self.caller, webhook=found)
        return Response(MadeWebhookSerializer(found, context={"request": request}).data)

    @extend_schema(summary="Delete a webhook", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        delete_webhook(by=self.caller, webhook=self.find(self._mine(), pk=pk))
        return Response(status=204)

    def _mine(self) -> QuerySet[Webhook]:
        return Webhook.objects.visible_to(self.caller).select_related("space")
