"""/api/v1/libraries/: what published posts use, in which version, and what an upgrade touches."""

from collections.abc import Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByLibrary, ByPost
from knowledge import upgrades, versions
from knowledge.models import LibraryUse
from knowledge.models.library_use import LibraryUseQuerySet, library_address
from knowledge.upgrades import Touched, touched
from portal.library_pages import ages_of, libraries_of
from portal.spreadsheets import csv_lines

_SPACE = OpenApiParameter("space", OpenApiTypes.STR, description="Of posts of this space alone.")


class LibrarySerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="In lower case.")
    posts = serializers.IntegerField(help_text="Published posts with it that you can see.")
    insights = serializers.IntegerField(help_text="Numbers that those publish.")
    versions = serializers.ListField(
        child=serializers.CharField(), help_text="As posts say them, the newest first."
    )
    url = serializers.CharField(help_text="Its page.")
    impact = serializers.CharField(help_text="The posts, by the API.")


class AgeSerializer(serializers.Serializer[Any]):
    version = serializers.CharField(allow_null=True, help_text="null: posts don't say it.")
    posts = serializers.IntegerField()
    last_published_at = serializers.DateTimeField(help_text="When a revision with it was published last.")


class WholeLibrarySerializer(LibrarySerializer):
    ages = AgeSerializer(many=True, help_text="By version, the newest first.")


class TouchedSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(source="use.post_id")
    title = serializers.CharField(source="use.post.title")
    space = serializers.CharField(source="use.post.space.slug")
    path = serializers.CharField(source="use.post.path")
    version = serializers.SerializerMethodField(help_text="As the post says it; null: it doesn't.")
    owner = serializers.CharField(
        source="use.post.owner.username", default=None, allow_null=True, help_text="Who answers for it."
    )
    authors = serializers.ListField(child=serializers.CharField())
    insights = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the numbers that it publishes."
    )
    published_at = serializers.DateTimeField(
        source="use.published_at", help_text="When the revision that uses it was published."
    )
    url = serializers.SerializerMethodField(help_text="The page of the post.")

    def get_version(self, each: Touched) -> str | None:
        return each.use.version or None

    def get_url(self, each: Touched) -> str:
        return absolute(each.use.post.get_absolute_url())


class LibraryViewSet(Endpoint):
    queryset = LibraryUse.objects.all()
    serializer_class = LibrarySerializer
    pagination_class = ByLibrary

    @extend_schema(
        summary="List the libraries that posts use, by name",
        parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="Part of a name.")],
    )
    def list(self, request: Request) -> Response:
        rows = LibraryUse.objects.visible_to(self.caller)
        if words := _text(request, "q"):
            rows = rows.filter(library__contains=words.lower())
        page = self.paginate_queryset(rows.libraries())
        return self.get_paginated_response(self._shown(page or []))

    @extend_schema(summary="Show a library and its versions", responses=WholeLibrarySerializer)
    def retrieve(self, request: Request, library: str) -> Response:
        uses = self._uses(library)
        ages = [
            {"version": age.version or None, "posts": age.posts, "last_published_at": age.last}
            for age in ages_of(uses)
        ]
        shown = self._shown(list(uses.libraries()))[0]
        return Response(WholeLibrarySerializer(shown | {"ages": ages}).data)

    @extend_schema(
        summary="List the posts that an upgrade of a library touches; as CSV with `format=csv`",
        description=(
            "As JSON the newest posts first; those that don't say the version apart, with `unknown=true`. "
            "As CSV all at once: the most read first, and last those that don't say the version."
        ),
        parameters=[
            OpenApiParameter(
                "affected",
                OpenApiTypes.STR,
                description="The versions that it concerns, such as `<2`, by PEP 440; without it all.",
            ),
            _SPACE,
            OpenApiParameter("unknown", OpenApiTypes.BOOL, description="Those whose version isn't known."),
            OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv"]),
        ],
        responses={
            (200, "application/json"): TouchedSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def impact(self, request: Request, library: str) -> Any:
        uses = self._uses(library)
        if space := _text(request, "space"):
            uses = uses.filter(space__slug=space)
        concerned = uses.concerned(_text(request, "affected")[: versions.LONGEST])
        if request.query_params.get("format") == "csv":
            return _csv(library, concerned, uses.unknown())
        is_unknown = request.query_params.get("unknown") in {"1", "true"}
        self.pagination_class = ByPost  # type: ignore[assignment]  # of this list alone
        page = self.paginate_queryset((uses.unknown() if is_unknown else concerned).with_posts())
        return self.get_paginated_response(TouchedSerializer(touched(page or ()), many=True).data)

    def _uses(self, library: str) -> LibraryUseQuerySet:
        found = LibraryUse.objects.visible_to(self.caller).of(library)
        if not found.exists():
            raise NotFound()
        return found

    def _shown(self, rows: Sequence[dict[str, Any]]) -> Any:
        """By LibrarySerializer. One query."""
        shown = [
            {
                "name": each.name,
                "posts": each.posts,
                "insights": each.insights,
                "versions": each.versions,
                "url": absolute(library_address(each.name)),
                "impact": absolute(f"/api/v1{library_address(each.name)}/impact/"),
            }
            for each in libraries_of(rows, self.caller, 0)
        ]
        return LibrarySerializer(shown, many=True).data


def _csv(library: str, concerned: LibraryUseQuerySet, unknown: LibraryUseQuerySet) -> StreamingHttpResponse:
    rows = upgrades.rows(concerned, unknown)
    lines = (line for part in (csv_lines([upgrades.COLUMNS]), csv_lines(rows)) for line in part)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{library.replace('/', '-')}-impact.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _text(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace("\x00", "").strip()[:150]
