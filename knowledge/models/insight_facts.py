"""What is served of insights, in one statement that is planned once: for programs that ask all the time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateTimeField, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from knowledge.models.for_readers import ForReader
from knowledge.models.insight import Insight, Reading, ReadingQuerySet, state_of
from knowledge.models.statements import IsAny, Slot
from knowledge.models.user import User
from knowledge.serving.facts import InsightFacts, ReadingFacts

Row = tuple[Any, ...]
EVER = datetime.max.replace(tzinfo=UTC)


def rows_of_one(reader: User, space: str, name: str, at: datetime | None = None) -> list[Row]:
    """Of the one with that address, as `reader` sees it; none for what isn't there. One query."""
    return _ONE(reader, space=space, name=name, at=at or EVER)


def rows_of(reader: User, ids: Sequence[int], at: datetime | None = None) -> list[Row]:
    """Of those among `ids` that `reader` sees, in no order. One query."""
    return _SOME(reader, ids=list(ids), at=at or EVER) if ids else []


def facts(row: Row) -> InsightFacts | None:
    """What a row says; None where the reader sees no reading."""
    (pk, name, post, withdrawn, changed, space, space_name, status, attention, path, title, by, told) = row
    if not told:
        return None
    readings = [reading(each) for each in told]
    is_there = post is not None and readings[0].post_id == post
    return InsightFacts(
        pk=pk,
        space=space,
        space_name=space_name,
        name=name,
        status=state_of(status, withdrawn_at=withdrawn, attention_since=attention),
        post_path=path if is_there else "",
        post_title=title if is_there else "",
        superseded_by=by,
        changed_at=changed,
        newest=readings[0],
        before=readings[1] if len(readings) > 1 else None,
    )


def history_of(reader: User, insight: int) -> "QuerySet[Reading, dict[str, Any]]":
    """What `reader` sees of its readings, the newest first: rows for `reading`, with their `id`."""
    seen = Reading.objects.visible_to(reader).filter(insight=insight).newest_first()
    return _told(seen).values("id", "told")


def reading(told: Any) -> ReadingFacts:
    """What a row of `history_of` tells."""
    said = orjson.loads(told) if isinstance(told, str | bytes) else told
    number = said["number"]
    said["number"] = Decimal(number) if number is not None else None
    said["published_at"] = said["published_at"].replace("+00:00", "Z")
    return ReadingFacts(**said)


_COLUMNS = (
    *("pk", "post_id", "revision_number", "commit", "value", "unit", "as_of", "interval", "dimensions"),
    *("title", "limits", "anchor", "authors", "reason", "published_at", "reviewed_by"),
)


def _told(readings: ReadingQuerySet) -> ReadingQuerySet:
    columns: dict[str, Any] = {name: F(name) for name in _COLUMNS}
    # As text: JSON would be read as a float.
    told = JSONObject(number=Cast("number", TextField()), **columns)
    return readings.with_reviewers().annotate(told=told)


def _rows(reader: User, insights: "QuerySet[Insight]") -> Any:
    readings = Reading.objects.visible_to(reader).filter(insight=OuterRef("pk")).newest_first()
    newest = _told(readings.at(Slot("at", DateTimeField())))
    return insights.order_by().values_list(
        *("pk", "name", "post_id", "withdrawn_at", "changed_at", "space__slug", "space__name"),
        *("post__status", "post__attention_since", "post__path", "post__title", "post__superseded_by_id"),
        ArraySubquery(newest.values("told")[:2]),
    )


_AT = {"at": DateTimeField()}
_ONE: ForReader[Row] = ForReader(
    lambda reader, space, name, at: _rows(
        reader, Insight.objects.visible_to(reader).filter(space__slug=space, name=name)
    ),
    space=CharField(max_length=64),
    name=CharField(max_length=100),
    **_AT,
)
_SOME: ForReader[Row] = ForReader(
    lambda reader, ids, at: _rows(reader, Insight.objects.visible_to(reader).filter(IsAny("pk", ids))),
    ids=ArrayField(BigIntegerField()),
    **_AT,
)
