"""What the page of a post says that it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template

from knowledge.models import Post, Revision
from knowledge.models.post_states import LISTED

register = template.Library()

MOST = 40  # libraries that a post's page names


@dataclass(frozen=True, slots=True)
class Library:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class RestsOn:
    """`has_pages`: whether its libraries have pages for whoever sees this one."""

    libraries: Sequence[Library]
    has_pages: bool


@register.simple_tag
def rests_on(post: Post, revision: Revision, is_current: bool) -> RestsOn:
    """{% rests_on post revision is_current as rests %}; from what is loaded."""
    drawn = revision.rendering
    named = [Library(name, drawn.versions.get(name, "")) for name in drawn.libraries[:MOST]]
    is_listed = post.kind == Post.Kind.POST and post.status in LISTED
    return RestsOn(named, is_current and is_listed and revision.pk == post.published_revision_id)
