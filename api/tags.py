"""/api/v1/tags/: what posts are about."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from knowledge.models import Post


class TagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    posts = serializers.IntegerField(help_text="Published posts with it that you can see.")
    url = serializers.CharField()


class TagViewSet(Endpoint):
    """Tags are few: the list always comes whole, in the form of the other lists."""

    queryset = Post.objects.all()
    serializer_class = TagSerializer

    @extend_schema(summary="List the tags in use")
    def list(self, request: Request) -> Response:
        counted = Post.objects.visible_to(self.caller).published().tag_counts()
        rows = [
            {"name": tag, "posts": number, "url": absolute(reverse("tag", args=[tag]))}
            for tag, number in sorted(counted)
        ]
        return Response({"results": TagSerializer(rows, many=True).data, "next": None, "previous": None})
