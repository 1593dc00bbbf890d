"""Cards of posts, drawn once for everybody for as long as nothing of them changes."""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Post
from knowledge.models.card_facts import as_cards, card_stamps
from portal.kept import Kept

MOST = 20_000_000  # characters of cards, in each process
WHY = "<!--why-->"
_cards: Kept[str] = Kept(MOST)


def cards_of(
    posts: Sequence[int], *, hides_space: bool = False, why: Mapping[int, str] | None = None
) -> list[tuple[int, SafeString]]:
    """The id and the card of each of `posts`, which the reader sees; `why` says why it is there, by id.

    One query, three where some aren't drawn.
    """
    drawn = _drawn(posts, hides_space=hides_space) if posts else {}
    return [(post, _with(drawn[post], (why or {}).get(post))) for post in posts if post in drawn]


def _drawn(posts: Sequence[int], *, hides_space: bool) -> dict[int, str]:
    keys = {post: (hides_space, post, stamp) for post, stamp in card_stamps(posts).items()}
    found = {post: html for post, key in keys.items() if (html := _cards.get(key)) is not None}
    if missing := keys.keys() - found.keys():
        for post in as_cards(Post.objects.filter(pk__in=missing)):
            html = render_to_string("posts/_card.html", {"post": post, "space": hides_space})
            _cards.put(keys[post.pk], html, len(html))
            found[post.pk] = html
    return found


def _with(html: str, why: str | None) -> SafeString:
    said = format_html('<span class="why">{}</span>', why) if why else ""
    return mark_safe(html.replace(WHY, said, 1))  # noqa: S308 (a template's)
