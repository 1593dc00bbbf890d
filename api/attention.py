"""/api/v1/me/attention/: what needs the caller, as the feed's list has it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.post_shapes import PostSerializer, context_of, told
from api.reviews import ReviewSerializer
from knowledge.models import Post
from portal.attention import COUNTED, SHOWN, attention_of


class AttentionSerializer(serializers.Serializer[Any]):
    failed = PostSerializer(many=True, help_text="Yours whose newest revision could not be rendered.")
    kept_back = PostSerializer(many=True, help_text="Yours that are kept back for what was found in them.")
    changes = ReviewSerializer(many=True, help_text="Reviews of yours in which changes were asked for.")
    old = PostSerializer(
        many=True, help_text="Past their day, and yours to look at; `/posts/?attention=mine` has all."
    )
    to_review = serializers.IntegerField(
        help_text=f"How many reviews wait for your word, up to {COUNTED}; `/reviews/?list=mine` has them."
    )


class AttentionViewSet(Endpoint):
    serializer_class = AttentionSerializer
    pagination_class = None

    @extend_schema(
        summary="Show what needs you",
        description=f"The first {SHOWN} of each kind. Empty lists: nothing does.",
        responses=AttentionSerializer,
    )
    def retrieve(self, request: Request) -> Response:
        found = attention_of(self.caller)
        lists = {"failed": found.failed, "kept_back": found.kept_back, "old": found.old}
        wanted = [post.pk for posts in lists.values() for post in posts]
        visible = told(Post.objects.visible_to(self.caller).filter(pk__in=wanted), self.caller)
        rows = PostSerializer(visible, many=True, context=context_of(self.caller)).data
        by_id = {row["id"]: row for row in rows}
        answer: dict[str, Any] = {
            name: [by_id[post.pk] for post in posts if post.pk in by_id] for name, posts in lists.items()
        }
        answer |= {
            "changes": ReviewSerializer(found.changes, many=True).data,
            "to_review": found.to_review,
        }
        return Response(answer)
