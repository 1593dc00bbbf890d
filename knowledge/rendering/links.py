"""Where the text of a document leads, in a form that tells which post it is.

A file nearby is its path as written: relative to the document or, beginning with "/", from the repository's
root (addresses of the portal begin so too: /p/12), unquoted and without what follows "?" or "#"; another site
is its address without what follows "#". Places in the document itself, and addresses of mail, are left out.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
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
_PERMALINK = re.compile(r"/p/(\d{1,9})/?$")
_PLACED = re.compile(r"/s/([\w-]{1,100})/(.{1,1000}?)(?:@[\w]{1,40})?/?$")


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


@dataclass(frozen=True, slots=True)
class Goal:
    """What a link means: the post of that id, or else whatever lies at `path` in `space`."""

    post: int | None = None
    space: str = ""
    path: str = ""


def goal_of(link: str, *, space: str, beside: str, site: str) -> Goal | None:
    """Of a link in the document at `beside` in `space`; `site` is the portal's own address. None for another
    site, and for a path out of the repository.
    """
    own = site.rstrip("/") + "/"
    if link.startswith(own):
        link = "/" + unquote(link.removeprefix(own).partition("?")[0])
    elif _SCHEME.match(link):
        return None
    if permalink := _PERMALINK.match(link):
        return Goal(post=int(permalink[1]))
    if placed := _PLACED.match(link):
        return Goal(space=placed[1], path=placed[2])
    folder = "" if link.startswith("/") else posixpath.dirname(beside)
    path = posixpath.normpath(posixpath.join(folder, link.lstrip("/")))
    return None if path in {"..", "."} or path.startswith("../") else Goal(space=space, path=path)
