"""What cards and rows say of a post, whatever list they stand in: two queries, however many they are."""

from collections.abc import Iterator, Sequence, Set
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, Model, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from knowledge.models import prepared
from knowledge.models.approvals import approvers
from knowledge.models.authorship import Authorship
from knowledge.models.comment import Comment
from knowledge.models.liking import Like
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.rendering import Rendering
from knowledge.models.revision import Revision
from knowledge.models.statements import SQL, compiled

_OF_REVISION = {"id", "post", "rendering", "number", "path", "commit", "header", "faults"}
_OF_RENDERING = {"id", "assets", "thumbnail", "summary", "words", "insights"}


def as_cards(posts: PostQuerySet) -> PostQuerySet:
    """With all that templates/posts/_card.html shows, in two queries, and nothing that is large.

    Each comes with its `approvers`, `likes_count` and `comments_count`.
    """
    shown = _signed(posts).defer(*_left_out())
    return shown.annotate(approvers=approvers(), likes_count=likes_count(), comments_count=comments_count())


def as_hits(posts: PostQuerySet) -> PostQuerySet:
    """With what a result of a search shows, in two queries. Each comes with its `approvers`."""
    return _signed(posts.order_by()).defer(*_left_out()).annotate(approvers=approvers())


def card_stamps(posts: Sequence[int]) -> dict[int, int]:
    """For each post a number that changes with anything that its card, or a result, shows. One query."""
    sql, params = _stamps()
    return dict(prepared.rows(sql, [*params, list(posts)]))


@cache
def _stamps() -> SQL:
    """What belongs to a revision follows from its id, but for its faults: some are mended by others."""
    revision = "published_revision"
    author = JSONObject(name="name", user="user", username="user__username", full_name="user__name")
    authors = Authorship.objects.filter(post=OuterRef("pk")).order_by("position").values(author=author)
    shown = Post.objects.order_by().values(
        *("pk", "path", "status", "title", "tldr", "private", "attention_since", "created_at", "updated_at"),
        *(
            *("due_on", "run_findings", "suspect_since", "data_notes", "tags", revision),
            f"{revision}__faults",
            f"{revision}__rendering",
            f"{revision}__rendering__words",
        ),
        f"{revision}__rendering__finished_at",
        *("space__slug", "space__name", "space__visibility"),
        approvers=approvers(),
        likes_count=likes_count(),
        comments_count=comments_count(),
        signed=ArraySubquery(authors),
    )
    sql, params = compiled(shown)
    stamped = f"SELECT shown.pk, hashtextextended(shown::text, 0) FROM ({sql}) AS shown"  # noqa: S608 (ours)
    return f"{stamped} WHERE shown.pk = ANY(%s::bigint[])", params


def as_rows(posts: PostQuerySet) -> PostQuerySet:
    """With what a row of the table of all posts shows, in two queries: all of a card's but its text."""
    left_out = _left_out(without={"header", "faults", "assets", "summary"})
    shown = _signed(posts).select_related("popularity").defer("tldr", "subtitle", *left_out)
    return shown.annotate(approvers=approvers(), likes_count=likes_count())


def _signed(posts: PostQuerySet) -> PostQuerySet:
    """With their space, what readers see of them, and who wrote them."""
    signed = Prefetch("authorships", Authorship.objects.select_related("user"))
    return posts.select_related("space", "published_revision__rendering").prefetch_related(signed)


def only(posts: PostQuerySet, count: int) -> PostQuerySet:
    """The first `count` of `posts`, in no order: what a list shows is loaded for no other post.

    To sort many posts with all of their columns would take ten times as long.
    """
    return Post.objects.filter(pk__in=posts.values("pk")[:count])


def likes_count() -> Coalesce:
    return _count(Like.objects.filter(post=OuterRef("pk")), "post")


def comments_count() -> Coalesce:
    said = Comment.objects.said().filter(thread__post=OuterRef("pk"), thread__review=None)
    return _count(said, "thread__post")


def _count(rows: QuerySet[Any], post: str) -> Coalesce:
    counted = rows.order_by().values(post).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _left_out(without: Set[str] = frozenset()) -> list[str]:
    """The columns that aren't loaded: all that a card doesn't show, and those named."""
    revision = _others(Revision, _OF_REVISION - without)
    rendering = _others(Rendering, _OF_RENDERING - without)
    return [
        *(f"published_revision__{name}" for name in revision),
        *(f"published_revision__rendering__{name}" for name in rendering),
    ]


def _others(model: type[Model], columns: Set[str]) -> Iterator[str]:
    return (each.name for each in model._meta.concrete_fields if each.name not in columns)
