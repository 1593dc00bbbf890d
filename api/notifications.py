"""/api/v1/notifications/: what the caller is told, what of it was read, and by which channel it comes."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge import events
from knowledge.models import Notification
from knowledge.models.notification import UNREAD_SHOWN
from knowledge.pipeline.inbox import channels, choose_channels, mark_read, mark_unread

CHANNELS = list(events.CHANNELS.items())
EVENTS = [(name, name) for name in events.EVENTS]
MOST = 100  # ids in one request


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    event = serializers.ChoiceField(EVENTS)
    group = serializers.ChoiceField(
        [(name, it.label) for name, it in events.GROUPS.items()], help_text="Its row among your channels."
    )
    sentence = serializers.CharField(help_text="What happened.")
    title = serializers.CharField(help_text="Of what it is about.")
    text = serializers.CharField(help_text="What was said; may be empty.")
    asks = serializers.BooleanField(help_text="Whether it waits for you.")
    because = serializers.CharField(help_text="Goes on from “You get this because”.")
    actor = serializers.CharField(source="actor.username", default=None, allow_null=True)
    post = serializers.IntegerField(source="post_id", allow_null=True)
    question = serializers.IntegerField(source="question_id", allow_null=True)
    investigation = serializers.IntegerField(source="investigation_id", allow_null=True)
    dataset = serializers.CharField(source="dataset.name", default=None, allow_null=True)
    read = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField(help_text="The page that it leads to; null: none.")

    class Meta:
        model = Notification
        fields = [
            "id", "event", "group", "sentence", "title", "text", "asks", "because", "actor", "post",
            "question", "dataset", "investigation", "read", "url", "created_at",
        ]  # fmt: skip

    def get_read(self, told: Notification) -> bool:
        return told.read_at is not None

    def get_url(self, told: Notification) -> str | None:
        return absolute(told.url) if told.url else None


class ReadSerializer(serializers.Serializer[Any]):
    read = serializers.BooleanField()


class ReadManySerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST,
        required=False,
        help_text="Without them all.",
    )


class MarkedSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many of them were unread.")


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField(help_text=f"{UNREAD_SHOWN} at the most.")
    has_more = serializers.BooleanField()


class ChannelSerializer(serializers.Serializer[Any]):
    group = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="What is told.")
    events = serializers.ListField(child=serializers.CharField())
    channel = serializers.ChoiceField(CHANNELS, help_text="What you chose; else what counts until then.")
    default = serializers.ChoiceField(CHANNELS)


class ChannelsSerializer(serializers.Serializer[Any]):
    channels = ChannelSerializer(many=True)


def _choices() -> type[serializers.Serializer[Any]]:
    """A channel for some of the groups."""
    fields = {
        name: serializers.ChoiceField(CHANNELS, required=False, help_text=f"{it.label}.")
        for name, it in events.GROUPS.items()
    }
    return type("ChannelChoiceSerializer", (serializers.Serializer,), fields)


ChannelChoiceSerializer = _choices()


@extend_schema_view(
    list=extend_schema(
        summary="List what you are told, the newest first",
        parameters=[OpenApiParameter("unread", OpenApiTypes.BOOL, description="Without what you have read.")],
    ),
    retrieve=extend_schema(summary="Show something that you are told; it stays as unread as it was"),
)
class NotificationViewSet(Endpoint):
    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        only_unread = request.query_params.get("unread") in {"1", "true"}
        return self.page(self._mine().unread() if only_unread else self._mine(), NotificationSerializer)

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(NotificationSerializer(self.find(self._mine(), pk=pk)).data)

    @extend_schema(summary="Mark it as read, or as unread", request=ReadSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        found = self.find(self._mine(), pk=pk)
        is_read = self.sent(ReadSerializer, request.data)["read"]
        (mark_read if is_read else mark_unread)(by=self.caller, which=[found.pk])
        return self.retrieve(request, pk)

    @extend_schema(
        summary="Mark all that you are told as read, or some of it",
        request=ReadManySerializer,
        responses={200: MarkedSerializer},
    )
    def read(self, request: Request) -> Response:
        which = self.sent(ReadManySerializer, request.data).get("ids")
        return Response({"read": mark_read(by=self.caller, which=which)})

    def _mine(self) -> Any:
        return Notification.objects.visible_to(self.caller).for_lists()


class UnreadViewSet(Endpoint):
    serializer_class = UnreadSerializer
    pagination_class = None

    @extend_schema(summary="Count what you are told and have not read")
    def retrieve(self, request: Request) -> Response:
        number = Notification.objects.unread_count(self.caller)
        return Response({"unread": min(number, UNREAD_SHOWN), "has_more": number > UNREAD_SHOWN})


class ChannelViewSet(Endpoint):
    serializer_class = ChannelsSerializer
    pagination_class = None
    parser_classes = [JSONParser]

    @extend_schema(summary="Show by which channel you are told of what")
    def retrieve(self, request: Request) -> Response:
        return Response({"channels": self._rows()})

    @extend_schema(
        summary="Choose by which channel you are told of what; what you don't send stays",
        request=ChannelChoiceSerializer,
        responses=ChannelsSerializer,
    )
    def partial_update(self, request: Request) -> Response:
        choose_channels(by=self.caller, choices=self.sent(ChannelChoiceSerializer, request.data))
        return Response({"channels": self._rows()})

    def _rows(self) -> list[dict[str, Any]]:
        held = channels(self.caller)
        return [
            {
                "group": name,
                "name": group.label,
                "text": group.text,
                "events": [event for event, it in events.EVENTS.items() if it.group == name],
                "channel": held[name],
                "default": group.channel,
            }
            for name, group in events.GROUPS.items()
        ]
