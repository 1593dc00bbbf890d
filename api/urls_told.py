"""The addresses of what somebody follows and is told, and of what the portal calls."""

from typing import Any

from django.urls import path

from api.embeds import EmbedViewSet
from api.notifications import ChannelViewSet, NotificationViewSet, UnreadViewSet
from api.subscriptions import SubscriptionViewSet
from api.webhook_calls import WebhookCallViewSet
from api.webhooks import WebhookViewSet

LIST: dict[str, Any] = {"get": "list"}
SHOW: dict[str, Any] = {"get": "retrieve"}

told = [
    path("subscriptions/", SubscriptionViewSet.as_view(LIST | {"post": "create"}), name="subscriptions"),
    path(
        "subscriptions/<int:pk>/",
        SubscriptionViewSet.as_view(SHOW | {"delete": "destroy"}),
        name="subscription",
    ),
    path("embeds/", EmbedViewSet.as_view(LIST | {"post": "create"}), name="embeds"),
    path("embeds/<int:pk>/", EmbedViewSet.as_view(SHOW | {"delete": "destroy"}), name="embed"),
    path("webhooks/", WebhookViewSet.as_view(LIST | {"post": "create"}), name="webhooks"),
    path(
        "webhooks/<int:pk>/",
        WebhookViewSet.as_view(SHOW | {"patch": "partial_update", "delete": "destroy"}),
        name="webhook",
    ),
    path("notifications/", NotificationViewSet.as_view(LIST), name="notifications"),
    path(
        "notifications/<int:pk>/",
        NotificationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notification",
    ),
    path("notifications/read/", NotificationViewSet.as_view({"post": "read"}), name="notifications-read"),
    path("notifications/unread/", UnreadViewSet.as_view(SHOW), name="notifications-unread"),
    path(
        "notifications/channels/",
        ChannelViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notifications-channels",
    ),
    path("webhooks/<int:pk>/secret/", WebhookViewSet.as_view({"post": "secret"}), name="webhook-secret"),
    path("webhooks/<int:pk>/test/", WebhookCallViewSet.as_view({"post": "test"}), name="webhook-test"),
    path("webhooks/<int:pk>/deliveries/", WebhookCallViewSet.as_view(LIST), name="webhook-calls"),
    path(
        "webhooks/<int:pk>/deliveries/<int:call>/",
        WebhookCallViewSet.as_view(SHOW),
        name="webhook-call",
    ),
    path(
        "webhooks/<int:pk>/deliveries/<int:call>/again/",
        WebhookCallViewSet.as_view({"post": "again"}),
        name="webhook-call-again",
    ),
]
