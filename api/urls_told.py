"""The addresses of what the portal tells somebody, and of whom it calls."""

from django.urls import path

from api.notifications import ChannelViewSet, NotificationViewSet, UnreadViewSet
from api.webhook_calls import WebhookCallViewSet
from api.webhooks import WebhookViewSet

told = [
    path("notifications/", NotificationViewSet.as_view({"get": "list"}), name="notifications"),
    path(
        "notifications/<int:pk>/",
        NotificationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notification",
    ),
    path("notifications/read/", NotificationViewSet.as_view({"post": "read"}), name="notifications-read"),
    path("notifications/unread/", UnreadViewSet.as_view({"get": "retrieve"}), name="notifications-unread"),
    path(
        "notifications/channels/",
        ChannelViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notifications-channels",
    ),
    path("webhooks/<int:pk>/secret/", WebhookViewSet.as_view({"post": "secret"}), name="webhook-secret"),
    path("webhooks/<int:pk>/test/", WebhookCallViewSet.as_view({"post": "test"}), name="webhook-test"),
    path("webhooks/<int:pk>/deliveries/", WebhookCallViewSet.as_view({"get": "list"}), name="webhook-calls"),
    path(
        "webhooks/<int:pk>/deliveries/<int:call>/",
        WebhookCallViewSet.as_view({"get": "retrieve"}),
        name="webhook-call",
    ),
    path(
        "webhooks/<int:pk>/deliveries/<int:call>/again/",
        WebhookCallViewSet.as_view({"post": "again"}),
        name="webhook-call-again",
    ),
]
