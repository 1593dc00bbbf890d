"""Whole HTML documents, each in a frame of its own: nothing of them is cleaned, the frame is the wall.

What they take from the files beside them is named by markers, resolved where the document is served:
`almanac-inline:` for what is shown or run in it, `almanac-file:` for what it links to.
"""

import re
from html import escape, unescape
from urllib.parse import quote, unquote

from knowledge.documents import WholePage
from knowledge.documents.webpage import said_in, words_in
from knowledge.rendering import limits
from knowledge.rendering.fragments import rewrite_relative
from knowledge.rendering.frames import OURS, source_of
from knowledge.rendering.modules import in_scripts
from knowledge.rendering.orders import without_orders
from knowledge.rendering.part import Part
from knowledge.rendering.vendored import localized

HEIGHT = 900
INLINE = "almanac-inline:"
_FRAME = (
    '<figure class="figure frame"><iframe class="output-frame document-frame" src="almanac-output:{number}" '
    'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
    'title="The document" height="{height}"></iframe></figure>'
)
_TOO_LARGE = '<p class="notice">This document is too large to be shown. The original can be downloaded.</p>'
_TAG = re.compile(
    r"<(a|area|audio|embed|iframe|image|img|input|link|object|script|source|track|video)\b"
    r"((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(\s)(src|href|poster|data|srcset|xlink:href)(\s*=\s*)(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\|/\\|\\/)")
_SCRIPT = re.compile(r"(<script\b[^<>]*>)([^<]*+(?:<(?!/script\b)[^<]*+)*+)", re.IGNORECASE)
_STYLE = re.compile(r"(<style\b[^<>]*>)", re.IGNORECASE)
_URL = re.compile(r"url\(\s{0,9}([\"']?)([^\"'()\s]{1,500})\1\s{0,9}\)")
_BETWEEN = r"(?:\s|<!--(?:[^-]|-(?!->)){0,5000}+-->){0,100}+"
_OPENING = re.compile(
    rf"{_BETWEEN}(?:<!doctype\b[^<>]*>)?{_BETWEEN}(?:<html\b[^<>]*>)?{_BETWEEN}(?:<head\b[^<>]*>)?",
    re.IGNORECASE,
)


def whole_page(part: Part, page: WholePage) -> str:
    """The frame that shows the document; its words are noted for search."""
    if len(page.html) > limits.OUTPUT_DOCUMENT:
        part.notice("The document is too large to be shown; it can be downloaded.")
        return _TOO_LARGE
    said = said_in(page.html)
    part.prose.append(words_in(said)[: limits.SEARCH_TEXT])
    part.gleaner.page(said)
    html, leads_on = without_orders(page.html)
    html, modules = in_scripts(html)
    document = _begun(with_markers(localized(html)), modules) + leads_on
    number = part.add_output(document, "The document", HEIGHT)
    return _FRAME.format(number=number, height=HEIGHT)


def _begun(html: str, modules: str) -> str:
    """With our script first and what its own import, and links that open a page of their own."""
    ours = f'<base target="_blank">{OURS}{source_of("document")}{modules}'
    found = _OPENING.match(html)
    begin = found.end() if found else 0
    return html[:begin] + ours + html[begin:]


def with_markers(html: str) -> str:
    """A document whose addresses near it are markers for what lies there. What scripts hold is theirs."""
    pieces: list[str] = []
    at = 0
    for script in _SCRIPT.finditer(html):
        pieces += [_with_styles(_TAG.sub(_marked, html[at : script.end(1)])), script[2]]
        at = script.end()
    return "".join([*pieces, _with_styles(_TAG.sub(_marked, html[at:]))])


def _marked(found: re.Match[str]) -> str:
    name = found[1].lower()
    inside = _ATTRIBUTE.sub(_link if name in {"a", "area"} else _resource, found[2])
    if inside == found[2]:
        return found[0]
    return f"<{found[1]}{inside}>"


def _value(found: re.Match[str]) -> str:
    return unescape(found[4] or found[5] or found[6] or "").strip()


def _link(found: re.Match[str]) -> str:
    """A place in the document itself must not open as a page of its own."""
    url = _value(found)
    if url.startswith("#"):
        return f'{found[0]} target="_self"'
    if not url or _SCHEME.match(url) or found[2].lower() != "href":
        return found[0]
    return f'{found[1]}href="{escape(rewrite_relative(url) or "")}"'


def _resource(found: re.Match[str]) -> str:
    url, name = _value(found), found[2].lower()
    if name == "srcset":
        return "" if not _SCHEME.match(url) else found[0]  # what `src` names will do
    marker = inline_marker(url)
    return f'{found[1]}{name}="{escape(marker)}"' if marker else found[0]


def inline_marker(url: str) -> str:
    """The marker for a file beside the document; "" for an address that is no such file."""
    if not url or url.startswith("#") or _SCHEME.match(url):
        return ""
    path = unquote(url.partition("#")[0].partition("?")[0])
    return INLINE + quote(path, safe="/") if path else ""


def _with_styles(html: str) -> str:
    """What style sheets in the document take from beside it."""
    pieces = _STYLE.split(html)
    for at in range(2, len(pieces), 2):
        css, end, rest = pieces[at].partition("</")
        pieces[at] = _URL.sub(_url, css) + end + rest
    return "".join(pieces)


def _url(found: re.Match[str]) -> str:
    marker = inline_marker(found[2])
    return f'url("{marker}")' if marker else found[0]
