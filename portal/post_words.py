"""What stands above a document: its words, and what readers should know of its rendering."""

from typing import Any

from knowledge.documents.header import header_of
from knowledge.models import Post, Revision
from portal.fragments import Shown


def words(post: Post, shown: Revision, *, is_current: bool) -> dict[str, Any]:
    """Title, subtitle, tldr and tags: the post's own, or those that an old revision's header had."""
    if is_current:
        return {"title": post.title, "subtitle": post.subtitle, "tldr": post.tldr, "tags": post.tags}
    header = header_of(shown.header)
    tags = [tag.strip().lower() for tag in header.tags]
    return {"title": shown.title, "subtitle": header.subtitle, "tldr": header.tldr, "tags": tags}


def notices(shown: Shown) -> list[str]:
    """What readers should know of the rendering. A fault of the header is the author's to know."""
    faults = {fault["message"] for fault in shown.faults}
    return [notice for notice in shown.rendering.notices if notice not in faults]
