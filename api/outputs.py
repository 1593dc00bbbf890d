"""/api/v1/posts/<id>/outputs/: what the code of a published revision put out; its tables as data."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.insight_formats import CSV, FastJSON, download, etag_of, not_modified, tagged
from api.links import absolute
from knowledge.models import Post, Revision
from knowledge.serving.outputs import KINDS, Output, outputs, table_of
from portal.spreadsheets import csv_lines

FORMS = ("csv", "json")
# What no spreadsheet computes with, however it begins. Possessive: what can't match is given up at once.
_NUMBER = re.compile(r"[-+]?[.,\s]*+\d[\d.,\s]*+(?:[eE][-+]?\d++)?\s?%?")
_NUMBER_MOST = 60  # letters


class OutputSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="In the order of the page, from 1.")
    kind = serializers.ChoiceField(KINDS)
    anchor = serializers.CharField(help_text="Its place in the page. It stays while its cell is as it is.")
    url = serializers.CharField(help_text="The page at that place.")
    embed = serializers.CharField(help_text="A page of it alone, for frames.")
    csv = serializers.CharField(allow_null=True, help_text="Of a table.")
    json = serializers.CharField(allow_null=True, help_text="Of a table.")


class TableSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField()
    revision = serializers.IntegerField()
    number = serializers.IntegerField()
    url = serializers.CharField(help_text="The page at its place.")
    columns = serializers.ListField(child=serializers.CharField(allow_blank=True))
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="Cells as they are shown.",
    )


class OutputViewSet(Endpoint):
    queryset = Revision.objects.all()
    serializer_class = OutputSerializer
    renderer_classes = [FastJSON]
    pagination_class = None

    @extend_schema(
        summary="List what the code of a post put out, as it is published",
        responses=inline_serializer(
            "Outputs",
            {
                "results": OutputSerializer(many=True),
                "next": serializers.CharField(allow_null=True),
                "previous": serializers.CharField(allow_null=True),
            },
        ),
    )
    def retrieve(self, request: Request, post: int) -> Any:
        revision = self._published(post)
        etag = etag_of(_stamp(revision))
        if fresh := not_modified(request, etag):
            return fresh
        rows = [self._row(revision, each) for each in _outputs(revision)]
        return tagged(Response({"results": rows, "next": None, "previous": None}), etag)

    @extend_schema(
        operation_id="posts_outputs_table_retrieve",
        summary="Show a table that the code of a post put out",
        parameters=[OpenApiParameter("form", OpenApiTypes.STR, OpenApiParameter.PATH, enum=FORMS)],
        responses={
            (200, "application/json"): TableSerializer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def table(self, request: Request, post: int, number: int, form: str) -> Any:
        revision = self._published(post)
        etag = etag_of(_stamp(revision), number, form)
        if form not in FORMS:
            raise NotFound()
        if fresh := not_modified(request, etag):
            return fresh
        found = next((it for it in _outputs(revision) if it.number == number), None)
        if found is None or found.kind != "table":
            raise NotFound()
        table = table_of(found.html)
        if form == "csv":
            lines = "".join(_lines([table.columns, *table.rows]))
            return tagged(download(lines, CSV, f"post-{post}-{number}.csv"), etag)
        told = {
            "post": post,
            "revision": revision.number,
            "number": number,
            "url": _place(revision, found),
            "columns": table.columns,
            "rows": table.rows,
        }
        return tagged(Response(told), etag)

    def _published(self, post: int) -> Revision:
        live = Post.objects.visible_to(self.caller).live().order_by().values("pk")
        visible = Revision.objects.visible_to(self.caller).for_readers().for_lists()
        return self.find(visible, post=post, post__in=live, pk=F("post__published_revision"))

    def _row(self, revision: Revision, output: Output) -> dict[str, Any]:
        address = absolute(f"/api/v1/posts/{revision.post_id}/outputs/{output.number}")
        is_table = output.kind == "table"
        return {
            "number": output.number,
            "kind": output.kind,
            "anchor": output.anchor,
            "url": _place(revision, output),
            "embed": absolute(f"/embed/posts/{revision.post_id}/outputs/{output.number}"),
            "csv": f"{address}.csv" if is_table else None,
            "json": f"{address}.json" if is_table else None,
        }


def _stamp(revision: Revision) -> tuple[object, ...]:
    """All that decides what is told of its outputs."""
    post = revision.post
    return revision.pk, revision.rendering_id, revision.rendering.finished_at, post.path, post.space.slug


def _outputs(revision: Revision) -> Iterator[Output]:
    return outputs(revision.rendering.parts.order_by("number").values_list("html", flat=True).iterator(10))


def _place(revision: Revision, output: Output) -> str:
    return absolute(f"{revision.post.get_absolute_url()}#{output.anchor}")


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Numbers are left as they are shown; all else that begins as a formula does is made a text."""
    yield from csv_lines([_Shown(cell) if _is_number(cell) else cell for cell in row] for row in rows)


def _is_number(cell: str) -> bool:
    return len(cell) <= _NUMBER_MOST and bool(_NUMBER.fullmatch(cell))


class _Shown:
    """A text that csv writes as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text
