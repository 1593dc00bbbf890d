"""What happens to a piece of an author's markup after cleaning: anchors, images, links.

All of it works on nh3's output, which is regular: `<name a="…" b="…">`, closed elements, escaped text.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from posixpath import normpath
from urllib.parse import quote, unquote

from knowledge.documents import is_document
from knowledge.documents.decoding import storable
from knowledge.rendering import limits
from knowledge.rendering.embeds import as_links
from knowledge.rendering.part import Part, slug
from knowledge.rendering.result import Asset
from knowledge.rendering.sanitizer import ID_PREFIX, TooNested, clean, make_cleaner
from knowledge.rendering.styles import without_styles
from knowledge.rendering.tables import tables
from knowledge.rendering.words import OUTSIDE_IMAGE, words

_ATTRIBUTES = re.compile(r' ([a-z-]+)="([^"]*)"')
_HEADING = re.compile(r'<h([1-6])((?: [a-z-]+="[^"]*")*)>(.*?)</h\1>', re.DOTALL)
# Pandoc's attributes may follow, which only Markdown files are read with.
_IMG = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>(?:\{([^{}<>]{1,200})\})?')
_SIZE = re.compile(r"\b(width|height)=(?:&quot;|\")?(\d{1,5})(?:px)?(%?)")
_DATA_IMAGE = re.compile(
    r"(?<=[\"'(=])\s*data:image/[\w.+-]{1,20};base64,"
    r"([A-Za-z0-9+/=\s]{16,}|(?:[A-Za-z0-9+/=]|%[0-9A-Fa-f]{2}){16,})"
)
_FORMULA = re.compile(r"\\\((.{1,200}?)\\\)")  # the list of contents draws none
_LOCAL_LINK = re.compile(rf'href="#{ID_PREFIX}([^"]*)"')
_ID = re.compile(rf' id="{ID_PREFIX}([^"]*)"')
_PARAGRAPH = re.compile(r"<p(?: [^>]*)?>(.*?)</p>", re.DOTALL)

# knowledge-repo's links between posts; its addresses still lead to them.
_KNOWLEDGE = re.compile(r'href="knowledge:/*([^"]*)"')
_FILE = "almanac-file:"
OUTSIDE_IMAGES = "Images that lie on other sites are shown as links: this page loads nothing from outside."
Attachment = Callable[[str], str]


def rewrite_relative(url: str) -> str | None:
    """Relative addresses: within the page, on another site after all (`//host/…`), or a file nearby."""
    if url.startswith("#"):
        return f"#{ID_PREFIX}{url[1:]}"
    if url.startswith(("//", "\\\\", "/\\", "\\/")):
        return "https://" + url[2:].lstrip("/\\")
    return _FILE + _file_address(url) if url else None


def _file_address(url: str) -> str:
    """Percent-encoded; a place in another document by the anchor that it has here."""
    path, hash_sign, fragment = url.partition("#")
    if fragment and is_document(path) and not fragment.startswith(("h-", "u-", "cell-")):
        fragment = "h-" + slug(unquote(fragment))
    return quote(path + hash_sign + fragment, safe="%/:?=&#~+!$,;'@()*[]")


_CLEANER = make_cleaner(rewrite_relative)


def finished(part: Part, html: str, attachments: dict[str, object] | None = None) -> str:
    """Authors' markup made fit for the page; what it holds of images and headings is noted in `page`."""
    html = without_styles(as_links(html))
    if "data:image/" in html:
        html = _DATA_IMAGE.sub(lambda found: _take_data_image(part, found), html)
    try:
        html = clean(_CLEANER, html)
    except TooNested:
        part.notice("A part of this document nests too deeply to be shown; the source has it.")
        return '<p class="notice">This part nests too deeply to be shown.</p>'
    html = html.replace(' class=""', "")
    if "<img" in html:
        html = _Images(part, html, attachments or {}).shown()
    if 'href="knowledge:' in html:
        html = _KNOWLEDGE.sub(r'href="/post/\1"', html)
    if "<table" in html:
        html = tables(html)
    return html


def _take_data_image(part: Part, found: re.Match[str]) -> str:
    asset = part.base64_image(unquote(found[1]))
    return part.asset_marker(asset) if asset else "attachment:unreadable"


def with_anchors(part: Part, html: str) -> str:
    """Headings named so that a link can lead to them."""
    if "<h" not in html:
        return html

    def anchored(found: re.Match[str]) -> str:
        text = words(found[3])
        if not text:
            return found[0]
        anchor = part.heading(int(found[1]), _FORMULA.sub(r"\1", text))
        own = _ID.search(found[2])
        inner = f"<span{own[0]}></span>{found[3]}" if own else found[3]
        return f'<h{found[1]} id="{anchor}"{_ID.sub("", found[2])}>{inner}</h{found[1]}>'

    return _HEADING.sub(anchored, html)


class _Images:
    """The `<img>` of one cleaned fragment."""

    def __init__(self, part: Part, html: str, attachments: dict[str, object]) -> None:
        self.part, self.html, self.attachments = part, html, attachments

    def shown(self) -> str:
        return _IMG.sub(self._one, self.html)

    def _one(self, found: re.Match[str]) -> str:
        given = dict(_ATTRIBUTES.findall(found[1]))
        given |= {name: digits + percent for name, digits, percent in _SIZE.findall(found[2] or "")}
        source = unescape(given.get("src", ""))
        if source.startswith(_FILE) and (asset := self._brought_along(source)):
            source = self.part.asset_marker(asset)
        elif source.startswith(_FILE):
            return self._element(given, given["src"], given.get("width"), given.get("height"))
        if source.startswith(("http:", "https:")):
            return self._link(given, found)
        if asset := self._asset(source):
            width, height = given.get("width"), given.get("height")
            if not width and not height:
                width, height = str(asset.width), str(asset.height)
            return self._element(given, self.part.asset_marker(asset), width, height)
        return self._missing(given, source)

    def _brought_along(self, source: str) -> Asset | None:
        """The image of that relative address that the document itself holds."""
        files = self.part.context.files
        path = unquote(source.removeprefix(_FILE).partition("?")[0].partition("#")[0])
        data = files.get(normpath(path)) or files.get(path) if files else None
        return self.part.image(data) if data else None

    def _asset(self, source: str) -> Asset | None:
        if source.startswith("almanac-asset:"):
            return self.part.assets.get(source.removeprefix("almanac-asset:").partition(".")[0])
        if not source.startswith("attachment:"):
            return None
        bundle = self.attachments.get(unquote(source.removeprefix("attachment:")))
        for data in bundle.values() if isinstance(bundle, dict) else ():
            text = "".join(data) if isinstance(data, list) else data
            if isinstance(text, str) and (asset := self.part.base64_image(text)):
                return asset
        return None

    def _element(self, given: dict[str, str], source: str, width: str | None, height: str | None) -> str:
        size = "".join(
            f' {name}="{value}"' for name, value in (("width", width), ("height", height)) if value
        )
        title = f' title="{given["title"]}"' if given.get("title") else ""
        alt = given.get("alt", "")
        return f'<img src="{source}" alt="{alt}"{title}{size} loading="lazy" decoding="async">'

    def _link(self, given: dict[str, str], found: re.Match[str]) -> str:
        self.part.notice(OUTSIDE_IMAGES)
        label = given.get("alt") or OUTSIDE_IMAGE
        at, after = found.start(), self.html[found.end() : found.end() + 1]
        near = max(0, at - 5_000)
        if self.html.rfind("<a ", near, at) > self.html.rfind("</a>", near, at):
            return f"{label} " if after.isalnum() else label
        return f'<a href="{given["src"]}" rel="noopener noreferrer">{label}</a>'

    def _missing(self, given: dict[str, str], source: str) -> str:
        called = storable(unquote(source.removeprefix("attachment:")))
        name = given.get("alt") or escape(called[:100]) or "image"
        why = "it can't be shown here" if self.attachments else "it is not in the document"
        self.part.notice(
            "An image is missing: it is not in the document, or is of a kind that can't be shown."
        )
        return f'<span class="notice">Image missing: {name} ({why})</span>'


def own_anchors(html: str) -> list[str]:
    """The anchors that authors set themselves, without our prefix."""
    return [unescape(name) for name in _ID.findall(html)] if f' id="{ID_PREFIX}' in html else []


def with_local_links(html: str, anchor_of: Callable[[str], str | None]) -> str:
    """`#Name` led to what `anchor_of` gives for it; to the author's own anchor of that name for None."""
    if f'href="#{ID_PREFIX}' not in html:
        return html

    def resolved(found: re.Match[str]) -> str:
        anchor = anchor_of(unescape(found[1]))
        return f'href="#{anchor}"' if anchor else found[0]

    return _LOCAL_LINK.sub(resolved, html)


def first_paragraph(html: str) -> str:
    """The first paragraph with a sentence's worth of text, shortened for a card; "" where there is none."""
    for found in _PARAGRAPH.finditer(html):
        text = words(found[1])
        if len(text) >= 40 and 'class="notice"' not in found[0]:
            return text if len(text) <= limits.SUMMARY else text[: limits.SUMMARY].rsplit(" ", 1)[0] + "…"
    return ""
