"""What is shown of each post that was found: its title and best passage with the words marked, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField

from knowledge.models import Post, User
from knowledge.models.card_facts import as_hits
from knowledge.models.for_readers import ForReader
from knowledge.models.statements import IsAny
from knowledge.pipeline.searching import Hit, Results, quotes
from knowledge.search.passages import Marker, Piece, Quote
from knowledge.search.scoring import explain

_SEEN = ForReader(
    lambda reader, posts: Post.objects.visible_to(reader).filter(IsAny("pk", posts)).values_list("pk"),
    posts=ArrayField(BigIntegerField()),
)


@dataclass(frozen=True, slots=True)
class Number:
    """An insight whose name was looked for; `value` is "" where it is more than one."""

    name: str
    title: str
    value: str
    unit: str
    as_of: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """`why` are short sentences, none where the post wasn't ranked."""

    post: Post
    hit: Hit
    title: Sequence[Piece]
    quote: Quote | None
    number: Number | None
    is_approved: bool
    why: Sequence[str]


def rows(results: Results, hits: Sequence[Hit], *, user: User) -> list[Row]:
    """Of those of `hits` that `user` sees, in their order. Three queries."""
    seen = as_hits(Post.objects.visible_to(user).filter(pk__in=[hit.post for hit in hits]))
    posts = {post.pk: post for post in seen}
    passages = quotes(results, list(posts))
    return [
        Row(
            post=post,
            hit=hit,
            title=results.marker.marked(post.title),
            quote=passages.get(post.pk),
            number=number_of(_insights(post), results.marker),
            is_approved=bool(vars(post)["approvers"]),
            why=explain(hit.score, results.wanted) if hit.score.places else (),
        )
        for hit in hits
        if (post := posts.get(hit.post))
    ]


def visible_among(user: User, posts: Sequence[int]) -> list[int]:
    """Those of `posts` that `user` sees. One query."""
    return [pk for (pk,) in _SEEN(user, posts=list(posts))]


def _insights(post: Post) -> Sequence[Mapping[str, Any]]:
    revision = post.published_revision
    return revision.rendering.insights if revision else ()


def number_of(insights: Sequence[Mapping[str, Any]], marker: Marker) -> Number | None:
    """The insight with the most of what was looked for in its name and title."""
    best, found = 0.0, None
    for insight in insights:
        text = f"{insight.get('name', '')} . {insight.get('title', '')}"
        worth = sum(marker.weights[lexeme] for lexeme in {hit[2] for hit in marker.hits(text)})
        if worth > best:
            best, found = worth, insight
    return _shown(found) if found else None


def _shown(insight: Mapping[str, Any]) -> Number:
    value = insight.get("value")
    if isinstance(value, float):
        value = f"{value:.6g}"
    plain = str(value)[:80] if isinstance(value, str | int) else ""
    said = {name: str(insight.get(name) or "") for name in ("name", "title", "unit", "as_of", "anchor")}
    return Number(value=plain, **said)
