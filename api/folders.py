"""/api/v1/spaces/<slug>/folders/: a folder of a space: what introduces it, and the folders in it."""

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from knowledge.models import Post, Space
from knowledge.models.post_queryset import PostQuerySet
from portal.folders import subfolders


class SubfolderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    path = serializers.CharField(help_text="With a slash behind it.")
    posts = serializers.IntegerField(help_text="Published ones in it, however deep.")


class IntroductionSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(source="pk")
    path = serializers.CharField()
    revision = serializers.IntegerField(source="shown_revision.pk", help_text="Its id.")
    html = serializers.SerializerMethodField(help_text="What it says, by the API.")

    def get_html(self, post: Post) -> str:
        shown = post.shown_revision
        return absolute(f"/api/v1/revisions/{shown.pk if shown else 0}/html/")


class FolderSerializer(serializers.Serializer[Any]):
    space = serializers.CharField()
    path = serializers.CharField(help_text="Empty: the space itself.")
    introduction = IntroductionSerializer(allow_null=True, help_text="Its README.")
    folders = SubfolderSerializer(many=True)
    posts = serializers.CharField(help_text="Those in it, however deep, by the API.")


class FolderViewSet(Endpoint):
    queryset = Space.objects.all()
    serializer_class = FolderSerializer
    pagination_class = None

    @extend_schema(
        summary="Show a folder of a space",
        parameters=[OpenApiParameter("path", OpenApiTypes.STR, description="Without it, the space itself.")],
        responses=FolderSerializer,
    )
    def retrieve(self, request: Request, space: str) -> Response:
        shelf = self.find(Space.objects.visible_to(self.caller), slug=space)
        place = request.query_params.get("path", "").replace("\x00", "").strip("/")[:1_000]
        visible = Post.objects.visible_to(self.caller)
        below = visible.below(shelf.slug, place).live()
        if place and not below.exists():
            raise NotFound("No post lies there.")
        folder = f"{place}/" if place else ""
        told = {
            "space": shelf.slug,
            "path": folder,
            "introduction": _introduction(visible, shelf.slug, place),
            "folders": subfolders(below, place),
            "posts": absolute(f"/api/v1/posts/?{urlencode({'space': shelf.slug, 'folder': folder})}"),
        }
        return Response(FolderSerializer(told).data)


def _introduction(visible: PostQuerySet, space: str, place: str) -> Post | None:
    post = visible.introductions(space, place).for_reading().first()
    shown = post.shown_revision if post else None
    return post if shown and not shown.blocked_by else None
