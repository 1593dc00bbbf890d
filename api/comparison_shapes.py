"""What the API tells of two revisions: cell by cell, or as news for who read the older one."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from api.links import absolute
from api.revisions import FailureSerializer
from knowledge.diffing import Difference, Row
from knowledge.diffing.difference import OutputChange, Picture, Span, TextChange
from knowledge.models import Comparison, Revision
from knowledge.rendering.images import EXTENSIONS

OPS = ["same", "changed", "added", "removed", "moved"]
LINE_OPS = ["same", "changed", "added", "removed", "fold"]
VALUE_OPS = ["same", "changed", "added", "removed"]
KINDS = ["text", "error", "table", "image", "drawn", "html"]


class WordSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)
    op = serializers.ChoiceField(VALUE_OPS)


class FactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Of a setting.")
    words = WordSerializer(many=True)


class ChangedLineSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(LINE_OPS, help_text="fold: `hidden` lines that are the same.")
    old_number = serializers.IntegerField(help_text="From 1; 0 where that side has none.")
    new_number = serializers.IntegerField()
    old = serializers.CharField()
    new = serializers.CharField(help_text="Also of what is the same.")
    hidden = serializers.IntegerField()


class BlockSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(LINE_OPS)
    tag = serializers.CharField(help_text="The HTML element that it was.")
    words = WordSerializer(many=True)
    hidden = serializers.IntegerField()


class TableCellSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(VALUE_OPS)
    old = serializers.CharField()
    new = serializers.CharField()
    is_heading = serializers.BooleanField()


class TableRowSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(LINE_OPS)
    cells = TableCellSerializer(many=True)
    hidden = serializers.IntegerField()


class OutputChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    op = serializers.ChoiceField(VALUE_OPS)
    label = serializers.CharField()  # type: ignore[assignment]  # fields have one
    lines = ChangedLineSerializer(many=True, allow_null=True, help_text="Of texts and errors.")
    rows = TableRowSerializer(many=True, allow_null=True, help_text="Of tables.")
    old_image = serializers.CharField(allow_null=True, help_text="Its address.")
    new_image = serializers.CharField(allow_null=True)


class CellChangeSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(OPS)
    old = serializers.IntegerField(allow_null=True, help_text="Which cell it was, from 1.")
    new = serializers.IntegerField(allow_null=True, help_text="Which cell it is, from 1.")
    kind = serializers.CharField()
    cell_id = serializers.CharField(help_text="The file's own name of the cell; may be empty.")
    lines = ChangedLineSerializer(
        many=True, allow_null=True, help_text="Of its source; null where it is the same."
    )
    prose = BlockSerializer(many=True, help_text="Of its text, as it reads.")
    outputs = OutputChangeSerializer(many=True)
    facts = FactSerializer(many=True, help_text="What changed of its settings.")


class DifferenceSerializer(serializers.Serializer[Any]):
    header = FactSerializer(many=True)
    cells = CellChangeSerializer(many=True, help_text="Those that changed, in the order of the new one.")
    unchanged = serializers.IntegerField(help_text="How many cells are the same.")
    notices = serializers.ListField(child=serializers.CharField())


class RevisionComparisonSerializer(serializers.Serializer[Any]):
    old = serializers.IntegerField(help_text="Its number.")
    new = serializers.IntegerField()
    state = serializers.ChoiceField(Comparison.State.choices)
    failure = FailureSerializer(allow_null=True)
    difference = DifferenceSerializer(allow_null=True, help_text="null until it is ready.")


class NewsSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(help_text="Where it stands.")  # type: ignore[assignment]  # fields have one
    op = serializers.ChoiceField(VALUE_OPS, source="news.op")
    name = serializers.CharField(source="news.name")
    words = WordSerializer(source="news.words", many=True, help_text="Of conclusions.")
    values = serializers.SerializerMethodField(help_text="Of numbers: the first of those that changed.")
    count = serializers.IntegerField(source="news.count")
    url = serializers.SerializerMethodField(help_text="The page at its place.")

    def get_values(self, item: Any) -> list[dict[str, str]]:
        return [{"name": it.name, "old": it.old, "new": it.new} for it in item.news.values]

    def get_url(self, item: Any) -> str:
        page: str = self.context.get("page", "")
        return f"{page}{item.address}" if item.address.startswith("#") else absolute(item.address)


class NewsKindSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Conclusions, Figures or Numbers.")
    count = serializers.IntegerField()
    items = NewsSerializer(many=True, help_text="The first of them.")


class SinceSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField()
    state = serializers.ChoiceField(
        ["none", *Comparison.State.values], help_text="none: nothing, or you didn't read it before."
    )
    old = serializers.IntegerField(default=None, allow_null=True, help_text="The revision that you read.")
    new = serializers.IntegerField(default=None, allow_null=True, help_text="What readers see now.")
    read_at = serializers.DateTimeField(default=None, allow_null=True, help_text="When you read that.")
    words = serializers.CharField(default="", help_text="In a line.")
    kinds = NewsKindSerializer(many=True)
    notices = serializers.ListField(child=serializers.CharField(), default=list)


def cells_of(difference: Difference, old: Revision, new: Revision) -> dict[str, Any]:
    """For DifferenceSerializer."""
    return {
        "header": difference.header,
        "cells": [_cell(row, old, new) for row in difference.changed],
        "unchanged": difference.unchanged_count,
        "notices": difference.notices,
    }


def _cell(row: Row, old: Revision, new: Revision) -> dict[str, Any]:
    return {
        "op": row.op,
        "old": row.old + 1 if row.old >= 0 else None,
        "new": row.new + 1 if row.new >= 0 else None,
        "kind": row.kind,
        "cell_id": row.cell_id,
        "lines": _lines(row.source),
        "prose": row.prose,
        "outputs": [_output(change, old, new) for change in row.outputs],
        "facts": row.facts,
    }


def _output(change: OutputChange, old: Revision, new: Revision) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "op": change.op,
        "label": change.label,
        "lines": _lines(change.text),
        "rows": change.table.rows if change.table else None,
        "old_image": _image(old, change.old_picture),
        "new_image": _image(new, change.new_picture),
    }


def _lines(text: TextChange | None) -> list[dict[str, Any]] | None:
    if text is None:
        return None
    return [
        {
            "op": line.op,
            "old_number": line.old_number,
            "new_number": line.new_number,
            "old": _plain(line.old),
            "new": _plain(line.new),
            "hidden": line.hidden,
        }
        for line in text.lines
    ]


def _plain(spans: Sequence[Span]) -> str:
    return "".join(span.text for span in spans)


def _image(revision: Revision, picture: Picture | None) -> str | None:
    kept = revision.rendering.assets.get(picture.digest) if picture else None
    suffix = EXTENSIONS.get(kept.get("type", "")) if kept else None
    if not (picture and suffix):
        return None
    return absolute(f"/api/v1/revisions/{revision.pk}/images/{picture.digest}.{suffix}")
