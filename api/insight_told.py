"""Insights and readings as JSON tells them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson

from api.insight_limits import limits_of, outside_of
from api.links import absolute
from knowledge.models import User
from knowledge.models.insight_facts import Stamp, facts_of
from knowledge.serving import flat
from knowledge.serving.exact import change, exact
from knowledge.serving.facts import BeforeFacts, InsightFacts, ReadingFacts
from portal.kept import Kept

# As JSON, by stamp: that says all that decides what is told. Of whoever sees it, it is the same.
_kept: Kept[bytes] = Kept(16_000_000, entry=800)  # bytes in each process


def told(caller: User, stamps: Sequence[Stamp]) -> list[dict[str, Any]]:
    """Each as it is served, in their order. Two queries, where any was not told before."""
    return list(told_by_id(caller, stamps).values())


def told_by_id(caller: User, stamps: Sequence[Stamp]) -> dict[int, dict[str, Any]]:
    keys = {stamp[0]: (*stamp[:-1], *stamp[-1]) for stamp in stamps if stamp[-1]}
    kept = {pk: found for pk, key in keys.items() if (found := _kept.get(key))}
    for insight in facts_of(caller, [stamp for stamp in stamps if stamp[0] not in kept]):
        said = orjson.dumps(_whole(insight))
        _kept.put(keys[insight.id], said, len(said))
        kept[insight.id] = said
    return {pk: orjson.loads(kept[pk]) for pk in keys if pk in kept}  # what is gone meanwhile isn't told


def _whole(insight: InsightFacts) -> dict[str, Any]:
    newest, before = insight.newest, insight.before
    return {
        "space": insight.space,
        "name": insight.name,
        "title": newest.title,
        **told_reading(newest),
        "status": insight.status,
        "trust": insight.trust.word,
        "trust_reasons": list(insight.trust.reasons),
        "trust_next": insight.trust.next,
        "previous": _previous(before) if before else None,
        **_change(newest, before),
        "url": page_of(insight),
        "post_url": _place(insight),
        "history": absolute(f"/api/v1/insights/{insight.space}/{insight.name}/history/"),
        "limits": limits_of(insight),
        "outside": outside_of(insight),
    }


def page_of(insight: InsightFacts) -> str:
    """Its page. Written out, for Django takes longer to make an address than all else of a row."""
    return absolute(f"/insights/{insight.space}/{insight.name}")


def _place(insight: InsightFacts) -> str | None:
    if not insight.post_path:
        return None
    path = quote(insight.post_path, safe=_PLAIN)
    return absolute(f"/s/{insight.space}/{path}#{insight.newest.anchor}".rstrip("#"))


_PLAIN = "/~:@!$&'()*+,;="  # as Django's reverse() leaves them


def told_reading(reading: ReadingFacts) -> dict[str, Any]:
    return {
        "value": reading.value,
        "exact": exact(reading.number),
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "interval": reading.interval,
        "dimensions": reading.dimensions,
        "published_at": flat.iso(reading.published_at),
        "post": reading.post_id,
        "revision": reading.revision_number,
        "commit": reading.commit,
        "cell": reading.anchor or None,
        "authors": reading.authors,
        "reviewed_by": reading.reviewed_by,
        "reason": reading.reason,
    }


def _previous(reading: BeforeFacts) -> dict[str, Any]:
    return {
        "value": reading.value,
        "exact": exact(reading.number),
        "unit": reading.unit,
        "as_of": reading.as_of or None,
        "revision": reading.revision_number,
        "published_at": flat.iso(reading.published_at),
    }


def _change(newest: ReadingFacts, before: BeforeFacts | None) -> dict[str, float | str | None]:
    number, unit = (before.number, before.unit) if before else (None, "")
    return change(newest.number, number, is_alike=newest.unit == unit)
