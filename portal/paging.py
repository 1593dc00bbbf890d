"""Lists of posts a page at a time: by where the last one stood, so that page 500 costs what page 1 does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from knowledge.models import Post
from knowledge.models.post_queryset import PostQuerySet

SIZE = 20
_MARK = re.compile(r"(\d{1,11})\.(\d{6})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is what `?before=` says for the next page, "" on the last one."""

    posts: list[Post]
    older: str
    is_first: bool


def page_of(posts: PostQuerySet, before: str, size: int = SIZE) -> Page:
    """The newest of `posts` that are older than `before`; a mark that isn't one of ours is passed over."""
    mark = _read(before)
    found = list(posts.newest_first(older_than=mark).for_cards()[: size + 1])
    shown = found[:size]
    return Page(shown, _mark(shown[-1]) if len(found) > size else "", is_first=mark is None)


def _mark(post: Post) -> str:
    at = post.published_at or post.created_at
    return f"{int(at.timestamp())}.{at.microsecond:06}-{post.pk}"


def _read(mark: str) -> tuple[datetime, int] | None:
    parts = _MARK.fullmatch(mark)
    if parts is None:
        return None
    seconds, microseconds, pk = map(int, parts.groups())
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds), pk
