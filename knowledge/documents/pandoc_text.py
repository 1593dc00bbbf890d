"""Pandoc's and Quarto's Markdown in the words of ours: callouts as alerts, the rest so that it reads well.

Line by line, and none of it inside fenced code.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from knowledge.documents.chunks import Chunk
from knowledge.documents.titles import plain

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_DIV = re.compile(r"[ \t]*:{3,}[ \t]*(.*?)[ \t:]*$")
_CALLOUT = re.compile(r"\.callout-(note|tip|warning|important|caution)\b")
_TITLE = re.compile(r"""\btitle[ \t]*=[ \t]*(?:"([^"\n]{0,300})"|'([^'\n]{0,300})')""")
_HEADING = re.compile(r"(#{1,6}[ \t]+)(.*?)[ \t]*\{([^{}\n]{0,300})\}[ \t]*$")
_PLAIN_HEADING = re.compile(r"#{1,6}[ \t]+(.*)$")
_ID = re.compile(r"#([\w:.-]{1,100})")
_SECTION = re.compile(r"^#{1,6}[ \t]+(.{1,300}?)[ \t]*\{[^{}\n]{0,200}#(sec-[\w-]{1,80})", re.MULTILINE)
_LABEL = re.compile(r"\{[^{}\n]{0,200}#((?:fig|tbl|eq|lst)-[\w:.-]{1,80})")
_REFERENCE = re.compile(r"(?<![\w`@\\])\[?-?@((?:fig|tbl|eq|lst|sec)-[\w:-]{1,80})\]?")
_SPAN = re.compile(r"(?<![\]!])\[([^\[\]\n]{1,300})\]\{[.#][^{}\n]{0,300}\}")
# The label of an equation stays, for the renderer numbers all equations alike.
_ATTRIBUTES = re.compile(r"(?<=[\])$])[ ]?\{[ ]?(?!#eq-)[.#\w][^{}\n]{0,300}\}")
_SHORTCODE = re.compile(r"(?<!\{)\{\{<[ \t]*([\w-]{1,40})[ \t]*([^<>\n]{0,500}?)[ \t]*>\}\}(?!\})")
_ESCAPED_SHORTCODE = re.compile(r"\{(\{\{<[^<>\n]{0,500}>\}\})\}")
_ADDRESS = re.compile(r"(?:src=)?[\"']?(https?://[^\s\"'<>()]{1,500})")
_SILENT = {"pagebreak", "fa", "bi", "iconify"}
_DEEPEST = 8
_NAMES = {"fig": "Figure", "tbl": "Table", "lst": "Listing"}


class Labels:
    """What cross-references lead to: figures, tables, equations and listings by number, sections by name."""

    def __init__(self, pieces: Iterable[str | Chunk]) -> None:
        self._said: dict[str, str] = {}
        counts: Counter[str] = Counter()
        pieces = list(pieces)
        for found in _SECTION.finditer("\n".join(piece for piece in pieces if isinstance(piece, str))):
            self._said[found[2]] = f"[{plain(found[1])}](#{found[2]})"
        for label in _labels(pieces):
            kind = label.partition("-")[0]
            if kind == "eq":
                self._said[label] = f"Equation @{label}"
            elif label not in self._said and kind in _NAMES:
                counts[kind] += 1
                self._said[label] = f"{_NAMES[kind]} {counts[kind]}"

    def resolved(self, line: str) -> str:
        return _REFERENCE.sub(lambda found: self._said.get(found[1], found[0]), line) if "@" in line else line


def _labels(pieces: Iterable[str | Chunk]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Chunk):
            yield piece.label
        else:
            yield from _LABEL.findall(piece)


def as_markdown(text: str, labels: Labels) -> str:
    """The text with pandoc's divs, attributes, shortcodes and references in plain Markdown."""
    return "\n".join(labels.resolved(line) for line in _Lines().of(text))


class _Lines:
    def __init__(self) -> None:
        self.fence = ""
        self.open: list[bool] = []  # of each open div, whether it is a callout
        self.quoted = 0  # callouts among them

    def of(self, text: str) -> Iterator[str]:
        for line in text.split("\n"):
            before = self.quoted
            written = list(self._line(line))
            quote = "> " * min(before, self.quoted)
            yield from (quote + one for one in written)

    def _line(self, line: str) -> Iterator[str]:
        if found := _FENCE.match(line):
            if not self.fence or found[1].startswith(self.fence):
                self.fence = "" if self.fence else found[1]
            yield line
        elif self.fence:
            yield line
        elif (div := _DIV.match(line)) and line.lstrip().startswith(":::"):
            yield from self._div(div[1])
        else:
            yield self._prose(line)

    def _div(self, attributes: str) -> Iterator[str]:
        """A closing one may belong to an opening before a chunk: then there is nothing to close."""
        if not attributes:
            if self.open:
                self.quoted -= self.open.pop()
            yield ""
            return
        found = _CALLOUT.search(attributes)
        self.open.append(bool(found) and self.quoted < _DEEPEST)
        self.quoted += self.open[-1]
        yield ""
        if self.open[-1] and found:
            yield f"> [!{found[1].upper()}]"
            if title := _TITLE.search(attributes):
                yield from (f"> **{title[1] or title[2]}**", ">")

    def _prose(self, line: str) -> str:
        if line.startswith("#") and (heading := _HEADING.match(line)):
            line = self._heading(heading)
        elif self.quoted and (heading := _PLAIN_HEADING.match(line)):
            return f"**{heading[1]}**"  # what a callout is called
        if "{" not in line:
            return line
        line = _ATTRIBUTES.sub("", _SPAN.sub(r"\1", line))
        return _ESCAPED_SHORTCODE.sub(r"`\1`", _SHORTCODE.sub(_shortcode, line))

    def _heading(self, found: re.Match[str]) -> str:
        """Its name kept as an anchor, the rest of its attributes left out."""
        own = _ID.search(found[3])
        if not own:
            return found[1] + found[2]
        return f'{found[1]}<a id="{own[1]}"></a>{found[2]}'


def _shortcode(found: re.Match[str]) -> str:
    name, rest = found[1], found[2]
    if name in _SILENT:
        return ""
    if address := _ADDRESS.search(rest):
        return f"[{name}: {address[1]}]({address[1]})"
    if name in {"include", "embed"} and rest.strip():
        path = rest.split()[0].partition("#")[0]
        return f"[{path}](<{path}>)"
    return f"`{found[0]}`"
