"""/api/v1/revisions/<id>/html/ and what it shows: the document as the portal keeps it, cleaned, in parts.

As JSON, so that no browser takes it for a page of the portal's. What documents bring that wants to run comes
as a download: whoever shows it has to give it a sandbox of its own.
"""

from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from knowledge import storage
from knowledge.git import Repository
from knowledge.models import Post, Rendering, Revision
from knowledge.rendering.images import EXTENSIONS
from knowledge.rendering.paper import MEDIA_TYPE as PDF
from knowledge.rendering.vendored import MARKER
from portal.content_links import Place, resolve
from portal.fragments import place_of
from portal.hidden import hidden_from
from portal.inlining import inlined
from portal.served import attachment, from_repository, image, paper

NAMES = "api:revision-"  # of the addresses below
IMAGES: dict[Any, Any] = {(200, media_type): OpenApiTypes.BINARY for media_type in EXTENSIONS}
DRAWN = {(200, "text/html"): OpenApiTypes.BINARY, (200, PDF): OpenApiTypes.BINARY}
FILES = IMAGES | {
    (200, media_type): OpenApiTypes.BINARY
    for media_type in ("application/octet-stream", "image/svg+xml", PDF)
}


class HtmlSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(help_text="Its number.")
    part = serializers.IntegerField(help_text="From 0.")
    parts = serializers.IntegerField(help_text="How many there are: long documents come in several.")
    html = serializers.CharField(
        help_text="Cleaned: no scripts, styles or forms. Each cell has the id `cell-` and its name."
    )
    math = serializers.BooleanField(help_text="Whether it has formulas, as TeX in elements of class math.")
    macros = serializers.DictField(child=serializers.CharField(), help_text="What formulas may use.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ContentsViewSet(Endpoint):
    queryset = Revision.objects.all()
    serializer_class = HtmlSerializer

    @extend_schema(
        summary="Read a revision as cleaned HTML, part by part",
        description="Images and output documents are at addresses of the API, links lead to pages.",
        parameters=[OpenApiParameter("part", OpenApiTypes.INT, description="From 0, the first.")],
    )
    def html(self, request: Request, pk: int) -> Response:
        revision = self._find(pk)
        if revision.rendering.state != Rendering.State.READY:
            raise NotFound(f"Nothing to read yet: this revision is {revision.rendering.state}.")
        asked = request.query_params.get("part", "0")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else -1
        stored = revision.rendering.parts.filter(number=number).first()
        if stored is None:
            raise NotFound("It has no such part.")
        count, address = revision.rendering.parts.count(), f"/api/v1/revisions/{pk}/html/?part="
        told = {
            "revision": revision.number,
            "part": number,
            "parts": count,
            "html": resolve(stored.html, _outside(revision)),
            "math": 'class="math"' in stored.html,
            "macros": revision.rendering.macros,
            "next": absolute(f"{address}{number + 1}") if number + 1 < count else None,
            "previous": absolute(f"{address}{number - 1}") if number else None,
        }
        return Response(told)

    @extend_schema(summary="Load an image of a revision", responses=IMAGES)
    def asset(self, request: Request, pk: int, digest: str, suffix: str) -> HttpResponseBase:
        return image(self._find(pk).rendering, digest, suffix)

    @extend_schema(
        summary="Download an output document of a revision",
        description="What its code drew with scripts: HTML that only a sandbox without an origin may show. "
        "Libraries are loaded from this portal.",
        responses=DRAWN,
    )
    def output(self, request: Request, pk: int, number: int) -> HttpResponseBase:
        revision = self._find(pk)
        outputs, name = revision.rendering.outputs, PurePosixPath(revision.path).stem
        if number >= len(outputs) or not storage.exists(outputs[number]["digest"]):
            raise NotFound()
        if outputs[number].get("type") == PDF:
            return paper(outputs[number]["digest"], name)
        vendor = f"{settings.SITE_URL}/vendor/".encode()
        document = storage.read(outputs[number]["digest"]).replace(MARKER.encode(), vendor)
        whole = inlined(document, place_of(revision), self.caller, settings.SITE_URL)
        return attachment(iter([whole]), f"{name}-{number}.html", "text/html; charset=utf-8")

    @extend_schema(
        summary="Load a file beside a revision",
        description="As it was at its commit. Posts are not files: they have revisions.",
        responses=FILES,
    )
    def file(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        revision = self._find(pk)
        space = revision.post.space.slug
        if hidden_from(self.caller, space, [path]) or Post.objects.ever_at(space, path).exists():
            raise NotFound()
        repository = Repository(space)
        entry = repository.find(revision.commit, path)
        if entry is None:
            raise NotFound()
        return from_repository(repository, entry)

    def _find(self, pk: int) -> Revision:
        visible = Revision.objects.visible_to(self.caller)
        return self.find(visible.for_lists().defer("header"), pk=pk)


def _outside(revision: Revision) -> Place:
    return Place(
        revision.post.space.slug, revision.commit, revision.path, revision.pk, lambda number: "",
        names=NAMES, origin=settings.SITE_URL,
    )  # fmt: skip
