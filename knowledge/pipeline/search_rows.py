"""What is shown of each post that was found: its title and best passage with the words marked, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.models import Post, User
from knowledge.models.card_facts import as_hits
from knowledge.pipeline.searching import Hit, Results, quotes
from knowledge.search.passages import Marker, Piece, Quote
from knowledge.search.scoring import explain


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
            number=_number(post, results.marker),
            is_approved=vars(post)["is_approved"],
            why=explain(hit.score, results.wanted) if hit.score.places else (),
        )
        for hit in hits
        if (post := posts.get(hit.post))
    ]


def _number(post: Post, marker: Marker) -> Number | None:
    """The insight with the most of what was looked for in its name and title."""
    revision = post.published_revision
    best, found = 0.0, None
    for insight in revision.rendering.insights if revision else ():
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
