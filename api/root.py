"""/api/v1/: where everything is."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute

RESOURCES = [
    "posts", "revisions", "reviews", "comments", "questions", "spaces", "people", "search", "tags",
    "collections", "insights", "decisions", "libraries", "campaigns", "datasets", "subscriptions",
    "embeds", "webhooks", "stats", "audit", "me", "schema",
]  # fmt: skip
FIELDS: dict[str, serializers.Field] = {  # type: ignore[type-arg]  # generic for the type checker only
    name: serializers.CharField() for name in [*RESOURCES, "docs"]
}


class RootView(Endpoint):
    serializer_class = serializers.Serializer

    @extend_schema(summary="List the resources", responses=inline_serializer("Root", FIELDS))
    def retrieve(self, request: Request) -> Response:
        addresses = {name: absolute(f"/api/v1/{name}/") for name in RESOURCES}
        return Response(addresses | {"docs": absolute("/api/docs/")})
