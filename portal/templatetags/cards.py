"""What cards and tables say of posts."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from knowledge.models import Post
from knowledge.trust import Trust
from knowledge.trusted import trust_in_post
from portal import key_numbers
from portal.cards import cards_of

register = template.Library()
register.filter("key_number", key_numbers.key_number)
register.filter("as_of", key_numbers.as_of)


@register.filter
def trust(post: Post) -> Trust:
    """Of a post from knowledge.models.card_facts."""
    return trust_in_post(post, approvers=vars(post)["approvers"])


@register.simple_tag(takes_context=True)
def cards(context: dict[str, Any], posts: Sequence[int]) -> list[tuple[int, SafeString]]:
    """The id and the card of each post. `space` in the context: not to say which; `why` there: by id."""
    return cards_of(posts, hides_space=bool(context.get("space")), why=context.get("why"))
