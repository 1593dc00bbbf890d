"""What an output document takes from the files beside it, put into it: its frame can load nothing itself.

The renderer names such files by `almanac-inline:` markers (see docs/rendering.md). They become `data:`
addresses with the bytes that the repository held at the revision's commit, as far as the reader may see them;
scripts and style sheets, which the frame's policy takes from no address, become elements with their text.
"""

import posixpath
import re
from base64 import b64encode
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

from knowledge.git import Entry, Repository
from knowledge.models import User
from knowledge.rendering.images import sniff
from portal.content_links import Place, file_url, place_of_file
from portal.hidden import hidden_from

ONE_FILE = 5_000_000
ALL_FILES = 30_000_000  # bytes, counted each time that a file is used
MOST_FILES = 1_000
MOST_LINKS = 10_000  # different ones
_MARKER, _LINK = b"almanac-inline:", b"almanac-file:"
_MARKED = re.compile(rb"almanac-inline:([\w.~/%+-]{1,2000})")
_LINKED = re.compile(rb'(\shref=")almanac-file:([^"]{1,4000})"')
_TAG = re.compile(rb"<(script|link)\b((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>", re.IGNORECASE)
_SOURCE = re.compile(rb"\s(?:src|href)=\"almanac-inline:([\w.~/%+-]{1,2000})\"")
_DROPPED = re.compile(
    rb"\s(?:defer|async|integrity|crossorigin)(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?", re.IGNORECASE
)
_STYLESHEET = re.compile(rb"\srel\s*=\s*[\"']?stylesheet\b", re.IGNORECASE)
_END = re.compile(rb"</(script|style)", re.IGNORECASE)
_URL = re.compile(rb"url\(\s{0,9}([\"']?)([^\"'()\s]{1,500})\1\s{0,9}\)")
_ADDRESS = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_NOTHING = b"data:,"
# Beside raster images, which are told by their bytes.
_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".otf": "font/otf",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


def inlined(document: bytes, place: Place, reader: User, origin: str) -> bytes:
    """The document with what it names by markers; links lead to `origin`, such as "https://almanac.example"."""
    if _LINK in document:
        links = _Links(place, origin)
        document = _LINKED.sub(links.link, document)
    if _MARKER not in document:
        return document
    files = _Files(place, reader, {found[1] for found in _MARKED.finditer(document)})
    document = _TAG.sub(files.element, document)
    return _MARKED.sub(lambda found: files.address(found[1]), document)


class _Links:
    """Where a document's links lead; of more than a person writes, nowhere."""

    def __init__(self, place: Place, origin: str) -> None:
        self._place, self._origin = place, origin
        self._known: dict[bytes, bytes] = {}

    def link(self, found: re.Match[bytes]) -> bytes:
        address = found[2]
        if address not in self._known:
            may_lead = len(self._known) < MOST_LINKS
            url = file_url(self._place, unescape(address.decode())) if may_lead else None
            self._known[address] = f'{self._origin}{url}"'.encode() if url else b""
        known = self._known[address]
        return found[1] + known if known else b""


def _path(marker: bytes, beside: str) -> str:
    """Where in the repository the file lies; "" for what leads out of it."""
    return place_of_file(unquote(marker.decode()), beside) or ""


class _Files:
    """The files of one commit that a reader may see, as far as there is room for them.

    A document of 20 MB may name files a million times, so what was found once is not looked for again.
    """

    def __init__(self, place: Place, reader: User, markers: set[bytes]) -> None:
        self._place, self._reader = place, reader
        self._repository = Repository(place.space)
        self._room = ALL_FILES
        self._asked: set[str] = set()
        self._open: set[str] = set()
        self._paths = {marker: _path(marker, place.path) for marker in sorted(markers)[:MOST_FILES]}
        self._entries: dict[str, Entry | None] = {}
        self._addresses: dict[bytes, tuple[int, bytes]] = {}
        self._ask(self._paths.values())

    def address(self, marker: bytes) -> bytes:
        """As a `data:` address; an empty one for what can't be had, so that nothing is asked for."""
        taken, address = self._addresses.get(marker, (0, b""))
        if not address:
            before = self._room
            address = self._address(self._paths.get(marker, ""))
            self._addresses[marker] = before - self._room, address
        elif taken > self._room:
            return _NOTHING
        self._room -= taken
        return address

    def _address(self, path: str) -> bytes:
        found = self._take(path)
        if found is None:
            return _NOTHING
        media_type, data = found
        if media_type == "text/css":
            data = self._style(path, data)
        return b"data:" + media_type.encode() + b";base64," + b64encode(data)

    def element(self, tag: re.Match[bytes]) -> bytes:
        """A script or a style sheet from beside, as one that holds its text."""
        source = _SOURCE.search(tag[2])
        if not source:
            return tag[0]
        path = self._paths.get(source[1], "")
        if tag[1].lower() == b"script":
            found = self._take(path)
            attributes = _DROPPED.sub(b"", tag[2].replace(source[0], b""))
            return b"<script" + attributes + b">" + (_inside(found[1]) if found else b"")
        found = self._take(path) if _STYLESHEET.search(tag[2]) else None
        return b"<style>" + _inside(self._style(path, found[1])) + b"</style>" if found else b""

    def _style(self, path: str, css: bytes) -> bytes:
        """What a style sheet names lies beside it, not beside the document."""
        found = {url[2] for url in _URL.finditer(css) if not _ADDRESS.match(url[2])}
        names = {name: _path(name, path) for name in sorted(found)[:MOST_FILES]}
        self._ask(names.values())
        return _URL.sub(lambda url: b"url(%s)" % self._picture(names.get(url[2], ""), url[0]), css)

    def _picture(self, path: str, url: bytes) -> bytes:
        found = self._take(path) if path else None
        if found is None or found[0] in {"text/css", "text/html", "text/javascript"}:
            return _NOTHING
        return b"data:" + found[0].encode() + b";base64," + b64encode(found[1])

    def _ask(self, paths: Iterable[str]) -> None:
        """Posts that the reader may not see are as hidden here as they are elsewhere. One query."""
        new = sorted({*paths} - self._asked - {""})[: max(0, MOST_FILES - len(self._asked))]
        self._asked.update(new)
        self._open.update({*new} - hidden_from(self._reader, self._place.space, new))

    def _take(self, path: str) -> tuple[str, bytes] | None:
        """The media type and the bytes of a file; None for what can't be had, or is one too many."""
        entry = self._entry(path) if path in self._open else None
        if entry is None or entry.size > min(ONE_FILE, self._room):
            return None
        data = self._repository.read(entry.blob)
        image = sniff(data)
        media_type = image.media_type if image else _TYPES.get(posixpath.splitext(path)[1].lower())
        if media_type is None:
            return None
        self._room -= len(data)
        return media_type, data

    def _entry(self, path: str) -> Entry | None:
        if path not in self._entries:
            self._entries[path] = self._repository.find(self._place.commit, path)
        return self._entries[path]


def _inside(text: bytes) -> bytes:
    """Text that can't end the element that it is put into."""
    return _END.sub(rb"<\\/\1", text)
