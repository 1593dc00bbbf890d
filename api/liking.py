"""/api/v1/posts/<id>/like/, /bookmark/ and /api/v1/bookmarks/: what the caller likes and keeps."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.post_shapes import PostSerializer, context_of, told
from knowledge.models import Bookmark, Post
from knowledge.pipeline import settling


class LikeViewSet(Endpoint):
    queryset = Post.objects.all()

    @extend_schema(summary="Like a post", request=None, responses={204: None})
    def like(self, request: Request, post: int) -> Response:
        settling.like(by=self.caller, post=self._find(post))
        return Response(status=204)

    @extend_schema(summary="Take your like back", responses={204: None})
    def unlike(self, request: Request, post: int) -> Response:
        settling.like(by=self.caller, post=self._find(post), is_on=False)
        return Response(status=204)

    @extend_schema(
        summary="Keep a post among your bookmarks",
        description="Nobody else learns of it.",
        request=None,
        responses={204: None},
    )
    def keep(self, request: Request, post: int) -> Response:
        settling.bookmark(by=self.caller, post=self._find(post))
        return Response(status=204)

    @extend_schema(summary="Take a bookmark away", responses={204: None})
    def let_go(self, request: Request, post: int) -> Response:
        settling.bookmark(by=self.caller, post=self._find(post), is_on=False)
        return Response(status=204)

    def _find(self, post: int) -> Post:
        return self.find(Post.objects.visible_to(self.caller).posts().select_related("space"), pk=post)


class BookmarkSerializer(serializers.ModelSerializer[Bookmark]):
    post = serializers.SerializerMethodField()
    kept_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Bookmark
        fields = ["post", "kept_at"]

    @extend_schema_field(PostSerializer)
    def get_post(self, bookmark: Bookmark) -> Any:
        return self.context["posts"][bookmark.post_id]


class BookmarkViewSet(Endpoint):
    queryset = Bookmark.objects.all()
    serializer_class = BookmarkSerializer

    @extend_schema(summary="List your bookmarks, the newest first")
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(Bookmark.objects.of(self.caller)) or []
        visible = Post.objects.visible_to(self.caller).filter(pk__in=[each.post_id for each in page])
        rows = PostSerializer(told(visible, self.caller), many=True, context=context_of(self.caller)).data
        posts = {row["id"]: row for row in rows}
        there = [each for each in page if each.post_id in posts]
        return self.get_paginated_response(
            BookmarkSerializer(there, many=True, context={"posts": posts}).data
        )
