"""Output documents as a file carries them: as text that a loader puts into sandboxed frames.

A frame filled by `srcdoc` is under the policy of the page around it, and that one lets only scripts run that
carry a nonce which no author knows. So each script of an output document is given it here; what an attribute
(`onclick=`) runs, which no nonce can allow, is moved aside for static/portal/js/taken-frame.js to attach.

Libraries are named, not written, in a document: the file holds each once, whatever number of frames use it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

from portal.taking.libraries import own, vendored_file

Piece = str | dict[str, Any]  # markup, or a library: {library, as: script | style | offer, path?, depth}

# As a browser reads a tag: what stands in quotes may hold anything.
_INSIDE = r"((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)"
_TOKEN = re.compile(
    rf"<script(?=[\s>/]){_INSIDE}>(.*?)(</script\s*>|\Z)|<[a-z]{_INSIDE}>", re.DOTALL | re.IGNORECASE
)
_HANDLER = re.compile(r"(?<=[\s\"'])on(?=[a-z]{3,30}\s*=)", re.IGNORECASE)
_ASIDE = "data-almanac-on"
_NESTED = re.compile(r"(\ssrcdoc\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_MARKED = re.compile(r"almanac-vendor:([\w@.+-]+(?:/[\w@.+-]+)*)")
_SOURCE = re.compile(r"\ssrc\s*=\s*[\"']?almanac-vendor:([\w@.+/-]+)[\"']?", re.IGNORECASE)
_LINK = re.compile(rf"<link(?=[\s/]){_INSIDE}>", re.IGNORECASE)
_STYLE_SOURCE = re.compile(r"\shref\s*=\s*[\"']?almanac-vendor:([\w@.+/-]+\.css)(?![\w@.+/-])", re.IGNORECASE)
_OPENING = re.compile(r"(?:\s*<!doctype[^>]*>)?(?:\s*<html[^>]*>)?(?:\s*<head[^>]*>)?", re.IGNORECASE)
_DEPTH = 3


@dataclass
class Libraries:
    """The vendored files that the frames of one file use, each under its number."""

    numbers: dict[Path, int] = field(default_factory=dict)

    def piece(self, source: str, kind: str, depth: int, **more: str) -> list[Piece]:
        """Nothing for a file that we don't have."""
        found = vendored_file(source)
        if found is None:
            return []
        number = self.numbers.setdefault(found, len(self.numbers))
        return [{"library": number, "as": kind, "depth": depth, **more}]


def frame_pieces(document: str, libraries: Libraries, nonce: str, depth: int = 0) -> list[Piece]:
    """What, put together, is `document` with its libraries in it and a nonce at each of its scripts."""
    opening = _OPENING.match(document)
    start = opening.end() if opening else 0
    shim = f'<script nonce="{nonce}">{own("js/taken-frame.js")}</script>'
    return [
        _escaped(document[:start] + shim, depth),
        *_offers(document, libraries, depth),
        *_body(document[start:], libraries, nonce, depth),
    ]


def _offers(document: str, libraries: Libraries, depth: int) -> Iterator[Piece]:
    """Libraries that scripts ask for by themselves, as RequireJS does."""
    without_styles = _LINK.sub(lambda link: "" if _STYLE_SOURCE.search(link[1]) else link[0], document)
    tagged = _SOURCE.sub("", without_styles)
    for path in dict.fromkeys(_MARKED.findall(tagged)):
        yield from libraries.piece(path, "offer", depth, path=path)


def _body(html: str, libraries: Libraries, nonce: str, depth: int) -> Iterator[Piece]:
    end = 0
    for token in _TOKEN.finditer(html):
        made = _script(token, libraries, nonce, depth) if token[3] is not None else None
        made = made or _tag(token[0], libraries, nonce, depth)
        if made is not None:
            yield _escaped(html[end : token.start()], depth)
            yield from made
            end = token.end()
    yield _escaped(html[end:], depth)


def _script(script: re.Match[str], libraries: Libraries, nonce: str, depth: int) -> list[Piece]:
    attributes, body, closing = script[1], script[2], script[3]
    source = _SOURCE.search(attributes)
    if source:
        return libraries.piece(source[1], "script", depth) or [""]
    return [_escaped(f'<script nonce="{nonce}"{attributes}>{body}{closing}', depth)]


def _tag(tag: str, libraries: Libraries, nonce: str, depth: int) -> list[Piece] | None:
    """None for one that may stay as it is."""
    if (link := _LINK.match(tag)) and (style := _STYLE_SOURCE.search(link[1])):
        return libraries.piece(style[1], "style", depth) or [""]
    if depth < _DEPTH and (nested := _NESTED.search(tag)):
        return list(_with_nested(tag, nested, libraries, nonce, depth))
    if _HANDLER.search(tag):
        return [_escaped(_HANDLER.sub(_ASIDE, tag), depth)]
    return None


def _with_nested(
    tag: str, nested: re.Match[str], libraries: Libraries, nonce: str, depth: int
) -> Iterator[Piece]:
    """A frame in the frame, whose document is an attribute's value."""
    document = unescape(nested[2] if nested[2] is not None else nested[3])
    before, after = (_HANDLER.sub(_ASIDE, part) for part in (tag[: nested.start()], tag[nested.end() :]))
    yield _escaped(f'{before}{nested[1]}"', depth)
    yield from frame_pieces(document, libraries, nonce, depth + 1)
    yield _escaped(f'"{after}', depth)


def _escaped(text: str, depth: int) -> str:
    for _ in range(depth):
        text = escape(text)
    return text
