"""Lists of posts a page at a time: by where the last one stood, so that page 500 costs what page 1 does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from knowledge.models.listing import Listed, Newest, Place

SIZE = 20
Moment = tuple[datetime, int]
_MOMENT = re.compile(r"(\d{1,11})\.(\d{6})-(\d{1,18})", re.ASCII)
_SCORE = re.compile(r"(\d{1,15}(?:\.\d{1,20})?(?:e-?\d{1,3})?)-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is what `?before=` says for the next page, "" on the last one."""

    ids: list[int]
    older: str
    is_first: bool


def page_of(posts: Newest, before: str, size: int = SIZE, *, newest: Sequence[Place[datetime]] = ()) -> Page:
    """The newest of `posts` that are older than `before`; a mark that isn't one of ours is passed over.

    `newest` are the first of them, more than a page, where they are at hand.
    """
    last = moment(before)
    found = (newest if last is None else ()) or posts.newest(last, size + 1)
    older = _mark(*found[size - 1]) if len(found) > size else ""
    return Page([pk for _, pk in found[:size]], older, is_first=last is None)


def popular_page(posts: Listed, before: str, size: int = SIZE) -> Page:
    """Those of `posts` that are read, the most read these days first."""
    last = _score(before)
    found = posts.popular(last, size + 1)
    older = "{!r}-{}".format(*found[size - 1]) if len(found) > size else ""
    return Page([pk for _, pk in found[:size]], older, is_first=last is None)


def moment(mark: str) -> Moment | None:
    """The publication and id that a mark of the newest posts stands for."""
    parts = _MOMENT.fullmatch(mark)
    if parts is None:
        return None
    seconds, microseconds, pk = map(int, parts.groups())
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds), pk


def _mark(at: datetime, pk: int) -> str:
    return f"{int(at.timestamp())}.{at.microsecond:06}-{pk}"


def _score(mark: str) -> tuple[float, int] | None:
    parts = _SCORE.fullmatch(mark)
    return (float(parts[1]), int(parts[2])) if parts else None
