"""What is served of insights, in statements that are planned once: for programs that ask all the time.

The first finds stamps: which rows, in which version, an insight and its newest readings are told from. That
is enough to know whether an answer is still the one that somebody has. What they say is asked for after that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
    TextField,
)

from knowledge.models import prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.insight import Insight, Reading, state_of
from knowledge.models.post_states import Status
from knowledge.models.space import Space
from knowledge.models.statements import IsAny, Slot
from knowledge.models.user import User
from knowledge.serving.facts import BeforeFacts, InsightFacts, ReadingFacts
from knowledge.trust import Facts, facts_of_post, trust_of
from knowledge.watching import messages

# The id of an insight, versions of rows, whether it is superseded, stamps of up to two readings.
Stamp = tuple[Any, ...]
COUNTS = (26, 101, 1_001)  # that pages are asked for by: a statement is kept of each
EVER = datetime.max.replace(tzinfo=UTC)


def stamp_of_one(reader: User, space: str, name: str, at: datetime | None = None) -> Stamp | None:
    """Of the one with that address; None for what `reader` sees no reading of. One query."""
    found = _ONE(reader, space=space, name=name, at=at or EVER)
    return found[0] if found and _newest(found[0]) else None


def stamps_of(reader: User, ids: Sequence[int]) -> list[Stamp]:
    """Of those among `ids` of which `reader` sees a reading, the newest first. One query."""
    return [each for each in stamps_in(reader, sorted(ids, reverse=True)) if _newest(each)]


def stamps_in(reader: User, ids: Sequence[int]) -> list[Stamp]:
    """Of those among `ids` that `reader` sees, in their order, also where no reading is seen. One query."""
    found = {each[0]: each for each in _SOME(reader, ids=list(ids), at=EVER)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


def page_of_stamps(
    reader: User,
    *,
    count: int,
    place: int | None = None,
    is_back: bool = False,
    state: Insight.State | None = None,
    **narrow: Any,
) -> list[Stamp]:
    """The first `count` beyond `place`, which is an id, the newest first; with `is_back` before it.

    Of those in `state`, and of what `narrow` names: `space` by its slug, `since` a moment. Those of which
    `reader` sees no reading count, too. One query.
    """
    most = next(each for each in COUNTS if each >= count)
    page = _page(most, "" if place is None else "back" if is_back else "on", state, *sorted(narrow))
    found = page(reader, place=place, at=EVER, **narrow)[:count]
    return found[::-1] if is_back else found


def facts_of(reader: User, stamps: Iterable[Stamp]) -> list[InsightFacts]:
    """What is served of each, in their order. One query."""
    told = [(stamp, [int(each.partition(":")[0]) for each in _newest(stamp)]) for stamp in stamps]
    told = [(stamp, pks) for stamp, pks in told if pks]
    if not told:
        return []
    about, newest, before = prepared.several(
        _ABOUT.filled(reader, ids=[stamp[0] for stamp, _ in told]),
        _NEWEST.filled(reader, ids=[pks[0] for _, pks in told]),
        _BEFORE.filled(reader, ids=[pks[1] for _, pks in told if len(pks) > 1]),
    )
    readings = {row[0]: _reading(row) for row in newest}
    befores = {row[0]: _before(row) for row in before}
    insights = {row[0]: row for row in about}
    return [
        _facts(insights[stamp[0]], readings[pks[0]], befores.get(pks[1]) if len(pks) > 1 else None)
        for stamp, pks in told
        if pks[0] in readings and stamp[0] in insights
    ]


def history_of(reader: User, *insights: int) -> Any:
    """What `reader` sees of their readings, the newest first: rows for `reading_of`."""
    seen = Reading.objects.visible_to(reader).filter(insight__in=insights)
    return seen.newest_first().with_reviewers().values(*COLUMNS)


def reading_of(row: Mapping[str, Any]) -> ReadingFacts:
    return ReadingFacts(**row)


COLUMNS = (
    *("id", "post_id", "revision_number", "commit", "number", "unit", "as_of", "interval", "title"),
    *("anchor", "authors", "reason", "published_at", "reviewed_by", "value", "dimensions", "limits"),
)
_JSON = 3  # the last ones


def _newest(stamp: Stamp) -> list[str]:
    found: list[str] = stamp[-1]
    return found


def _reading(row: tuple[Any, ...]) -> ReadingFacts:
    told = dict(zip(COLUMNS, row, strict=True))
    for name in COLUMNS[-_JSON:]:
        told[name] = orjson.loads(told[name])
    return ReadingFacts(**told)


def _before(row: tuple[Any, ...]) -> BeforeFacts:
    pk, number, unit, as_of, revision, published, value = row
    return BeforeFacts(pk, orjson.loads(value), number, unit, as_of, revision, published)


def _facts(row: tuple[Any, ...], newest: ReadingFacts, before: BeforeFacts | None) -> InsightFacts:
    (pk, name, post, is_withdrawn, space, space_name, status, said, path, title, by) = row
    is_there = post is not None and newest.post_id == post
    due, late_since, suspect_since, run, notes, outside, control, changed_at = orjson.loads(said)
    state = state_of(
        status,
        is_withdrawn=is_withdrawn,
        is_suspect=bool(suspect_since),
        is_outside=bool(outside),
        is_late=bool(late_since),
    )
    is_newest = newest.published_at >= datetime.fromisoformat(changed_at)
    about = Facts(approvers=newest.reviewed_by)
    if status and state != Insight.State.WITHDRAWN:
        about = facts_of_post(
            status,
            due=date.fromisoformat((due or late_since)[:10]) if late_since else None,
            run=run,
            data_notes=notes,
            approvers=newest.reviewed_by,
            outside=[text for _, text in messages(outside)],
        )
    else:
        about = replace(about, is_withdrawn=True)
    return InsightFacts(
        id=pk,
        space=space,
        space_name=space_name,
        name=name,
        status=state,
        post_path=path if is_there else "",
        post_title=title if is_there else "",
        superseded_by=by,
        newest=newest,
        before=before,
        trust=trust_of(about),
        outside=outside if is_newest else [],
        control=control if is_newest else None,
    )


class _Version(Func):
    """Of the row that a column is of: PostgreSQL gives it another with each change, and another place."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.get_source_expressions()[0])
        row = column.rpartition(".")[0]
        return f"({row}.xmin::text || {row}.ctid::text)", params


class _Stamp(Func):
    template = "(%(expressions)s)"
    arg_joiner = " || ':' || "
    output_field = TextField()


class _Said(Func):
    """What decides whether it can be relied on, as one text: read at once where it was told before."""

    template = "jsonb_build_array(%(expressions)s)::text"
    output_field = TextField()


class _Words(Func):
    template = "array_to_string(%(expressions)s, '/')"
    output_field = TextField()


def _stamps(reader: User, insights: "QuerySet[Insight]") -> Any:
    newest = Reading.objects.of_each(reader).newest_first().at(Slot("at", DateTimeField())).with_reviewers()
    stamped = newest.annotate(stamp=_Stamp(F("pk"), _Version(F("pk")), _Words(F("reviewed_by"))))
    versions = (_Version(F(column)) for column in ("name", "post__path", "space__slug"))
    superseded = Q(post__status=Status.SUPERSEDED, withdrawn_at__isnull=True)
    is_superseded = ExpressionWrapper(superseded, BooleanField())
    two = ArraySubquery(stamped.values("stamp")[:2])
    return insights.order_by().values_list("pk", *versions, is_superseded, two)


def is_superseded(stamp: Stamp) -> bool:
    """Whether another post took the place of the one that says it."""
    return bool(stamp[-2])


_AT = {"at": DateTimeField()}
_ONE: ForReader[Stamp] = ForReader(
    lambda reader, space, name, at: _stamps(
        reader, Insight.objects.visible_to(reader).filter(space__slug=space, name=name)
    ),
    space=CharField(max_length=64),
    name=CharField(max_length=100),
    **_AT,
)
_SOME: ForReader[Stamp] = ForReader(
    lambda reader, ids, at: _stamps(reader, Insight.objects.visible_to(reader).filter(IsAny("pk", ids))),
    ids=ArrayField(BigIntegerField()),
    **_AT,
)


@lru_cache(maxsize=200)
def _page(count: int, goes: str, state: Insight.State | None, *narrow: str) -> ForReader[Stamp]:
    fields = {"place": BigIntegerField(), **_AT, **{name: _NARROW[name] for name in narrow}}

    def rows(reader: User, place: Slot, at: Slot, **slots: Slot) -> Any:
        found = Insight.objects.visible_to(reader)
        found = found.in_state(state) if state else found
        if "space" in slots:
            found = found.filter(space=Subquery(Space.objects.filter(slug=slots["space"]).values("pk")[:1]))
        if "since" in slots:
            found = found.moved_since(slots["since"])
        if goes:
            found = found.filter(Q(pk__gt=place) if goes == "back" else Q(pk__lt=place))
        return _stamps(reader, found).order_by("pk" if goes == "back" else "-pk")[:count]

    return ForReader(rows, **fields)


_NARROW: dict[str, Any] = {"space": CharField(max_length=64), "since": DateTimeField()}
_IDS = ArrayField(BigIntegerField())
# Of what _stamps found. Whether it is withdrawn is a truth, for moments take longer to read than all else.
_ABOUT: ForReader[tuple[Any, ...]] = ForReader(
    lambda reader, ids: Insight.objects.filter(IsAny("pk", ids)).values_list(
        *("pk", "name", "post_id", ExpressionWrapper(Q(withdrawn_at__isnull=False), BooleanField())),
        *("space__slug", "space__name", "post__status"),
        _Said(
            *(F(f"post__{name}") for name in ("due_on", "attention_since", "suspect_since")),
            *(F(f"post__{name}") for name in ("run_findings", "data_notes")),
            *(F(name) for name in ("outside", "control", "changed_at")),
        ),
        *("post__path", "post__title", "post__superseded_by_id"),
    ),
    ids=_IDS,
)
_NEWEST: ForReader[tuple[Any, ...]] = ForReader(
    lambda reader, ids: Reading.objects.filter(IsAny("pk", ids)).with_reviewers().values_list(*COLUMNS),
    ids=_IDS,
)
_BEFORE: ForReader[tuple[Any, ...]] = ForReader(
    lambda reader, ids: Reading.objects.filter(IsAny("pk", ids)).values_list(
        "id", "number", "unit", "as_of", "revision_number", "published_at", "value"
    ),
    ids=_IDS,
)
