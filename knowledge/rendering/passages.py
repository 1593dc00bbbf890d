"""What can be found and quoted of a text: its finished markup taken apart into plain passages.

It works on markup as the page has it (see fragments.py), in one pass, and takes time linear in it.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from knowledge.rendering import limits
from knowledge.rendering.formula_words import without_formulas
from knowledge.rendering.result import PassageKind
from knowledge.rendering.slots import MARK
from knowledge.rendering.words import OUTSIDE_IMAGE, TAG, words, words_of_line

# A block that holds no other, or where one that does begins or ends. Lists and tables are one passage each.
_BLOCK = re.compile(
    r"<(p|h[1-6]|pre)\b([^<>]*+)>([^<]*+(?:<(?!/\1>)[^<]*+)*+)</\1>"
    r"|<(/?)(ul|ol|dl|table|div|blockquote|figure|figcaption|details|summary|hr|center)\b([^<>]*+)>"
)
# The same in markup that nobody cleaned.
_PAGE_EDGE = re.compile(
    r"<(/?)(p|h[1-6]|pre|ul|ol|dl|table|div|blockquote|figure|figcaption|details|summary|hr|center|nav|section"
    r"|article|main|header|footer|aside|body|title)\b([^<>]*)>",
    re.IGNORECASE,
)
_CODE_OF_PAGE = re.compile(
    r'<pre\s[^<>]{0,200}?class="[^"<>]{0,200}?\b(python|r|julia|sql)\b[^<>]*>', re.IGNORECASE
)
_MOST_CODE = 500
_ANY_TAG = re.compile(r"<[^<>]*>")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|code|em|i|mark|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE
)
_LINES = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_WHOLE = {"ul", "ol", "dl", "table"}
_HEADING_SLOT = re.compile(rf' id="{MARK}heading:(\d+){MARK}"')
_ASIDE = re.compile(r'<span class="notice">.*?</span>', re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?:;…。！？](?=\s)|[。！？]")
_BLOB = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{150,}")
_ROW_END = re.compile(r"</(?:tr|p|li|h[1-6]|div|pre|caption)>|<br>")
_CELL_END = re.compile(r"</t[dh]>")
_SLOT_OR_BREAK = re.compile(rf"{MARK}[^{MARK}]*{MARK}|\n")
_LETTER = re.compile(r"\w")
_LONGEST_WORD = 150

Said = tuple[PassageKind, int, str]


def passages_of(html: str) -> tuple[str, list[Said]]:
    """The words of a text, formulas and all; and its passages: kind, number of the heading that each is or
    stands under (-1 before the first), and text.
    """
    heading = -1
    spoken: list[str] = []
    said: list[Said] = []
    for name, attributes, inner in _blocks(html):
        if name == "pre":
            code = unescape(TAG.sub("", inner))
            spoken.append(" ".join(code.split()))
            said.append(("code", heading, without_blobs(code.strip("\n").rstrip())))
            continue
        text = words_of_line(inner) if name in _LINES else words(inner)
        if not text:
            continue
        spoken.append(text)
        if 'class="' in inner or "↩" in text or OUTSIDE_IMAGE in text:
            text = _plain(inner, text)
        if name[:1] == "h" and (slot := _HEADING_SLOT.search(attributes)):
            heading = int(slot[1])
            said.append(("heading", heading, text[: limits.PASSAGE]))
        elif not attributes or ("notice" not in attributes and 'class="math' not in attributes):
            said += [("narrative", heading, piece) for piece in cut(text)]
    return " ".join(spoken), said


def _blocks(html: str) -> Iterator[tuple[str, str, str]]:
    """Name, attributes and inside of each stretch of text, in order. What lists and tables hold is theirs,
    but for code and headings.
    """
    start = depth = 0
    outer = ("", "")
    for found in _BLOCK.finditer(html):
        simple, attributes, inner, closing, tag, others = found.groups()
        if depth and (simple == "p" or (tag and tag not in _WHOLE)):
            continue
        if tag in _WHOLE:
            before, depth = depth, max(0, depth + (-1 if closing else 1))
            if before and depth:
                continue
        between = html[start : found.start()]
        if between and not between.isspace():
            yield *outer, between
        start, outer = found.end(), ("", "")
        if simple:
            yield simple, attributes, inner
        elif not closing:
            outer = (tag, others)
    rest = html[start:]
    if rest and not rest.isspace():
        yield *outer, rest


def passages_of_page(html: str) -> Iterator[Said]:
    """The same of a page that nobody cleaned, and that stands in a frame: no heading of it can be led to."""
    html = "".join(_without_navigation(html[: limits.CLEANED_HTML]))
    for name, inner in _blocks_of_page(html):
        if name == "pre":
            if code := without_blobs(unescape(_ANY_TAG.sub("", inner)).strip("\n").rstrip()):
                yield "code", -1, code
            continue
        text = _ANY_TAG.sub(" ", _INLINE_TAG.sub("", without_formulas(inner)))
        text = without_blobs(" ".join(unescape(text).split()))
        if name[:1] == "h" and name[1:].isdigit() and text:
            yield "heading", -1, text[: limits.PASSAGE]
        else:
            yield from (("narrative", -1, piece) for piece in cut(text))


def code_of_page(html: str) -> Iterator[tuple[str, str]]:
    """Language and text of what knitr and Quarto marked as code of theirs."""
    at = 0
    for _ in range(_MOST_CODE):
        opening = _CODE_OF_PAGE.search(html, at)
        at = html.find("</pre", opening.end()) if opening else -1
        if opening is None or at < 0:
            return
        yield opening[1].lower(), unescape(_ANY_TAG.sub("", html[opening.end() : at]))


def _without_navigation(html: str) -> Iterator[str]:
    lowered, at = html.lower(), 0
    while (start := lowered.find("<nav", at)) >= 0 and (end := lowered.find("</nav", start)) >= 0:
        yield html[at:start]
        at = end
    yield html[at:]


def _blocks_of_page(html: str) -> Iterator[tuple[str, str]]:
    """Name and inside of each stretch of text in markup that need not be well-formed."""
    at = start = depth = 0
    name = ""
    while edge := _PAGE_EDGE.search(html, at):
        at = edge.end()
        closing, tag = edge[1], edge[2].lower()
        if tag in _WHOLE:
            before, depth = depth, max(0, depth + (-1 if closing else 1))
            if before and depth:
                continue
        elif depth and tag[0] != "h" and tag != "pre":
            continue
        yield name, html[start : edge.start()]
        name, start = "" if closing else tag, at
        if tag == "pre" and not closing:
            at = html.find("</pre", at)
            at = at if at >= 0 else len(html)
    yield name, html[start:]


def _plain(html: str, text: str) -> str:
    """The words of a stretch without formulas, what we say ourselves, and the arrows behind notes."""
    if 'class="math' in html or 'class="notice"' in html:
        text = words(without_formulas(_ASIDE.sub("", html)))
    return " ".join(text.replace("↩", "").replace(OUTSIDE_IMAGE, "").split())


def lines(html: str) -> str:
    """The text of an output, a line for each row of a table."""
    text = _CELL_END.sub("  ", _ROW_END.sub("\n", _SLOT_OR_BREAK.sub(" ", html)))
    rows = (" ".join(row.split()) for row in unescape(TAG.sub("", text)).split("\n"))
    return "\n".join(filter(None, rows))


def cut(text: str) -> Sequence[str]:
    """A text in pieces that fit on a page of results, between sentences or else words; none without any."""
    if len(text) <= limits.PASSAGE:
        return (text,) if _LETTER.search(text) else ()
    pieces: list[str] = []
    at = 0
    while len(text) - at > limits.PASSAGE:
        end = _end(text, at)
        pieces.append(text[at:end].strip())
        at = end
    return [piece for piece in (*pieces, text[at:].strip()) if piece]


def _end(text: str, start: int) -> int:
    least, most = start + limits.PASSAGE // 3, start + limits.PASSAGE
    ends = [found.end() for found in _SENTENCE_END.finditer(text, least, most)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", least, most)
    return space if space > 0 else most


def without_blobs(text: str) -> str:
    """Code, or what it put out, without what only looks like text: base64 and its like."""
    if len(text) < _LONGEST_WORD or max(map(len, text.split("\n"))) < _LONGEST_WORD:
        return text
    return _BLOB.sub("…", text)
