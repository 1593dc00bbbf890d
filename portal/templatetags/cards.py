"""What cards and tables say of posts."""

from collections.abc import Mapping

from django import template

from portal import key_numbers

register = template.Library()
register.filter("key_number", key_numbers.key_number)
register.filter("as_of", key_numbers.as_of)


@register.filter
def of(found: Mapping[int, str], pk: int) -> str:
    """{{ why|of:post.pk }}"""
    return found.get(pk, "")
