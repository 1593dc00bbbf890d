"""Results of a search as its page shows them: what they say of posts is drawn once for everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from knowledge.models import Post, User
from knowledge.models.card_facts import as_hits
from knowledge.pipeline.search_rows import Number, number_of, visible_among
from knowledge.pipeline.searching import Hit, Results, quotes
from knowledge.search.passages import Piece, Quote
from knowledge.search.scoring import explain
from portal.drawn import Drawn
from portal.templatetags.almanac import thumbnail


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """`head` says where it is and how far to trust it, `foot` whose it is and when."""

    url: str
    title: str
    tldr: str
    picture: str
    insights: Sequence[Mapping[str, Any]]
    head: SafeString
    foot: SafeString


@dataclass(frozen=True, slots=True)
class Row:
    """What templates/search/_row.html shows. `why` are short sentences, none where it wasn't ranked."""

    post: DrawnPost
    title: Sequence[Piece]
    quote: Quote | None
    number: Number | None
    missing: Sequence[str]
    why: Sequence[str]


def rows(results: Results, hits: Sequence[Hit], *, user: User) -> list[Row]:
    """Of those of `hits` that `user` sees, in their order. Three queries, five where some aren't drawn."""
    posts = _POSTS.of(visible_among(user, [hit.post for hit in hits]))
    passages = quotes(results, list(posts))
    return [
        Row(
            post=post,
            title=results.marker.marked(post.title),
            quote=passages.get(hit.post),
            number=number_of(post.insights, results.marker),
            missing=hit.missing,
            why=explain(hit.score, results.wanted) if hit.score.places else (),
        )
        for hit in hits
        if (post := posts.get(hit.post))
    ]


def _draw(post: Post) -> tuple[DrawnPost, int]:
    revision = post.published_revision
    drawn = DrawnPost(
        url=post.get_absolute_url(),
        title=post.title,
        tldr=post.tldr,
        picture=thumbnail(post),
        insights=revision.own_insights if revision else (),
        head=render_to_string("search/_head.html", {"post": post}),
        foot=render_to_string("search/_foot.html", {"post": post}),
    )
    return drawn, len(drawn.head) + len(drawn.foot) + len(drawn.tldr) + len(str(drawn.insights))


_POSTS = Drawn(as_hits, _draw, most=20_000_000)
