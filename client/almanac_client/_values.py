"""What the portal tells, as values. `raw` of each is the whole answer, with what is new to this version."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Union

Json = Mapping[str, Any]
# A number, a truth, a text, or a table: {"columns": [...], "rows": [[...]]}.
Value = Union[Decimal, bool, str, "dict[str, Any]"]


@dataclass(frozen=True)
class Reading:
    """What one revision said. `as_of` is a day, a moment, or None; `interval` (low, high) or None."""

    value: Value
    unit: str
    as_of: date | None
    interval: tuple[Decimal, Decimal] | None
    dimensions: Mapping[str, str]
    published_at: datetime
    post: int | None
    revision: int
    commit: str
    authors: tuple[str, ...]
    reviewed_by: tuple[str, ...]
    reason: str
    raw: Json = field(repr=False, compare=False)

    def __float__(self) -> float:
        if isinstance(self.value, Decimal):
            return float(self.value)
        raise TypeError(f"This is no number: {self.value!r}")


@dataclass(frozen=True)
class Insight(Reading):
    """`previous` is the value before, in whatever unit; `delta` the move, where that is the same.

    `status`: current, suspect, out-of-limits, stale, superseded or withdrawn. `trust` says in a word whether
    it can be relied on, with its reasons and what to do next: sound, unreviewed, unproven, stale, unusual,
    suspect, superseded, archived or withdrawn.
    """

    space: str
    name: str
    title: str
    status: str
    trust: str
    trust_reasons: tuple[str, ...]
    trust_next: str
    previous: Value | None
    delta: Decimal | None
    url: str
    post_url: str | None

    @property
    def is_current(self) -> bool:
        """Whether it can be relied on as it is."""
        return self.status == "current"

    def __str__(self) -> str:
        said = f"{self.value} {self.unit}".strip()
        dated = f" as of {self.as_of}" if self.as_of else ""
        return f"{self.title or self.name}: {said}{dated}{'' if self.is_current else f' ({self.status})'}"


class History(list[Reading]):
    """Readings, the newest first."""

    def to_pandas(self) -> Any:
        """A DataFrame, the oldest first: numbers as floats, days as they are told. Needs pandas."""
        pandas = importlib.import_module("pandas")
        rows = [_row(reading) for reading in reversed(self)]
        return pandas.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = ("published_at", "as_of", "value", "unit", "low", "high", "revision", "commit", "reason")


def _row(reading: Reading) -> tuple[Any, ...]:
    low, high = reading.interval or (None, None)
    value = float(reading.value) if isinstance(reading.value, Decimal) else reading.value
    return (
        reading.published_at,
        reading.as_of,
        value,
        reading.unit,
        None if low is None else float(low),
        None if high is None else float(high),
        reading.revision,
        reading.commit,
        reading.reason,
    )


@dataclass(frozen=True)
class Post:
    """`text` of a post is asked for with `Almanac.text`."""

    id: int
    space: str
    path: str
    title: str
    tldr: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    status: str
    url: str
    updated_at: datetime
    published_at: datetime | None
    raw: Json = field(repr=False, compare=False)


@dataclass(frozen=True)
class Hit:
    """A post that was found; `passage` says why, and `url` leads there."""

    post: Post
    passage: str
    url: str
    is_approved: bool
    missing: tuple[str, ...]
    raw: Json = field(repr=False, compare=False)


class Found(list[Hit]):
    """The best first. `total` posts match in all; `looked_for` is the query, perhaps spelled otherwise."""

    total: int = 0
    looked_for: str = ""


@dataclass(frozen=True)
class Decision:
    """What somebody used an insight for."""

    id: int
    insight: str
    user: str
    what: str
    link: str
    at: datetime
    has_moved: bool
    raw: Json = field(repr=False, compare=False)


@dataclass(frozen=True)
class Publication:
    """A document that was committed; `wait` until readers see it."""

    commit: str
    space: str
    path: str
    url: str
    raw: Json = field(repr=False, compare=False)
    _watch: Callable[[Publication, float], Json] = field(repr=False, compare=False)

    def wait(self, timeout: float = 120) -> Json:
        """What became of it: the push's `documents`, each with its `faults` and `failure`.

        Raises TimeoutError after so many seconds; it goes on meanwhile.
        """
        return self._watch(self, timeout)


# --- from answers -----------------------------------------------------------------------------------------


def insight_of(told: Json) -> Insight:
    previous = told.get("previous")
    return Insight(
        **_reading_fields(told),
        space=told["space"],
        name=told["name"],
        title=told["title"],
        status=told["status"],
        trust=told.get("trust", ""),
        trust_reasons=tuple(told.get("trust_reasons", ())),
        trust_next=told.get("trust_next", ""),
        previous=_value(previous) if previous else None,
        delta=None if told["delta"] is None else Decimal(told.get("delta_exact") or told["delta"]),
        url=told["url"],
        post_url=told["post_url"],
    )


def reading_of(told: Json) -> Reading:
    return Reading(**_reading_fields(told))


def post_of(told: Json) -> Post:
    return Post(
        id=told["id"],
        space=told["space"],
        path=told["path"],
        title=told["title"],
        tldr=told["tldr"],
        authors=tuple(each["name"] for each in told["authors"]),
        tags=tuple(told["tags"]),
        status=told["status"],
        url=told["url"],
        updated_at=_moment(told["updated_at"]),
        published_at=_moment(told["published_at"]) if told["published_at"] else None,
        raw=told,
    )


def hit_of(told: Json) -> Hit:
    post, passage = post_of(told["post"]), told.get("passage") or {}
    return Hit(
        post=post,
        passage=passage.get("text", ""),
        url=passage.get("url", post.url),
        is_approved=told["is_approved"],
        missing=tuple(told["missing"]),
        raw=told,
    )


def decision_of(told: Json) -> Decision:
    names = ("id", "insight", "user", "what", "link", "has_moved")
    return Decision(**{name: told[name] for name in names}, at=_moment(told["at"]), raw=told)


def _reading_fields(told: Json) -> dict[str, Any]:
    interval = told.get("interval")
    return {
        "value": _value(told),
        "unit": told["unit"],
        "as_of": _day(told["as_of"]),
        "interval": (Decimal(interval[0]), Decimal(interval[1])) if interval else None,
        "dimensions": told["dimensions"],
        "published_at": _moment(told["published_at"]),
        "post": told["post"],
        "revision": told["revision"],
        "commit": told["commit"],
        "authors": tuple(told["authors"]),
        "reviewed_by": tuple(told["reviewed_by"]),
        "reason": told["reason"],
        "raw": told,
    }


def _value(told: Json) -> Value:
    """With all of its digits, where the portal tells them."""
    value: Any = told["value"]
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(told.get("exact") or value) if is_number else value


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said.replace("Z", "+00:00"))


def _day(said: str | None) -> date | None:
    """A date where it says no time, else a moment; None for what is neither."""
    if not said:
        return None
    try:
        return date.fromisoformat(said) if len(said) <= 10 else _moment(said)
    except ValueError:
        return None
