"""HTML as the blocks of text and the tables that a reader sees: nothing is kept of it but text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_SILENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|title|noscript|template)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)>|(?P<text>[^<]+|<)")
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_KEPT_TAGS = {*_HEADINGS, "li", "blockquote", "pre", "tr", "dt", "dd"}
_BLOCKS = {
    *_KEPT_TAGS,
    "p",
    "div",
    "figure",
    "figcaption",
    "section",
    "article",
    "ul",
    "ol",
    "dl",
    "table",
    "hr",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A block as read; `tag` is one of those that look like something, else "p"."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts; `headings` are the first rows that have nothing but headings."""

    rows: list[list[str]]
    headings: int


def blocks(html: str) -> list[Text]:
    """The text of some markup, block by block, in order."""
    found: list[Text] = []
    tag = "p"
    words: list[str] = []
    for piece in _pieces(html):
        name = (piece["tag"] or "").lower()
        if piece["text"]:
            words.append(unescape(piece["text"]))
        elif name == "img":
            words.append(_image(piece["rest"]))
        elif name in {"td", "th"} and not piece["close"]:
            words.append("\t")
        elif name == "br":
            words.append("\n")
        elif name in _BLOCKS:
            _add(found, tag, words)
            words = []
            # What stands in a paragraph inside of an item or a quote is that item's.
            if name in _KEPT_TAGS:
                tag = "p" if piece["close"] else name
    _add(found, tag, words)
    return found


def _add(found: list[Text], tag: str, words: list[str]) -> None:
    text = "".join(words)
    if tag == "pre":
        found += [Text(tag, line) for line in text.strip("\n").split("\n") if line.strip()]
        return
    text = " · ".join(filter(None, (_SPACE.sub(" ", cell).strip() for cell in text.split("\t"))))
    if text:
        found.append(Text(tag, text))


def _image(rest: str) -> str:
    said, source = _ALT.search(rest), _SOURCE.search(rest)
    name = unescape((source[1] or source[2] or "") if source else "")
    name = "" if name.startswith("data:") else name[:200]
    words = unescape((said[1] or said[2] or "") if said else "")
    return f"[image: {' '.join(filter(None, (words[:200], name)))}]"


def tables(html: str) -> tuple[list[Table], list[Text]]:
    """The tables of some markup, and the text around them. Tables inside of tables are text of their cell."""
    found: list[Table] = []
    around: list[str] = []
    rows: list[list[str]] = []
    kinds: list[set[str]] = []
    depth = 0
    for piece in _pieces(html):
        name = (piece["tag"] or "").lower()
        if name == "table":
            depth = max(0, depth - 1) if piece["close"] else depth + 1
            if depth == 0 and rows:
                found.append(Table([[_tidy(cell) for cell in row] for row in rows], _headings(kinds)))
                rows, kinds = [], []
        elif depth == 1 and name == "tr" and not piece["close"]:
            rows.append([])
            kinds.append(set())
        elif depth == 1 and name in {"td", "th"} and not piece["close"] and rows:
            rows[-1].append("")
            kinds[-1].add(name)
        elif depth and rows and rows[-1]:
            rows[-1][-1] += unescape(piece["text"]) if piece["text"] else " "
        elif not depth:
            around.append(piece[0])
    if rows:
        found.append(Table([[_tidy(cell) for cell in row] for row in rows], _headings(kinds)))
    return found, blocks("".join(around))


def _pieces(html: str) -> Iterator[re.Match[str]]:
    return _PIECE.finditer(_SILENT.sub(" ", html))


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _headings(kinds: list[set[str]]) -> int:
    count = 0
    for row in kinds:
        if row != {"th"}:
            break
        count += 1
    return count
