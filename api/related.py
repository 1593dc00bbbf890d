"""/api/v1/posts/<id>/related/ and /cited_by/: what a post has to do with others."""

from typing import Any

from django.db.models import OuterRef, Subquery
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from knowledge.models import Citation, Post, Related
from knowledge.relating.reasons import said

AT_MOST = 20


class NeighbourSerializer(serializers.ModelSerializer[Post]):
    space = serializers.CharField(source="space.slug")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Post
        fields = ["id", "space", "path", "title", "status", "url", "published_at"]

    def get_url(self, post: Post) -> str:
        return absolute(post.get_absolute_url())


class CitingSerializer(NeighbourSerializer):
    sentence = serializers.CharField(help_text="Around the link; empty where there is none to tell.")

    class Meta(NeighbourSerializer.Meta):
        fields = [*NeighbourSerializer.Meta.fields, "sentence"]


class ReasonsSerializer(serializers.Serializer[Any]):
    """What both have, the rarest first; `cites`: the other cites this post, `cited`: this post cites it."""

    cites = serializers.BooleanField(default=False)
    cited = serializers.BooleanField(default=False)
    together = serializers.BooleanField(default=False, help_text="A third post cites both.")
    readers = serializers.BooleanField(default=False, help_text="Two people or more read both.")
    tags = serializers.ListField(child=serializers.CharField(), default=list)
    datasets = serializers.ListField(child=serializers.CharField(), default=list)
    libraries = serializers.ListField(child=serializers.CharField(), default=list)
    words = serializers.ListField(child=serializers.CharField(), default=list)


class RelatedSerializer(serializers.ModelSerializer[Related]):
    post = NeighbourSerializer(source="other")
    weight = serializers.FloatField(help_text="From 0 to 1.")
    reasons = ReasonsSerializer()
    why = serializers.SerializerMethodField(help_text="The reasons as the page says them.")

    class Meta:
        model = Related
        fields = ["post", "weight", "reasons", "why"]

    def get_why(self, related: Related) -> list[str]:
        return said(related.reasons)


class RelatedViewSet(Endpoint):
    queryset = Related.objects.all()
    serializer_class = RelatedSerializer

    @extend_schema(summary=f"Posts that are near to a post, the nearest first, {AT_MOST} at most")
    def list(self, request: Request, post: int) -> Response:
        subject = self.find(Post.objects.visible_to(self.caller).live().posts(), pk=post)
        rows = Related.objects.of(subject, self.caller)[:AT_MOST]
        results = RelatedSerializer(rows, many=True).data
        return Response({"results": results, "next": None, "previous": None})


class CitedByViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = CitingSerializer

    @extend_schema(summary="Posts that link to a post, the newest first")
    def list(self, request: Request, post: int) -> Response:
        visible = Post.objects.visible_to(self.caller)
        subject = self.find(visible.live().posts(), pk=post)
        sentence = Citation.objects.filter(cited=subject, post=OuterRef("pk")).values("sentence")
        citing = visible.citing(subject).select_related("space").annotate(sentence=Subquery(sentence))
        return self.page(citing, CitingSerializer)
