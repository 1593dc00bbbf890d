"""Markdown files as GitHub, Quarto and pandoc read them, put the way that Python-Markdown wants it.

It wants four blanks for a list in a list and an empty line before every block, and reads no Markdown in HTML
unless told; elsewhere people write otherwise, and their files are to read here as they do there.
"""

import re
from collections.abc import Iterator

from knowledge.rendering.alerts import KINDS
from knowledge.rendering.directives import alert_in, language_in

# The language of a fence whose first line says what it is.
DIRECTIVE = "almanac-directive"

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)(.*)$|([ \t]*)([-*+])()()$")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_INTERRUPTS = re.compile(r"[-*+]$|1[.)]$")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:#{1,6}\s|>|<|\||:::|\[\^|\[[^\]]+\]:|:\s)|\s*$| {4}|\t")
_HEADING = re.compile(r" {0,3}#{1,6}(?=\s)")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*\|?[ \t]*$")
_BOX = re.compile(r" {0,3}:{3,}[ \t]*(\{[^{}]*\}|[\w-]+)?[ \t]*(.*?)[ \t]*:*$")
_CALLOUT = re.compile(r"\.callout-(\w+)")
_CALLOUT_TITLE = re.compile(r"title=\"([^\"]*)\"")
_DROPPED = re.compile(
    r"\\(?:newpage|pagebreak|clear(?:double)?page|(?:big|med|small)skip|noindent|newline|(?:front|main|back)matter)\s*$|\{\{<\s*pagebreak\s*>\}\}\s*$"
)
_CONTENTS = re.compile(r"\\tableofcontents\s*$|\[\[_TOC_\]\]\s*$")
_ATTRIBUTES = re.compile(r"([ \t]+#*[ \t]*|[ \t]*)\{(?:-|\.unnumbered|\.unlisted|\.tabset[^{}]*)\}[ \t]*$")
_OPENS = re.compile(r"( {0,3}<(details|div|section|center|article|aside|figure|blockquote)\b)([^<>]*>)", re.I)
_INLINE_NOTE = re.compile(r"\^\[((?:[^\[\]\n]|\n(?![ \t]*\n)|\[[^\[\]\n]*\](?:\([^()\s]*\))?)+)\]")
# What only MyST writes, where a line that begins with a percent sign is a comment.
_MYST = re.compile(r"^:{3,}\{[a-z]|\{(?:ref|numref|doc|term|cite|prf:ref)\}`", re.MULTILINE)
_LOOKED_AT = 10_000
_CALLOUT_KINDS = {"note": "note", "tip": "tip", "important": "important", "warning": "warning"}
_CALLOUT_KINDS |= {"caution": "caution", "danger": "caution", "info": "note"}


def for_python_markdown(text: str) -> str:
    """The same text, so that Python-Markdown reads in it what its author meant."""
    text = "\n".join(_Lines(text.expandtabs(4)).shown())
    return _with_notes(text) if "^[" in text else text


def _with_notes(text: str) -> str:
    """Pandoc's notes, which stand where they are called, as footnotes."""
    notes: list[str] = []

    def noted(found: re.Match[str]) -> str:
        notes.append(" ".join(found[1].split()))
        return f"[^note-{len(notes)}]"

    text = _INLINE_NOTE.sub(noted, text)
    return text + "".join(f"\n\n[^note-{number}]: {note}" for number, note in enumerate(notes, 1))


class _Lines:
    """The lines of a text on their way: what list, fence and box they are in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.items: list[int] = []  # where the text of each open list item begins
        self.is_loose = False  # after a paragraph of its own in an item
        self.boxes: list[str] = []
        self.previous = ""
        self.fence = ""
        self.is_raw = False
        self.has_comments = bool(_MYST.search(text))
        self.shift = 0  # by how much the lines of a fence move to the right

    def shown(self) -> Iterator[str]:
        lines = self.text.split("\n")
        at = 0
        for number, line in enumerate(lines):
            for shown in self._line(line, lines, number, at):
                yield shown
                self.previous = shown
            at += len(line) + 1

    def _line(self, line: str, lines: list[str], number: int, at: int) -> Iterator[str]:
        if self.fence:
            yield self._in_fence(line)
        elif not line.strip():
            yield ""
        elif fence := _FENCE.match(line):
            yield from self._fence(fence)
        elif _DROPPED.match(line) or (self.has_comments and line.startswith("%")):
            yield ""
        elif _CONTENTS.match(line):
            yield from ("", "[TOC]", "")
        elif box := _BOX.match(line):
            yield from self._box(box[1] or "", box[2])
        elif (item := _ITEM.match(line)) and not _RULE.match(line):
            yield from self._item(item)
        else:
            yield from self._other(line, lines, number, at)

    def _in_fence(self, line: str) -> str:
        stripped = line.strip()
        if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]):
            self.fence = ""
            if self.is_raw:
                return ""
            if self.previous.strip().startswith(stripped[:3]):
                return "\n" + self._shifted(line)  # Python-Markdown wants something between
        return self._shifted(line)

    def _shifted(self, line: str) -> str:
        if self.shift >= 0:
            return " " * self.shift + line
        return line[min(-self.shift, len(line) - len(line.lstrip())) :]

    def _fence(self, found: re.Match[str]) -> Iterator[str]:
        indent = len(found[1])
        depth = self._depth(indent)
        if not depth and self.items:
            self.items = []
            yield ""
        self.is_loose = depth > 0
        self.fence = found[2]
        self.shift = 4 * depth - indent if depth or self.items or indent < 4 else 0
        self.is_raw = found[3].strip() == "{=html}"
        if self.previous.strip() and not self.items:
            yield ""
        if self.is_raw:
            yield ""
        elif found[3].startswith("{"):
            yield self._shifted(found[1] + found[2] + DIRECTIVE)
            yield self._shifted(found[1] + found[3].strip())
        else:
            yield self._shifted(found[1] + found[2] + (language_in(found[3]) or "text"))

    def _box(self, attributes: str, words: str) -> Iterator[str]:
        """Pandoc's boxes and MyST's: a callout is an alert, any other holds its text together."""
        if not attributes:
            yield from ("", self.boxes.pop(), "") if self.boxes else ("",)
            return
        self.items = []
        self.boxes.append("</div>")
        name = attributes if attributes.startswith("{") else f"{{{attributes}}}"
        alert = alert_in(f"{name} {words}", "")
        callout = _CALLOUT.search(attributes)
        kind = alert.kind if alert else _CALLOUT_KINDS.get(callout[1]) if callout else None
        if kind:
            title = _CALLOUT_TITLE.search(attributes)
            words = title[1] if title else alert.title if alert and alert.title else KINDS[kind]
        yield from (
            "",
            f'<div class="alert alert-{kind}" markdown="1">' if kind else '<div markdown="1">',
            "",
        )
        if words:
            yield from (words, "{: .alert-title }" if kind else "", "")

    def _depth(self, indent: int) -> int:
        """In how many of the open list items a line so far to the right is."""
        return sum(content <= indent for content in self.items)

    def _item(self, found: re.Match[str]) -> Iterator[str]:
        blanks, sign, after, text = (
            group or "" for group in (found.groups()[:4] if found[2] else found.groups()[4:])
        )
        indent = len(blanks)
        starts_list = not self.items
        if starts_list and indent >= 4:
            yield found[0]  # code
            return
        if starts_list and not _NO_PARAGRAPH.match(self.previous):
            if not _INTERRUPTS.match(sign):
                yield found[0]
                return
            yield ""
        elif self.is_loose and self.previous.strip():
            yield ""
        self.is_loose = False
        depth = self._depth(indent)
        self.items = [*self.items[:depth], indent + len(sign) + (len(after) if 0 < len(after) < 5 else 1)]
        yield f"{' ' * 4 * depth}{sign.replace(')', '.')} {text}".rstrip()

    def _other(self, line: str, lines: list[str], number: int, at: int) -> Iterator[str]:
        indent = len(line) - len(line.lstrip())
        depth = self._depth(indent)
        begins_block = (
            bool(_HEADING.match(line)) or bool(_RULE.match(line)) or line.startswith(("<", "|", ">"))
        )
        if self.items and not depth and (not self.previous.strip() or begins_block):
            self.items = []
            if self.previous.strip():
                yield ""
        if self.items:
            depth = depth or len(self.items)
            self.is_loose = self.is_loose or not self.previous.strip()
            beyond = max(0, indent - self.items[depth - 1])
            yield " " * (4 * depth + beyond) + line.lstrip()
            return
        if "|" in line and self._begins_table(lines, number):
            yield ""
        yield self._as_block(line, at)

    def _begins_table(self, lines: list[str], number: int) -> bool:
        following = lines[number + 1] if number + 1 < len(lines) else ""
        return "-" in following and bool(_TABLE_RULE.match(following)) and bool(self.previous.strip())

    def _as_block(self, line: str, at: int) -> str:
        if _HEADING.match(line):
            return _ATTRIBUTES.sub("", line)
        opens = _OPENS.match(line)
        if opens and "markdown" not in opens[3] and self._has_paragraphs(at, opens[2]):
            return f'{opens[1]} markdown="1"{line[opens.end(1) :]}'
        if line.endswith("\\") and not line.endswith("\\\\"):
            return line[:-1] + "  "
        return line

    def _has_paragraphs(self, at: int, tag: str) -> bool:
        """Whether an HTML element has an empty line within: so GitHub is told to read Markdown there."""
        near = self.text[at : at + _LOOKED_AT].lower()
        return "\n\n" in near.partition(f"</{tag.lower()}")[0]
