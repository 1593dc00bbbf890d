"""The table of all posts: what narrows it, its order, its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import OuterRef
from django.http import QueryDict

from knowledge.documents.readers import READERS
from knowledge.models import Authorship, Post, User
from knowledge.models.approvals import approvers
from knowledge.models.card_facts import as_rows, likes_count, only
from knowledge.models.post_orders import ORDERS, ordered
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.post_states import LISTED, Status
from knowledge.pipeline import searching
from portal.key_numbers import as_of
from portal.spreadsheets import csv_lines

COLUMNS = (
    *("id", "title", "space", "path", "authors", "tags", "status", "approved_by"),
    *("as_of", "published_at", "updated_at", "popularity", "likes"),
)
A_PAGE = 50
MOST_TAGS = 6
MARK = 18  # digits
OUT = (Status.SUPERSEDED, Status.ARCHIVED)  # asked for by name only
STATUSES = {str(status.value): str(status.label) for status in (*LISTED, *OUT)}
TYPES = tuple(sorted(suffix.removeprefix(".") for suffix in READERS))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, cleaned; "" and nothing for what wasn't, or can't be."""

    words: str = ""
    space: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    status: str = ""
    type: str = ""
    order: str = "published"
    descending: bool = True
    after: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        def text(name: str) -> str:
            return " ".join(query.get(name, "").replace("\x00", "").split())[:400]

        order = query.get("sort", "")
        order = order if order in ORDERS else "published"
        mark = query.get("after", "")
        return cls(
            words=text("q"),
            space=text("space"),
            author=text("author"),
            tags=tuple(filter(None, (tag.replace("\x00", "").strip() for tag in query.getlist("tag"))))[
                :MOST_TAGS
            ],
            status=query.get("status", "") if query.get("status") in STATUSES else "",
            type=query.get("type", "") if query.get("type") in TYPES else "",
            order=order,
            descending=_direction(query.get("dir", ""), usual=ORDERS[order][1]),
            after=int(mark) if mark.isascii() and mark.isdigit() and len(mark) <= MARK else None,
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.space or self.author or self.tags or self.status or self.type)


@dataclass(frozen=True, slots=True)
class Rows:
    """`more` is what `?after=` says for the next page, None on the last one."""

    posts: Sequence[Post]
    more: int | None
    is_first: bool


def narrowed(user: User, wanted: Wanted) -> PostQuerySet:
    """The posts that `user` sees and asks for."""
    visible = Post.objects.visible_to(user)
    if wanted.status in OUT:
        posts = visible.posts().filter(published_revision__isnull=False)
    else:
        posts = visible.published()
    if wanted.status:
        posts = posts.filter(status=wanted.status)
    if wanted.tags:
        posts = posts.tagged(*wanted.tags)
    if wanted.space:
        posts = posts.in_space(wanted.space)
    if wanted.author:
        posts = posts.by_author(wanted.author)
    if wanted.type:
        posts = posts.filter(path__iendswith=f".{wanted.type}")
    if wanted.words:
        posts = posts.filter(pk__in=searching.search(user=user, text=wanted.words).pool)
    return posts


def page(posts: PostQuerySet, wanted: Wanted) -> Rows:
    last = _last(posts, wanted)
    shown = only(ordered(posts, wanted.order, descending=wanted.descending, after=last), A_PAGE + 1)
    found = list(ordered(as_rows(shown), wanted.order, descending=wanted.descending))
    more = found[A_PAGE - 1].pk if len(found) > A_PAGE else None
    return Rows(found[:A_PAGE], more, is_first=last is None)


def all_rows(posts: PostQuerySet, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Every one as plain values, in the same order, without holding them all in memory."""
    authors = Authorship.objects.filter(post=OuterRef("pk")).order_by("position").values("name")
    rows = ordered(posts, wanted.order, descending=wanted.descending).values_list(
        *("pk", "title", "space__slug", "path", ArraySubquery(authors), "tags", "status", approvers()),
        *("published_revision__rendering__insights", "published_at", "updated_at", "popularity__score"),
        likes_count(),
    )
    return rows.iterator(chunk_size=1000)


def csv_of(posts: PostQuerySet, wanted: Wanted) -> Iterator[str]:
    """All of them as lines of a CSV file."""
    yield from csv_lines([COLUMNS])
    yield from csv_lines(map(_cells, all_rows(posts, wanted)))


def _cells(row: tuple[Any, ...]) -> list[object]:
    pk, title, space, path, authors, tags, status, approved, insights, published, updated, score, likes = row
    return [
        *(pk, title, space, path, ", ".join(authors), ", ".join(tags), status, ", ".join(approved)),
        *(as_of(insights) or "", published.isoformat(), updated.isoformat(), round(score or 0, 2), likes),
    ]


def _last(posts: PostQuerySet, wanted: Wanted) -> Post | None:
    """Where the page before ended. What isn't in the list any more begins it anew."""
    if wanted.after is None:
        return None
    found = posts.select_related("popularity").filter(pk=wanted.after).first()
    if found and wanted.order == "popular" and not _is_read(found):
        return None
    return found


def _is_read(post: Post) -> bool:
    try:
        return bool(post.popularity)
    except ObjectDoesNotExist:
        return False


def _direction(said: str, *, usual: bool) -> bool:
    return {"asc": False, "desc": True}.get(said, usual)
