"""/api/v1/search/: posts by words and fields, the best first, each with the passage that says why."""

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.post_shapes import AuthorSerializer, TrustedSerializer
from knowledge.models import Post
from knowledge.models.search_order import ORDERS
from knowledge.pipeline.demand import record_search_miss
from knowledge.pipeline.search_more import facets, pageable, put_away_count, sorted_by
from knowledge.pipeline.search_rows import Row, rows
from knowledge.pipeline.searching import search
from knowledge.search.grammar import MAX_LENGTH

SIZE, MOST, PAGES = 20, 100, 1_000
SORTS = ["relevance", *ORDERS]


class FoundPostSerializer(TrustedSerializer):
    space = serializers.CharField(source="space.slug")
    authors = AuthorSerializer(source="authorships", many=True)
    tags = serializers.ListField(child=serializers.CharField())
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Post
        fields = [
            "id", "space", "path", "title", "tldr", "authors", "tags", "status", "url", "created_at",
            "updated_at", "published_at", "trust", "trust_reasons", "trust_next",
        ]  # fmt: skip

    def get_url(self, post: Post) -> str:
        return absolute(post.get_absolute_url())


class PieceSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)
    is_found = serializers.BooleanField(help_text="Whether it is a word that was looked for.")


class PassageSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["narrative", "heading", "code", "output", "comment"])
    text = serializers.CharField()
    pieces = PieceSerializer(many=True, help_text="The same text, cut where found words begin and end.")
    anchor = serializers.CharField(help_text="The place in the page; empty for none.")
    heading = serializers.CharField(help_text="What it stands under; empty for nothing.")
    url = serializers.CharField(help_text="The page at that place.")


class NumberSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField(help_text="Empty where it is a table.")
    unit = serializers.CharField()
    as_of = serializers.CharField()


class HitSerializer(serializers.Serializer[Any]):
    post = FoundPostSerializer()
    score = serializers.FloatField(source="hit.score.total", help_text="Compares posts of one search alone.")
    why = serializers.ListField(child=serializers.CharField(), help_text="In short sentences.")
    is_approved = serializers.BooleanField(help_text="Whether reviewers approved what readers see.")
    missing = serializers.ListField(
        source="hit.missing", child=serializers.CharField(), help_text="Words that it doesn't hold."
    )
    passage = serializers.SerializerMethodField(help_text="The best one.")
    insight = NumberSerializer(source="number", allow_null=True, help_text="Whose name was looked for.")

    @extend_schema_field(PassageSerializer(allow_null=True))
    def get_passage(self, row: Row) -> dict[str, Any] | None:
        quote = row.quote
        if quote is None:
            return None
        address = absolute(row.post.get_absolute_url())
        return {
            "kind": quote.kind,
            "text": quote.text,
            "pieces": [{"text": piece.text, "is_found": piece.is_found} for piece in quote.pieces],
            "anchor": quote.anchor,
            "heading": quote.heading.text if quote.heading else "",
            "url": f"{address}#{quote.anchor}" if quote.anchor else address,
        }


class AskedSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(source="query.text", help_text="What was looked for.")
    spelled = serializers.BooleanField(help_text="Whether that is spelled otherwise than was asked.")
    suggested = serializers.CharField(help_text="What may have been meant; empty for nothing else.")
    notes = serializers.ListField(
        source="query.notes", child=serializers.CharField(), help_text="What wasn't understood."
    )


class FacetSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="A field of the query.")
    value = serializers.CharField()
    label = serializers.CharField(help_text="The value for people.")  # type: ignore[assignment]  # fields have one
    posts = serializers.IntegerField()


class FoundSerializer(serializers.Serializer[Any]):
    results = HitSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(help_text="Posts that match, counted as far as `is_capped` allows.")
    with_all = serializers.IntegerField(help_text="Of them those that hold all that was asked for.")
    is_capped = serializers.BooleanField(help_text="Whether there are more than were counted.")
    put_away = serializers.IntegerField(
        help_text="Archived and superseded posts that match too; `is:archived OR is:superseded` lists them."
    )
    query = AskedSerializer()
    facets = FacetSerializer(many=True)


class SearchFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=MAX_LENGTH * 2,
        required=False,
        allow_blank=True,
        default="",
        help_text='Words, "phrases", -not, OR and fields, as on the page.',
    )
    sort = serializers.ChoiceField(SORTS, required=False, default="relevance")
    limit = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=SIZE)
    page = serializers.IntegerField(min_value=1, max_value=PAGES, required=False, default=1)
    as_typed = serializers.BooleanField(
        required=False, default=False, help_text="In no other spelling than yours."
    )


class SearchViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = FoundSerializer

    @extend_schema(
        summary="Search posts",
        description="By the grammar of the page. The best are ranked, and at most 1,000 listed.",
        parameters=[SearchFilters],
        responses={200: OpenApiResponse(FoundSerializer)},
    )
    def retrieve(self, request: Request) -> Response:
        asked = self.sent(SearchFilters, request.query_params)
        results = search(user=self.caller, text=asked["q"], as_typed=asked["as_typed"])
        listed = sorted_by(asked["sort"], results, user=self.caller)
        hits = pageable(listed)
        if not hits:
            record_search_miss(query=results.query.text, by=self.caller)
        start = (asked["page"] - 1) * asked["limit"]
        end = start + asked["limit"]
        found = {
            "results": rows(listed, hits[start:end], user=self.caller),
            "next": _page(request, asked["page"] + 1) if end < len(hits) else None,
            "previous": _page(request, asked["page"] - 1) if start else None,
            "total": len(results.pool),
            "with_all": results.whole,
            "is_capped": results.is_capped,
            "put_away": put_away_count(results, user=self.caller),
            "query": results,
            "facets": facets(results),
        }
        return Response(FoundSerializer(found).data)


def _page(request: Request, number: int) -> str:
    asked = request.query_params.dict() | {"page": str(number)}
    return absolute(f"/api/v1/search/?{urlencode(asked)}")
