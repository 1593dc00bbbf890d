"""/api/v1/search/suggestions/: what the search box offers while somebody types."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.related import NeighbourSerializer
from api.search import PieceSerializer
from knowledge.models import Post
from knowledge.models.tag import tag_address
from knowledge.pipeline.search_suggest import suggest
from knowledge.search.grammar import MAX_LENGTH


class SuggestedPostSerializer(serializers.Serializer[Any]):
    post = NeighbourSerializer()
    pieces = PieceSerializer(source="title", many=True, help_text="Its title, cut where found words begin.")


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="By which the API knows it.")
    name = serializers.CharField(help_text="For people.")
    url = serializers.CharField(help_text="Its page.")


class SuggestionsSerializer(serializers.Serializer[Any]):
    posts = SuggestedPostSerializer(many=True, help_text="The best first.")
    tags = NamedSerializer(many=True)
    people = NamedSerializer(many=True)
    spaces = NamedSerializer(many=True)


class SuggestionFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=MAX_LENGTH * 2, required=False, default="", allow_blank=True,
        help_text="What is typed so far: the last word counts as the beginning of one.",
    )  # fmt: skip


class SuggestionViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = SuggestionsSerializer
    pagination_class = None

    @extend_schema(
        summary="Offer what somebody may be looking for",
        description="A few of each kind.",
        parameters=[SuggestionFilters],
        responses={200: OpenApiResponse(SuggestionsSerializer)},
    )
    def retrieve(self, request: Request) -> Response:
        found = suggest(user=self.caller, text=self.sent(SuggestionFilters, request.query_params)["q"])
        answer = {
            "posts": found.posts,
            "tags": [_named(tag, tag, tag_address(tag)) for tag in found.tags],
            "people": [
                _named(each.username, each.get_full_name(), each.get_absolute_url()) for each in found.people
            ],
            "spaces": [_named(each.slug, each.name, each.get_absolute_url()) for each in found.spaces],
        }
        return Response(SuggestionsSerializer(answer).data)


def _named(key: str, name: str, address: str) -> dict[str, str]:
    return {"id": key, "name": name, "url": absolute(address)}
