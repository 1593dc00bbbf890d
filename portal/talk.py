"""A post's conversation as one person sees it: what the templates in templates/talk/ show."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from django.db.models import BooleanField, Case, Count, Exists, Max, OuterRef, Value, When
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Bookmark, Comment, CommentVersion, Like, Post, Reaction, Revision, Thread, User
from knowledge.models.thread import ThreadQuerySet
from knowledge.permissions import Talker, talker
from knowledge.pipeline.anchors import Ground, Where
from knowledge.pipeline.talking import html_of
from knowledge.rendering.remarks import remark

SIZE = 10  # threads at once
LAST = 2  # replies of each, and its first comment; the others are on the thread's own page
PAGE = 40  # comments of a thread at once
MARKED = 300  # threads whose places are marked in the text


@dataclass(frozen=True, slots=True)
class Sign:
    name: str
    label: str
    count: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, and what may be done with it."""

    comment: Comment
    html: SafeString
    signs: list[Sign]
    is_authors: bool
    may_edit: bool
    may_delete: bool
    may_apply: bool = False
    suggestion: str = ""

    @property
    def shown_signs(self) -> list[Sign]:
        return [sign for sign in self.signs if sign.count]

    @property
    def menu(self) -> SafeString:
        return _menu(tuple(sign.is_mine for sign in self.signs))


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread: its first comment, and as many replies as there is room for; `left_out` are between them."""

    thread: Thread
    said: list[Said]
    left_out: int
    where: Where | None
    may_settle: bool
    number: int
    place: str

    @property
    def first(self) -> Said | None:
        return self.said[0] if self.said else None

    @property
    def replies(self) -> list[Said]:
        return self.said[1:]


@dataclass(frozen=True, slots=True)
class Liking:
    """The buttons of a post's page: `likes` of everybody, and what the reader did."""

    post: Post
    likes: int
    is_liked: bool
    is_kept: bool


class Conversation:
    """As many queries for a thousand comments as for one."""

    def __init__(self, user: User, post: Post, revision: Revision) -> None:
        self.user, self.post, self.revision = user, post, revision
        self.ground = Ground(revision)

    @cached_property
    def standing(self) -> Talker:
        return talker(self.post, self.user)

    @cached_property
    def authors(self) -> set[int | None]:
        return {self.post.owner_id, *self.post.authorships.values_list("user", flat=True)} - {None}

    @cached_property
    def liking(self) -> Liking:
        return liking_of(self.user, self.post)

    @cached_property
    def comments(self) -> int:
        return Comment.objects.of(self.post).said().count()

    @cached_property
    def unanswered(self) -> int:
        return Thread.objects.of(self.post).unanswered().visible_to(self.user).count()

    def page(self, *, before: int | None = None, size: int = SIZE) -> tuple[list[Talk], int | None]:
        """The newest threads, older than the one with the id `before`, and what `before` is for the next."""
        threads = Thread.objects.of(self.post).visible_to(self.user).newest_first(before=before)
        found = list(self._loaded(threads)[: size + 1])
        older = found[size - 1].pk if len(found) > size else None
        return self.talks(found[:size]), older

    def talk(self, thread: Thread) -> Talk | None:
        """One of them as it is now; None when nothing of it is left."""
        found = self._loaded(Thread.objects.visible_to(self.user).filter(pk=thread.pk)).first()
        return self.talks([found])[0] if found else None

    def talks(self, threads: Sequence[Thread]) -> list[Talk]:
        wanted = {pk for thread in threads for pk in (thread.first_comment, *thread.last_comments) if pk}
        comments = list(Comment.objects.filter(pk__in=wanted).for_lists().order_by("pk"))
        said: dict[int, list[Said]] = {thread.pk: [] for thread in threads}
        of = {thread.pk: thread for thread in threads}
        for comment in comments:
            comment.thread = of[comment.thread_id]
        for each in self.said(comments):
            said[each.comment.thread_id].append(each)
        return [self._talk(thread, said[thread.pk]) for thread in threads]

    def said(self, comments: Sequence[Comment]) -> list[Said]:
        signs = self._signs(comments)
        return [
            Said(
                comment,
                _safe("" if comment.is_deleted else html_of(comment)),
                [] if comment.is_deleted else signs[comment.pk],
                comment.author_id in self.authors,
                self.standing.may_edit(comment),
                self.standing.may_delete(comment),
                may_apply=bool(suggestion) and self.may_apply(comment),
                suggestion=suggestion,
            )
            for comment in comments
            for suggestion in [self.suggestion(comment)]
        ]

    def suggestion(self, comment: Comment) -> str:
        """By what the text is known that it suggests for its place; "" without one."""
        return ""

    def may_apply(self, comment: Comment) -> bool:
        return False

    def where(self, thread: Thread) -> Where | None:
        return self.ground.where(thread)

    def place_of(self, thread: Thread, where: Where | None) -> str:
        """The address of what a thread is about."""
        return f"{self.post.get_absolute_url()}#{where.name}" if where else ""

    @cached_property
    def marks(self) -> str:
        """Where the text is marked: {id of an element: [how many threads, the newest]}, as JSON."""
        threads = Thread.objects.of(self.post).visible_to(self.user).anchored().newest_first()
        marks: dict[str, list[int]] = {}
        for thread in threads.values_list(*_ANCHOR, named=True)[:MARKED]:
            where = self.ground.where(thread)
            if where and where.name:
                marks.setdefault(where.name, [0, thread.pk])[0] += 1
        return json.dumps(marks)

    def _loaded(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        related = ("revision__post__space", "started_by", "resolved_by", "review")
        return threads.with_ends(self.user, last=LAST).select_related(*related).defer("revision__header")

    def _talk(self, thread: Thread, said: list[Said]) -> Talk:
        thread.post = self.post
        left_out = max(0, thread.number - len(said))
        may_settle = self.standing.may_settle(thread)
        where = self.where(thread)
        place = self.place_of(thread, where)
        return Talk(thread, said, left_out, where, may_settle, thread.number, place)

    def _signs(self, comments: Iterable[Comment]) -> dict[int, list[Sign]]:
        """Every sign for each of the comments, in one query."""
        mine = Case(When(user=self.user, then=Value(1)), default=Value(0))
        rows = (
            Reaction.objects.filter(comment__in=[comment.pk for comment in comments])
            .order_by()
            .values_list("comment", "sign")
            .annotate(count=Count("pk"), mine=Cast(Max(mine), BooleanField()))
        )
        found = {(comment, sign): (count, is_mine) for comment, sign, count, is_mine in rows}
        return {
            comment.pk: [
                Sign(
                    sign.value,
                    str(sign.label),
                    *found.get((comment.pk, sign.value), (0, False)),
                )
                for sign in Reaction.Sign
            ]
            for comment in comments
        }


def liking_of(user: User, post: Post) -> Liking:
    """One query."""
    likes, is_liked, is_kept = (
        Post.objects.filter(pk=post.pk)
        .values_list(
            Count("likes"),
            Exists(Like.objects.filter(post=OuterRef("pk"), user=user)),
            Exists(Bookmark.objects.filter(post=OuterRef("pk"), user=user)),
        )
        .get()
    )
    return Liking(post, likes, is_liked, is_kept)


def said_before(version: CommentVersion) -> SafeString:
    return _safe(remark(version.body).shown({}))


def _safe(html: str) -> SafeString:
    # Made by knowledge/rendering/remarks.py, which escapes what people wrote and cleans what comes of it.
    return mark_safe(html)  # noqa: S308


@cache
def _menu(mine: tuple[bool, ...]) -> SafeString:
    """The signs that can be put under a comment, which are the same under all, but for who put which."""
    signs = [Sign(sign.value, str(sign.label), 0, own) for sign, own in zip(Reaction.Sign, mine, strict=True)]
    return render_to_string("talk/_signs.html", {"signs": signs})


_ANCHOR = ("pk", "kind", "cell", "cell_id", "cell_hash", "line", "output", "quote", "revision_id")
