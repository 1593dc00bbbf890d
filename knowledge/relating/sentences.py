"""The sentence around a link, from the markup of a page."""

import re
from collections.abc import Callable, Collection
from html import unescape

from knowledge.rendering.links import links_in

MOST = 240  # characters
_LINK = re.compile(r'<a (?:[a-z-]+="[^"]*" )*?href="([^"]*)"[^>]*>')
_BLOCK = re.compile(
    r"</?(?:p|li|ul|ol|dl|dd|dt|td|th|tr|table|div|section|blockquote|pre|h[1-6]|br|hr)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")
_NEAR = 4_000  # characters of markup on either side that are looked at


def sentences(html: str, wanted: Collection[str]) -> dict[str, str]:
    """For links (as Rendering.links spells them) the sentence in which each stands first."""
    found: dict[str, str] = {}
    for tag in _LINK.finditer(html):
        link = next(links_in(tag[0]), None)
        if link and link in wanted and link not in found:
            found[link] = _around(html, tag.start(), tag.end())
    return found


def _around(html: str, start: int, end: int) -> str:
    before = html[max(0, start - _NEAR) : start]
    after = html[end : end + _NEAR]
    opened = max((block.end() for block in _BLOCK.finditer(before)), default=0)
    closed = _BLOCK.search(after)
    first = _plain(before[opened:], str.lstrip)
    rest = _plain(after[: closed.start()] if closed else after, str.rstrip)
    return _cut(_END.split(first)[-1] if first else "", _END.split(rest)[0] if rest else "")


def _plain(html: str, strip: Callable[[str], str]) -> str:
    return strip(_SPACE.sub(" ", unescape(_TAG.sub("", html))))


def _cut(first: str, rest: str) -> str:
    """At most so long, with what is nearest to the link."""
    room = MOST // 2
    if len(first) > room:
        first = "…" + first[-room:].partition(" ")[2]
    room = MOST - len(first)
    if len(rest) > room:
        rest = rest[:room].rpartition(" ")[0] + "…"
    return (first + rest).strip()
