"""/api/v1/webhooks/<id>/deliveries/: how the calls of a webhook went; sending one again, and a test."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.models import Delivery, Scope, Webhook
from knowledge.pipeline.webhooks import OVER, call_again, call_once

STATES = Delivery.State.choices


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    message = serializers.CharField(source="token", help_text="What the header webhook-id says.")
    state = serializers.ChoiceField(STATES)
    is_over = serializers.SerializerMethodField(help_text="Whether it may be sent again.")
    error = serializers.CharField(help_text="Of the last try; empty if it went well.")

    class Meta:
        model = Delivery
        fields = [
            "id", "message", "event", "state", "is_over", "attempts", "error", "due_at", "created_at",
            "finished_at",
        ]  # fmt: skip

    def get_is_over(self, call: Delivery) -> bool:
        return call.state in OVER


class WebhookCallViewSet(Endpoint):
    write_scope = Scope.ADMIN
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List the calls of a webhook, the newest first")
    def list(self, request: Request, pk: int) -> Response:
        return self.page(self._calls(pk), DeliverySerializer)

    @extend_schema(summary="Show a call of a webhook")
    def retrieve(self, request: Request, pk: int, call: int) -> Response:
        return Response(self._shown(pk, call))

    @extend_schema(
        summary="Have a webhook called once, to try it",
        description="Location tells where to see how that went.",
        request=None,
        responses={202: DeliverySerializer},
    )
    def test(self, request: Request, pk: int) -> Response:
        made = call_once(by=self.caller, webhook=self._webhook(pk))
        address = absolute(f"/api/v1/webhooks/{pk}/deliveries/{made.pk}/")
        return Response(self._shown(pk, made.pk), 202, headers={"Location": address})

    @extend_schema(
        summary="Send a call that is over again, with the same id",
        description="One that waits, or is on its way, is left alone.",
        request=None,
        responses={200: DeliverySerializer},
    )
    def again(self, request: Request, pk: int, call: int) -> Response:
        found = self.find(self._calls(pk).select_related("webhook__space"), pk=call)
        call_again(by=self.caller, delivery=found)
        return Response(self._shown(pk, call))

    def _webhook(self, pk: int) -> Webhook:
        return self.find(Webhook.objects.visible_to(self.caller).select_related("space"), pk=pk)

    def _calls(self, pk: int) -> QuerySet[Delivery]:
        return Delivery.objects.filter(webhook=self._webhook(pk))

    def _shown(self, pk: int, call: int) -> dict[str, object]:
        return dict(DeliverySerializer(self.find(self._calls(pk), pk=call)).data)
