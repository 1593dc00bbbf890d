"""Text with fenced chunks of code, as knitr and Quarto write them, taken apart.

A chunk opens with a fence and braces: ```{r name, echo=FALSE}. Its options stand there, or as YAML in
comments at its top (`#| echo: false`). Plain fences are text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from knowledge.documents.yaml_header import load_mapping

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*(.*)$")
_CHUNK = re.compile(r"\{(=?[A-Za-z][\w+#-]*)[ \t,]*(.*)\}[ \t]*$")
_CLASSED = re.compile(r"\{[ \t]*\.([\w+#-]+)[^{}]*\}[ \t]*$")
_OPTION_LINE = re.compile(r"[ \t]*(?:#|//|--|%%|%|;)\|[ ]?(.*)$")
_NAMED = re.compile(r"[ \t]*([\w.-]+)[ \t]*=[ \t]*(.*)$", re.DOTALL)
_LANGUAGES = {
    "py": "python",
    "python3": "python",
    "rcpp": "c++",
    "js": "javascript",
    "ojs": "javascript",
    "sh": "bash",
}
_MAX_OPTIONS = 2_000  # characters
_FALSE = {"false", "f", "no"}
_DEEPEST = 3  # an indent beyond is that of a list, which a cell of its own would end


@dataclass(frozen=True, slots=True)
class Chunk:
    """`engine` names its language, in lower case; `code` is without the lines of options."""

    engine: str
    code: str
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    fence: str = "```"

    @property
    def tags(self) -> list[str]:
        """What its options leave out of the page, as the tags that notebooks have for it."""
        if self._is_off("include"):
            return ["remove_cell"]
        return ["hide_input"] if self._is_off("echo") else []

    def _is_off(self, option: str) -> bool:
        return self.options.get(option, "").lower() in _FALSE


def pieces(text: str) -> Iterator[str | Chunk]:
    """The text and the chunks, in order. What is fenced but no chunk stays part of the text."""
    lines = text.split("\n")
    pending: list[str] = []
    at = 0
    closings = _Closings(lines)
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        end = closings.after(at, opening[1]) if opening else None
        if opening is None or end is None:
            pending.append(lines[at])
            at += 1
            continue
        if chunk := _chunk(lines[at], opening, lines[at + 1 : end]):
            yield "\n".join(pending) + "\n"
            yield chunk
            pending = []
        else:
            pending += [_plain_opening(lines[at], opening), *lines[at + 1 : end + 1]]
        at = end + 1
    yield "\n".join(pending)


class _Closings:
    """Where fences close. Every line is looked at a bounded number of times, however many stay open."""

    def __init__(self, lines: list[str]) -> None:
        matches = ((at, _FENCE.match(line)) for at, line in enumerate(lines))
        self._bare = [(at, found[1]) for at, found in matches if found and not found[2].strip()]
        self._longest = {sign: self._longest_from(sign) for sign in "`~"}
        self._next = 0

    def _longest_from(self, sign: str) -> list[int]:
        """For each bare fence the length of the longest of `sign` from there on."""
        lengths = (len(mark) if mark[0] == sign else 0 for _, mark in reversed(self._bare))
        return list(accumulate(lengths, max))[::-1]

    def after(self, at: int, fence: str) -> int | None:
        """The line that closes a fence opened at `at`; None where none does."""
        while self._next < len(self._bare) and self._bare[self._next][0] <= at:
            self._next += 1
        if self._next == len(self._bare) or self._longest[fence[0]][self._next] < len(fence):
            return None
        rest = (self._bare[number] for number in range(self._next, len(self._bare)))
        return next(line for line, mark in rest if mark[0] == fence[0] and len(mark) >= len(fence))


def _chunk(line: str, opening: re.Match[str], inside: list[str]) -> Chunk | None:
    found = _CHUNK.match(opening[2][:_MAX_OPTIONS])
    indent = len(line) - len(line.lstrip())
    if not found or line.lstrip().startswith(">") or indent > _DEEPEST:
        return None
    count = next((n for n, text in enumerate(inside) if not _OPTION_LINE.match(text)), len(inside))
    label, options = _options(found[2])
    below = _options_below(inside[:count])
    engine = found[1].lower()
    return Chunk(
        engine=_LANGUAGES.get(engine, engine),
        code="\n".join(text[indent:] if not text[:indent].strip() else text for text in inside[count:]),
        label=below.get("label") or options.get("label") or label,
        options={**options, **below},
        fence=opening[1],
    )


def _plain_opening(line: str, opening: re.Match[str]) -> str:
    """```{.python .numberLines} and indented chunks as Markdown spells them."""
    named = _CLASSED.match(opening[2][:_MAX_OPTIONS]) or _CHUNK.match(opening[2][:_MAX_OPTIONS])
    return f"{line[: opening.start(2)].rstrip()}{named[1].lower()}" if named else line


def _options(text: str) -> tuple[str, dict[str, str]]:
    """The chunk's name and its options as knitr writes them: `name, echo=FALSE, fig.cap="a, b"`."""
    label, options = "", {}
    for number, part in enumerate(_split(text)):
        if named := _NAMED.match(part):
            options[named[1].replace(".", "-")] = named[2].strip().strip("\"'")
        elif number == 0:
            label = part.strip()
    return label, options


def _split(text: str) -> Iterator[str]:
    """At the commas that stand in neither quotes nor brackets."""
    depth, quote, start = 0, "", 0
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _options_below(lines: list[str]) -> dict[str, str]:
    block = "\n".join(found[1] for line in lines if (found := _OPTION_LINE.match(line)))
    mapping: dict[Any, Any] = load_mapping(block, first_line=1, cell=None)[0] if block.strip() else {}
    return {str(key): str(value) for key, value in mapping.items() if not isinstance(value, dict | list)}
