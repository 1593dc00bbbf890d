"""/api/v1/feed/: the lists of the front page, each post with the reason why it is there."""

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.post_shapes import PostSerializer, context_of, told
from knowledge.models import Post
from portal.feeds import FEEDS, FOR_YOU, feed_of


class FedSerializer(serializers.Serializer[Any]):
    post = PostSerializer()
    why = serializers.CharField(help_text="Of what is for you; empty in the other lists.")


class FeedSerializer(serializers.Serializer[Any]):
    list = serializers.ChoiceField(list(FEEDS))
    follows = serializers.BooleanField(
        help_text="Whether you follow anything, or are a member of a space: else nothing is for you."
    )
    results = FedSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True, help_text="Always null: go forth only.")


class FeedFilters(serializers.Serializer[Any]):
    list = serializers.ChoiceField(list(FEEDS), required=False, default=FOR_YOU)
    before = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=60,
        help_text="As `next` has it: goes on where a page ended.",
    )


class FeedViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = FeedSerializer
    pagination_class = None

    @extend_schema(
        summary="Show what is for you, new or popular",
        parameters=[FeedFilters],
        responses={200: OpenApiResponse(FeedSerializer)},
    )
    def retrieve(self, request: Request) -> Response:
        asked = self.sent(FeedFilters, request.query_params)
        feed = feed_of(self.caller, None, asked["list"], asked["before"])
        visible = told(Post.objects.visible_to(self.caller).filter(pk__in=feed.page.ids), self.caller)
        posts = {post.pk: post for post in visible}
        older = {"list": feed.here, "before": feed.page.older}
        answer = {
            "list": feed.here,
            "follows": feed.follows,
            "results": [
                {"post": posts[pk], "why": feed.why.get(pk, "")} for pk in feed.page.ids if pk in posts
            ],
            "next": absolute(f"/api/v1/feed/?{urlencode(older)}") if feed.page.older else None,
            "previous": None,
        }
        return Response(FeedSerializer(answer, context=context_of(self.caller)).data)
