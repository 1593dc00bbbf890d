"""What a text embeds and the page does not show: frames of other sites and films become links."""

import re
from html import escape, unescape
from urllib.parse import unquote

from knowledge.documents.decoding import storable

_FRAME = re.compile(
    r"<iframe\b[^<>]{0,2000}?\ssrc\s*=\s*[\"']?((?:https?:)?//[^\s\"'<>]+)[^<>]*>(?:[^<]{0,500}</iframe\s*>)?",
    re.IGNORECASE,
)
_MEDIA = re.compile(r"<(video|audio)\b([^<>]{0,2000})>(.{0,4000}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(r"\ssrc\s*=\s*(?:\"([^\"<>]+)\"|'([^'<>]+)'|([^\s\"'<>]+))", re.IGNORECASE)
_WORDS = {"video": "Video", "audio": "Sound"}
_MOST = 50


def as_links(html: str) -> str:
    """Markup, not yet cleaned, with links where it embeds."""
    if "<iframe" in html and html.count("<iframe") <= _MOST:
        html = _FRAME.sub(_frame, html)
    if ("<video" in html or "<audio" in html) and html.count("<video") + html.count("<audio") <= _MOST:
        html = _MEDIA.sub(_media, html)
    return html


def _frame(found: re.Match[str]) -> str:
    address = unescape(found[1])
    address = f"https:{address}" if address.startswith("//") else address
    shown = escape(address)
    return f'<p>Embedded from another site: <a href="{shown}">{shown}</a></p>'


def _media(found: re.Match[str]) -> str:
    source = _SOURCE.search(found[2]) or _SOURCE.search(found[3])
    if not source:
        return ""
    address = unescape(next(filter(None, source.groups())))
    if address.startswith("data:"):
        return f'<p class="notice">{_WORDS[found[1].lower()]} left out: it is in the text itself.</p>'
    name = storable(unquote(address.partition("?")[0].rstrip("/").rpartition("/")[2])) or address
    return f'<a href="{escape(address)}">{_WORDS[found[1].lower()]}: {escape(name)}</a>'
