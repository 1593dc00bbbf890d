"""What cards and tables say of posts."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Post
from portal import key_numbers
from portal.kept import Kept

register = template.Library()
register.filter("key_number", key_numbers.key_number)
register.filter("as_of", key_numbers.as_of)

MOST = 20_000_000  # characters of cards, in each process
WHY = "<!--why-->"
_cards: Kept[str] = Kept(MOST)


@register.simple_tag(takes_context=True)
def card(context: dict[str, Any], post: Post) -> SafeString:
    """The card of a post, drawn once for everybody for as long as nothing of it changes.

    `space` in the context: not to say which; `why`: what it says of why it is there, by id.
    """
    hides_space = bool(context.get("space"))
    key = (hides_space, *_shown(post))
    html = _cards.get(key)
    if html is None:
        html = render_to_string("posts/_card.html", {"post": post, "space": hides_space})
        _cards.put(key, html, len(html))
    why = context.get("why", {}).get(post.pk)
    said = format_html('<span class="why">{}</span>', why) if why else ""
    return mark_safe(html.replace(WHY, said, 1))  # noqa: S308 (a template's)


def _shown(post: Post) -> tuple[object, ...]:
    """All that the card depends on; what belongs to a revision follows from its id."""
    space, facts, revision = post.space, vars(post), post.published_revision
    drawn = (revision.rendering_id, revision.rendering.words) if revision else ()
    authors = (
        (each.name, each.user_id, each.user and (each.user.username, each.user.name))
        for each in post.authorships.all()
    )
    return (
        *(post.pk, post.path, post.status, post.title, post.tldr, post.private, post.attention_since),
        *(post.created_at, post.updated_at, post.published_revision_id, *post.tags, None),
        *(*drawn, space.slug, space.name),
        *(space.visibility, *facts["approvers"], None, facts["likes_count"], facts["comments_count"]),
        *authors,
    )
