"""What templates say in the portal's words."""

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """ "Alice Example" -> "AE", "alice" -> "AL": what a face shows."""
    words = name.split()
    letters = words[0][:2] if len(words) == 1 else "".join(word[0] for word in words[:1] + words[-1:])
    return letters.upper()
