"""The first heading of a Markdown text, and inline Markdown as plain words."""

import re
from collections.abc import Iterator

from knowledge.documents.decoding import one_line

_FENCE = re.compile(r" {0,3}(```|~~~)")
_ATX = re.compile(r" {0,3}#{1,6}(?!#)[ \t]*(.*?)[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_HTML_HEADING = re.compile(r"<h[1-6](?:\s[^<>]*)?>(.{1,500}?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_BOLD = re.compile(r"\s*(\*\*|__)(?=\S)[^*_]{3,200}\1\s*$")
_IMAGE = re.compile(r"!\[([^\]\[]{0,300})\]\([^()]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\[]{0,300})\](?:\([^()]{0,2000}\)|\[[^\]\[]{0,300}\])")
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,2000}>")
_MARKS = re.compile(r"(?<!\\)(\*{1,3}|`+|~~)|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|-])")
_BLOCK_MARKS = re.compile(r"^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+|#{1,6}\s*)+")
_MAX_LINES = 5_000
LOOKED_AT = 500_000  # characters: a heading that comes later is no title


def first_heading(text: str) -> str:
    """Its words, or "" where there is none."""
    previous = ""
    for line in _unfenced(text):
        if words := _heading_on(line, previous):
            return words
        previous = line
    return ""


def bold_opening(text: str) -> str:
    """The words of a first line that is bold as a whole, which is a heading but for its mark; else ""."""
    opening = next((line for line in text[:2_000].splitlines() if line.strip()), "")
    return plain(opening) if _BOLD.match(opening) else ""


def first_line(text: str) -> str:
    """The words of the first line that has any; what a picture says instead of itself is none."""
    return next((words for line in _unfenced(text) if (words := plain(_IMAGE.sub("", line[:3000])))), "")


def _unfenced(text: str) -> Iterator[str]:
    """The lines outside of fenced code."""
    fence = ""
    for line in text[:LOOKED_AT].splitlines()[:_MAX_LINES]:
        if mark := _FENCE.match(line):
            fence = "" if fence == mark[1] else fence or mark[1]
            yield ""
        elif not fence:
            yield line


def _heading_on(line: str, previous: str) -> str:
    if found := _ATX.match(line[:1000]):
        return plain(found[1])
    if previous.strip() and _SETEXT.match(line[:1000]) and not _BLOCK_MARKS.match(previous):
        return plain(previous)
    found = _HTML_HEADING.search(line[:2000])
    return plain(found[1]) if found else ""


def plain(text: str) -> str:
    """Inline Markdown without its marks, on one line, at most 500 characters."""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text[:3000]))
    text = _MARKS.sub("", _TAG.sub("", text))
    text = _ESCAPE.sub(r"\1", _BLOCK_MARKS.sub("", text))
    return one_line(text)[:500]
