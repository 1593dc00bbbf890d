"""What rests on a dataset or a library: posts, whose they are, and the insights that these publish."""

import re
from collections.abc import Mapping, Sequence

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_formats import FastJSON
from api.insight_pages import InsightPages
from api.insight_shapes import InsightSerializer
from api.insight_told import told
from api.libraries import TouchedSerializer
from api.links import absolute
from api.pagination import ByPost
from knowledge.models import Dataset, Insight, LibraryUse, Post, User
from knowledge.models.dataset import resting
from knowledge.models.insight import InsightQuerySet
from knowledge.models.insight_facts import Stamp, stamps_in
from knowledge.models.library_use import LibraryUseQuerySet
from knowledge.models.post_queryset import PostQuerySet
from knowledge.upgrades import touched

_SPACE = OpenApiParameter("space", OpenApiTypes.STR, description="Of this space alone.")


class RestingPostSerializer(serializers.ModelSerializer[Post]):
    post = serializers.IntegerField(source="pk")
    space = serializers.CharField(source="space.slug")
    owner = serializers.CharField(
        source="owner.username", default=None, allow_null=True, help_text="Who answers for it."
    )
    authors = serializers.SerializerMethodField()
    insights = serializers.SerializerMethodField(help_text="The names of the numbers that it publishes.")
    url = serializers.SerializerMethodField(help_text="The page of the post.")

    class Meta:
        model = Post
        fields = ["post", "title", "space", "path", "owner", "authors", "insights", "published_at", "url"]

    def get_authors(self, post: Post) -> list[str]:
        signed = sorted(post.authorships.all(), key=lambda each: each.position)
        return [each.user.get_full_name() if each.user else each.name for each in signed]

    def get_insights(self, post: Post) -> list[str]:
        return list(self.context["names"].get(post.pk, ()))

    def get_url(self, post: Post) -> str:
        return absolute(post.get_absolute_url())


def post_page(endpoint: Endpoint, posts: PostQuerySet) -> Response:
    """As many queries for a page as for one."""
    if space := asked_for(endpoint.request, "space"):
        posts = posts.filter(space__slug=space)
    shown = posts.select_related("space", "owner").prefetch_related("authorships__user")
    page = endpoint.paginate_queryset(shown) or []
    context = {"names": _names(page)}
    return endpoint.get_paginated_response(RestingPostSerializer(page, many=True, context=context).data)


def _names(posts: Sequence[Post]) -> Mapping[int, Sequence[str]]:
    """Of the numbers of each that still hold."""
    found: dict[int, list[str]] = {}
    said = Insight.objects.filter(post__in=[post.pk for post in posts], withdrawn_at=None)
    for post, name in said.order_by("name").values_list("post", "name"):
        found.setdefault(post or 0, []).append(name)
    return found


class _Datasets(Endpoint):
    def posts(self, name: str) -> PostQuerySet:
        found = self.find(Dataset.objects.visible_to(self.caller).named(name))
        return resting().visible_to(self.caller).filter(dataset_uses__dataset=found)


class DatasetPostViewSet(_Datasets):
    queryset = Post.objects.all()
    serializer_class = RestingPostSerializer

    @extend_schema(summary="List the posts that rest on a dataset, and whose they are", parameters=[_SPACE])
    def list(self, request: Request, name: str) -> Response:
        return post_page(self, self.posts(name))


class _Among:
    """Pages of these insights."""

    places = re.compile(r"[0-9]{1,18}", re.ASCII)

    def __init__(self, caller: User, insights: InsightQuerySet) -> None:
        self.caller, self.insights = caller, insights

    def find(self, count: int, place: str | None, *, is_back: bool) -> Sequence[Stamp]:
        found = self.insights.order_by("pk" if is_back else "-pk")
        if place:
            found = found.filter(Q(pk__gt=int(place)) if is_back else Q(pk__lt=int(place)))
        ids = list(found.values_list("pk", flat=True)[:count])
        return stamps_in(self.caller, ids[::-1] if is_back else ids)

    def place(self, stamp: Stamp) -> str:
        return str(stamp[0])


class _Insights(Endpoint):
    queryset = Insight.objects.all()
    serializer_class = InsightSerializer
    renderer_classes = [FastJSON]
    pagination_class = InsightPages
    paginator: InsightPages

    def insights(self, found: InsightQuerySet) -> Response:
        """Of posts that the caller sees; the newest first."""
        stamps = self.paginator.found(self.request, _Among(self.caller, found))
        return self.get_paginated_response(told(self.caller, stamps))


class DatasetInsightViewSet(_Insights, _Datasets):
    @extend_schema(summary="List the insights that rest on a dataset")
    def list(self, request: Request, name: str) -> Response:
        posts = self.posts(name).values("pk")
        return self.insights(Insight.objects.filter(post__in=posts, withdrawn_at=None))


class _Libraries(Endpoint):
    def uses(self, library: str) -> LibraryUseQuerySet:
        found = LibraryUse.objects.visible_to(self.caller).of(library)
        if not found.exists():
            raise NotFound()
        return found


class LibraryPostViewSet(_Libraries):
    queryset = LibraryUse.objects.all()
    serializer_class = TouchedSerializer
    pagination_class = ByPost

    @extend_schema(
        summary="List the posts that use a library, in which version, and whose they are",
        parameters=[
            OpenApiParameter("version", OpenApiTypes.STR, description="This one; empty: not said."),
            _SPACE,
        ],
    )
    def list(self, request: Request, library: str) -> Response:
        uses = self.uses(library)
        if (version := request.query_params.get("version")) is not None:
            uses = uses.filter(version=version.replace("\x00", ""))
        if space := asked_for(request, "space"):
            uses = uses.filter(space__slug=space)
        page = self.paginate_queryset(uses.with_posts()) or ()
        return self.get_paginated_response(TouchedSerializer(touched(page), many=True).data)


class LibraryInsightViewSet(_Insights, _Libraries):
    @extend_schema(summary="List the insights of the posts that use a library")
    def list(self, request: Request, library: str) -> Response:
        posts = self.uses(library).order_by().values("post")
        return self.insights(Insight.objects.filter(post__in=posts, withdrawn_at=None))


def asked_for(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace("\x00", "")[:150]
