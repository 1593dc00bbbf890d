"""Lists of posts a page at a time: by where the last one stood, so that page 500 costs what page 1 does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from knowledge.models import Post
from knowledge.models.card_facts import as_cards, only
from knowledge.models.post_queryset import PostQuerySet

SIZE = 20
Moment = tuple[datetime, int]
_MOMENT = re.compile(r"(\d{1,11})\.(\d{6})-(\d{1,18})", re.ASCII)
_SCORE = re.compile(r"(\d{1,15}(?:\.\d{1,20})?(?:e-?\d{1,3})?)-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is what `?before=` says for the next page, "" on the last one."""

    posts: list[Post]
    older: str
    is_first: bool


def page_of(posts: PostQuerySet, before: str, size: int = SIZE) -> Page:
    """The newest of `posts` that are older than `before`; a mark that isn't one of ours is passed over."""
    found = only(posts.newest_first(older_than=moment(before)), size + 1)
    return newest_page(as_cards(found).newest_first(), before, size)


def newest_page(found: Sequence[Post] | PostQuerySet, before: str, size: int = SIZE) -> Page:
    """Of those that were `found`, at least one more than a page has where there are more."""
    posts = list(found)
    older = _mark(posts[size - 1]) if len(posts) > size else ""
    return Page(posts[:size], older, is_first=moment(before) is None)


def popular_page(posts: PostQuerySet, before: str, size: int = SIZE) -> Page:
    """Those of `posts` that are read, the most read these days first."""
    mark = _score(before)
    found = list(as_cards(only(posts.popular_first(below=mark), size + 1)).popular_first())
    last = found[size - 1] if len(found) > size else None
    older = f"{last.popularity.score!r}-{last.pk}" if last else ""
    return Page(found[:size], older, is_first=mark is None)


def moment(mark: str) -> Moment | None:
    """The publication and id that a mark of the newest posts stands for."""
    parts = _MOMENT.fullmatch(mark)
    if parts is None:
        return None
    seconds, microseconds, pk = map(int, parts.groups())
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds), pk


def _mark(post: Post) -> str:
    at = post.published_at or post.created_at
    return f"{int(at.timestamp())}.{at.microsecond:06}-{post.pk}"


def _score(mark: str) -> tuple[float, int] | None:
    parts = _SCORE.fullmatch(mark)
    return (float(parts[1]), int(parts[2])) if parts else None
