"""The reader of whole HTML documents. Nothing of them is trusted, nor parsed: they are shown in a frame."""

import re
from collections.abc import Iterator
from html import unescape

from knowledge.documents.decoding import one_line, storable, to_utf8
from knowledge.documents.document import JSON, Document, WholePage
from knowledge.documents.head import Head
from knowledge.documents.header import header_of

_LOOKED_AT = 300_000  # characters of its beginning: what says who wrote it stands at the top
_TRIES = 50
_META = re.compile(r"<meta\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,50})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_TITLE = re.compile(r"<title(?:\s[^<>]{0,500})?>([^<]{0,2000})</title", re.IGNORECASE)
_HEADING = re.compile(r"<h1(?:\s[^<>]{0,500})?>(.{0,2000}?)</h1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_SILENT = re.compile(r"<(script|style|template|noscript|svg|head)\b", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^<>]{1,200}charset\s*=\s*[\"']?([\w-]{1,30})", re.IGNORECASE)
_NAMES = {
    "title": "title",
    "og:title": "title",
    "author": "authors",
    "date": "created_at",
    "dcterms.date": "created_at",
    "description": "tldr",
    "keywords": "tags",
}


def read_html(source: bytes) -> Document:
    """`content` is the WholePage, as text."""
    head, text = html_head(source), _decoded(source)
    return Document(
        format="html",
        header=head.header,
        title=head.title,
        language="",
        faults=head.faults,
        content=WholePage(text),
    )


def html_head(source: bytes) -> Head:
    """The header is what its `meta` elements say; the title comes from there, `title`, or the first `h1`."""
    text = _decoded(source)
    said = _said(text[:_LOOKED_AT])
    header = header_of(said)
    return Head(header, header.title or _first(_TITLE, text[:_LOOKED_AT]) or _heading(text))


def _decoded(source: bytes) -> str:
    """As UTF-8, or as the page itself says."""
    if declared := _DECLARED.search(source[:2_000]):
        try:
            source.decode()
        except UnicodeDecodeError:
            try:
                return storable(source.decode(declared[1].decode(), "replace"))
            except LookupError:
                pass
    return storable(to_utf8(source)[0].decode())


def _said(text: str) -> dict[str, JSON]:
    said: dict[str, list[str]] = {}
    for attributes in _metas(text):
        found = {one[1].lower(): one[2] or one[3] or one[4] or "" for one in _ATTRIBUTE.finditer(attributes)}
        name = _NAMES.get((found.get("name") or found.get("property") or "").lower())
        content = one_line(unescape(found.get("content", "")))[:2_000]
        if name and content:
            said.setdefault(name, []).append(content)
    # One element for each author; of all else the first counts.
    return {
        name: list(all_) if name == "authors" and len(all_) > 1 else all_[0] for name, all_ in said.items()
    }


def _metas(text: str) -> Iterator[str]:
    for number, found in enumerate(_META.finditer(text)):
        if number >= _TRIES:
            return
        yield found[1]


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return _words(found[1]) if found else ""


def _words(markup: str) -> str:
    return one_line(unescape(_TAG.sub("", markup)))[:500]


def _heading(text: str) -> str:
    """The first `h1` that says something."""
    at = -1
    for _ in range(_TRIES):
        at = text.find("<h1", at + 1)
        if at < 0:
            break
        found = _HEADING.match(text, at)
        if found and (words := _words(found[1])):
            return words
    return ""


def words_of(html: str) -> str:
    """The text of a page on one line, without what scripts and styles hold. Takes linear time."""
    return words_in(said_in(html))


def words_in(markup: str) -> str:
    """The text of markup that holds no scripts, on one line."""
    return " ".join(unescape(_TAG.sub(" ", markup)).split())


def said_in(html: str) -> str:
    """A page without what scripts and styles hold."""
    return "".join(_outside(html))


def _outside(html: str) -> Iterator[str]:
    at = 0
    lowered = html.lower()
    while found := _SILENT.search(html, at):
        yield html[at : found.start()]
        at = lowered.find(f"</{found[1].lower()}", found.end())
        if at < 0:
            return
    yield html[at:]
