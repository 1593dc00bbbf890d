"""Cards of posts, drawn once for everybody for as long as nothing of them changes."""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Post
from knowledge.models.card_facts import as_cards
from portal.drawn import Drawn

WHY = "<!--why-->"


def cards_of(
    posts: Sequence[int], *, hides_space: bool = False, why: Mapping[int, str] | None = None
) -> list[tuple[int, SafeString]]:
    """The id and the card of each of `posts`, which the reader sees; `why` says why it is there, by id.

    One query, three where some aren't drawn.
    """
    drawn = _CARDS[hides_space].of(posts)
    return [(post, _with(drawn[post], (why or {}).get(post))) for post in posts if post in drawn]


def _drawing(*, hides_space: bool) -> Drawn[str]:
    def draw(post: Post) -> tuple[str, int]:
        html = render_to_string("posts/_card.html", {"post": post, "space": hides_space})
        return html, len(html)

    return Drawn(as_cards, draw, most=10_000_000)


_CARDS = {hides_space: _drawing(hides_space=hides_space) for hides_space in (False, True)}


def _with(html: str, why: str | None) -> SafeString:
    said = format_html('<span class="why">{}</span>', why) if why else ""
    return mark_safe(html.replace(WHY, said, 1))  # noqa: S308 (a template's)
