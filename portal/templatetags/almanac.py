"""What templates say in the portal's words."""

import json
import re
from collections.abc import Iterable
from functools import cache

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Post, Rendering, Revision, Space, User
from knowledge.models.tag import tag_address
from knowledge.permissions import can_preview
from knowledge.rendering.images import EXTENSIONS
from knowledge.search.passages import Piece
from portal import folder_posts, insight_pages

register = template.Library()
register.filter("tag_address", tag_address)

WORDS_PER_MINUTE = 220
_TRAILERS = re.compile(r"\n\n(?:[A-Z][A-Za-z-]*: [^\n]*(?:\n|\Z))+\Z")


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """A text with what was found in it marked."""
    html = (f"<mark>{escape(each.text)}</mark>" if each.is_found else escape(each.text) for each in pieces)
    return mark_safe("".join(html))  # noqa: S308 (each is escaped)


@register.filter
def initials(name: str) -> str:
    """What a face shows: "Alice Example" -> "AE", "alice" -> "AL"."""
    words = name.split()
    letters = name[:2] if len(words) < 2 else words[0][0] + words[-1][0]
    return letters.upper()


register.simple_tag(insight_pages.key_numbers)
register.simple_tag(insight_pages.said, name="reading_said")
register.simple_tag(insight_pages.exactly, name="reading_exactly")
register.simple_tag(insight_pages.change_said, name="reading_change")
register.simple_tag(insight_pages.place_of, name="reading_place")
register.filter("as_of_words", insight_pages.day_in_words)


@register.filter
def minutes(words: int) -> int:
    """How long `words` take to read, in minutes, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))


@register.filter
def kilobytes(size: int) -> str:
    """Bytes as people say them: 812 -> "1 kB", 2_400_000 -> "2.4 MB"."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


@register.filter
def said(message: str) -> str:
    """What a commit says to people, without the trailers that it says to programs."""
    return _TRAILERS.sub("", message)


@register.filter
def thumbnail(post: Post) -> str:
    """The address of the picture that stands for the post, "" where it has none.

    A file beside the document that its header names, else a picture in it.
    """
    revision = post.published_revision
    if revision is None:
        return ""
    if address := folder_posts.thumbnail(post, revision):
        return address
    found = revision.rendering.thumbnail
    return asset_address(revision.pk, revision.rendering, found) if found else ""


def asset_address(revision: int, rendering: Rendering, digest: str) -> str:
    suffix = EXTENSIONS.get(rendering.assets.get(digest, {}).get("type", ""))
    return reverse("asset", args=[revision, digest, suffix]) if suffix else ""


@register.filter
def sees_previews(user: User, space: Space) -> bool:
    """{% if user|sees_previews:space %}"""
    return can_preview(space, user)


@register.simple_tag
def made_from(post: Post, revision: Revision) -> list[folder_posts.File]:
    """The files that a knowledge-repo's post was made from: {% made_from post revision as files %}."""
    return folder_posts.made_from(post, revision)


@register.simple_tag
def vendored(library: str, kind: str = "script") -> str:
    """The address of a vendored library's script or style sheet: {% vendored "katex" "style" %}."""
    return _vendored(library, kind)


@cache
def _vendored(library: str, kind: str) -> str:
    versions = json.loads((settings.VENDOR_DIR / "vendor.json").read_text())[library]
    return f"/vendor/{list(versions.values())[-1][kind]}"
