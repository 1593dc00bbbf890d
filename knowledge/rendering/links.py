"""Where the text of a document leads, in a form that tells which post it is (knowledge/relating/goals.py).

A file nearby is its path as written: relative to the document or, beginning with "/", from the repository's
root (addresses of the portal begin so too: /p/12), unquoted and without what follows "?" or "#"; another site
is its address without what follows "#". Places in the document itself, and addresses of mail, are left out.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from knowledge.documents.decoding import one_line
from knowledge.rendering import limits

_FILE = "almanac-file:"
_LINK = re.compile(r'<a (?:[a-z-]+="[^"]*" )*?href="([^"]*)"')
_LINK_OF_PAGE = re.compile(
    r"<a\s[^<>]{0,2000}?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}")
_LONGEST = 500


def links_in(html: str) -> Iterator[str]:
    """Of finished markup."""
    if 'href="' in html:
        for found in _LINK.finditer(html):
            address = unescape(found[1])
            if address.startswith(_FILE):
                yield from _file(address.removeprefix(_FILE))
            else:
                yield from _site(address)


def links_in_page(html: str) -> Iterator[str]:
    """Of a page that nobody cleaned."""
    for number, found in enumerate(_LINK_OF_PAGE.finditer(html)):
        if number > 10 * limits.NAMES["link"]:
            return
        address = unescape(found[1] or found[2] or found[3] or "").strip()
        yield from _site(address) if _SCHEME.match(address) else _file(address)


def _file(address: str) -> Iterator[str]:
    path = one_line(unquote(address.partition("#")[0].partition("?")[0]))
    if path and len(path) <= _LONGEST:
        yield path


def _site(address: str) -> Iterator[str]:
    """knowledge-repo's links between posts are paths already."""
    address = one_line(address.partition("#")[0])
    if address.startswith(("http://", "https://", "/post/")) and len(address) <= _LONGEST:
        yield address
