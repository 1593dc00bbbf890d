"""What is set aside while a text's Markdown is read, so that no rule of Markdown takes it apart: formulas and
references to them. In its place stands a mark that no parser and no cleaner minds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.rendering.macros import LONGEST, definition_end, group_end
from knowledge.rendering.myst import LABEL, directive_end, directive_formula

MARK = "\ufdd1"
_PLACE = re.compile(rf"{MARK}(\d+){MARK}")
_TAG = r"</?[a-zA-Z][\w:-]*(?:\s+[a-zA-Z_:@][\w:.@-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))?)*\s*/?>"
# What is passed over comes first: in code, in markup and in addresses there are no formulas.
_NEXT = re.compile(
    rf"""
      ^(?P<indent>[ \t>]*)(?P<directive>`{{3,}}|:{{3,}})\{{math\}}[ \t]*(?P<first>[^\n]*)(?=\n)
    | ^[ \t>]*(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]+)?(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}})
          [^\n]*\n(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){{1,3000}}?(?<!`)(?P=ticks)(?!`)
    | <!--.*?-->
    | <(?P<raw>script|style|pre|code|svg|math)\b.*?</(?P=raw)\s*>
    | {_TAG}
    | <?https?://[^\s<>()]+
    | \]\([^\s()<>]*
    | (?P<escape>\\\$)
    | (?P<reference>\\(?:eq)?ref\{{[^{{}}\n]{{1,200}}\}})
    | \\@ref\((?P<bookdown>eq:[\w:./-]{{1,100}})\)
    | (?P<index>\\index(?=\{{))
    | (?<![\w@])@(?P<quarto>eq-[\w-]*\w)
    | \{{(?P<role>eq|math)\}}`(?P<said>[^`\n]{{1,1000}})`
    | ^[ \t]*(?P<definition>\\(?:(?:re|provide)?newcommand|Declare[MR]|def\\|let\\))
    | \\begin\{{(?P<environment>[a-zA-Z]{{1,40}}\*?)\}}
    | (?P<opening>\$\$?|\\\\[(\[]|\\[(\[])
    | \\\\
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_SIGNS = ("$", "\\", "@eq-", "{eq}`", "{math}")
_QUARTO_LABEL = re.compile(r"[ \t]*\{#(eq-[\w-]+)\}")
_INSIDE = re.compile(r"\\.|[{}$`]|\n[ \t]*\n", re.DOTALL)
_CLOSING = {"$$": "$$", "\\(": "\\)", "\\[": "\\]", "\\\\(": "\\\\)", "\\\\[": "\\\\]"}
_LOOKS_LIKE_MATHS = re.compile(r"[\\^_=<>+*/{}|']|^.$", re.DOTALL)
_SURELY_MATHS = re.compile(r"\\[a-zA-Z]|[\^_=]")
_COMMAND = re.compile(r"\\[a-zA-Z]")
_NO_AMOUNT = re.compile(r"\\[a-zA-Z]|[\^_]")
_AMOUNT = re.compile(r"\s*\d[\d.,]*(?:\s|[-–—/]|[kKmMbB]{1,2}\b|$)")
_LONGEST_INLINE = 5_000
_LONGEST = 60_000
_PATIENCE = 200_000  # characters of a text read in vain for the ends of formulas


@dataclass(frozen=True, slots=True)
class Formula:
    """`source` is as written, with its delimiters; `body` without them."""

    source: str
    body: str
    is_display: bool


@dataclass(frozen=True, slots=True)
class Reference:
    r"""What leads to an equation: `\ref` or `\eqref` in the text, and what means that: `latex`."""

    source: str
    latex: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A fence of Mermaid."""

    source: str


Piece = Formula | Reference | Diagram


class Aside:
    """The pieces of one text. `code` is what it holds in fences: language and text."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.code: list[tuple[str, str]] = []
        self.unclosed: set[str] = set()
        self.patience = _PATIENCE

    def keep(self, piece: Piece) -> str:
        """What stands for the piece."""
        self.pieces.append(piece)
        return self.place(len(self.pieces) - 1)

    def place(self, number: int) -> str:
        return f"{MARK}{number}{MARK}"

    def piece(self, number: str) -> Piece | None:
        return self.pieces[int(number)] if int(number) < len(self.pieces) else None

    def restored(self, text: str) -> str:
        """The text as it was written."""
        return self.replaced(text, lambda piece: piece.source)

    def replaced(self, text: str, show: Callable[[Piece], str]) -> str:
        if MARK not in text:
            return text
        return _PLACE.sub(lambda place: show(piece) if (piece := self.piece(place[1])) else "", text)

    def taken_from(self, source: str) -> str:
        """A text without its formulas and references."""
        source = source.replace(MARK, "")
        if not any(sign in source for sign in _SIGNS):
            return source
        pieces: list[str] = []
        at = 0
        while found := _NEXT.search(source, at):
            pieces.append(source[at : found.start()])
            shown, at = self._taken(source, found)
            pieces.append(shown)
        return "".join(pieces) + source[at:]

    def _taken(self, source: str, found: re.Match[str]) -> tuple[str, int]:
        """What stands in place of what was found, and where to go on."""
        if found["escape"]:
            return "$", found.end()
        if found["directive"]:
            return self._directive(source, found)
        if found["definition"]:
            return self._definition(source, found)
        if found["role"]:
            return self.keep(_role(found)), found.end()
        if found["reference"]:
            return self.keep(Reference(found[0], found[0])), found.end()
        if label := found["quarto"] or found["bookdown"]:
            return self.keep(Reference(found[0], rf"\eqref{{{label}}}")), found.end()
        if found["index"]:
            return "", max(found.end(), group_end(source, found.end()))  # for the index of a printed book
        end = self._end_of_formula(source, found)
        if end < 0:
            return found[0], found.end()
        whole = source[found.start() : end]
        if found["environment"]:
            return self.keep(Formula(whole, whole, True)), end
        opening = found["opening"]
        body = whole[len(opening) : -len(_CLOSING.get(opening, "$"))]
        if opening == "$$" and (label := _QUARTO_LABEL.match(source, end) or LABEL.match(source, end)):
            body, end = rf"{body}\label{{{label[1]}}}", label.end()
        return self.keep(Formula(whole, body, opening == "$$" or opening.endswith("["))), end

    def _directive(self, source: str, found: re.Match[str]) -> tuple[str, int]:
        fence = found["directive"]
        inside, end = (-1, -1) if fence in self.unclosed else directive_end(source, found.end(), fence)
        if end < 0:
            self.unclosed.add(fence)
            return found[0], found.end()
        body = directive_formula(f"{found['first']}{source[found.end() : inside]}")
        return found["indent"] + self.keep(Formula(source[found.start() : end], body, True)), end

    def _definition(self, source: str, found: re.Match[str]) -> tuple[str, int]:
        """Macros that are defined in the text itself, as pandoc allows."""
        end = definition_end(source, found.start("definition")) if self.patience > 0 else -1
        if end < 0:
            self.patience -= LONGEST
            return found[0], found.end()
        whole = source[found.start() : end]
        return self.keep(Formula(whole, whole, False)), end

    def _end_of_formula(self, source: str, found: re.Match[str]) -> int:
        """Where the formula that may begin here ends; -1 where none does."""
        opening = found["opening"]
        if opening == "$":
            return self._end_of_inline(source, found.end())
        closing = (
            rf"\end{{{found['environment']}}}" if found["environment"] else _CLOSING.get(opening or "", "")
        )
        # What isn't closed once is not looked for again: the text would be read to its end each time.
        if not closing or closing in self.unclosed:
            return -1
        if found["environment"]:
            end = _end_of_environment(source, found.end(), found["environment"])
        else:
            end = _end_of_display(source, found.end(), closing)
        if end < 0:
            self.unclosed.add(closing)
        return end if found["environment"] or _is_meant(source, found, end, len(closing)) else -1

    def _end_of_inline(self, source: str, start: int) -> int:
        depth, has_tick, at, first = 0, False, start, -1
        for found in _INSIDE.finditer(source, start, start + min(_LONGEST_INLINE, max(0, self.patience))):
            sign, at = found[0], found.end()
            if sign[0] == "\n":
                break
            has_tick = has_tick or sign == "`"
            depth += (sign == "{") - (sign == "}")
            if sign == "$" and depth <= 0:
                body = source[start : found.start()]
                is_formula = _is_formula(body, source[at : at + 1]) and not (has_tick and "\\" not in body)
                return at if is_formula else -1
            first = at if sign == "$" and first < 0 else first
        self.patience -= at - start
        # One whose braces don't match is still a formula to its author, who is to see what is wrong with it.
        return first if first > 0 and _COMMAND.search(source, start, first) else -1


def _role(found: re.Match[str]) -> Formula | Reference:
    if found["role"].lower() == "eq":
        return Reference(found[0], rf"\eqref{{{found['said']}}}")
    return Formula(found[0], found["said"], False)


def _end_of_display(source: str, start: int, closing: str) -> int:
    end = source.find(closing, start, start + _LONGEST)
    while end > 0 and closing == "$$" and source[end - 1] == "\\" and source[end - 2] != "\\":
        end = source.find(closing, end + 2, start + _LONGEST)
    return end + len(closing) if end >= 0 else -1


def _is_meant(source: str, found: re.Match[str], end: int, closing: int) -> bool:
    r"""`\(` and `\[` are also how brackets are escaped in Markdown."""
    body = source[found.end() : end - closing] if end >= 0 else ""
    if not body.strip():
        return False
    if found["opening"] not in {"\\(", "\\["}:
        return True
    if found["opening"] == "\\(":
        return "\n\n" not in body and bool(_SURELY_MATHS.search(body) or len(body.strip()) <= 3)
    begins_line = not source[source.rfind("\n", 0, found.start()) + 1 : found.start()].strip(" \t>")
    return begins_line and not source[end:].partition("\n")[0].strip() and bool(_SURELY_MATHS.search(body))


def _is_formula(body: str, after: str) -> bool:
    """Whether what stands between two dollar signs is one, rather than the text between two prices."""
    if not body.strip() or after.isdigit() or after == "{":
        return False
    if body[0].isspace() or body[-1].isspace():
        signs = _NO_AMOUNT if _AMOUNT.match(body) else _LOOKS_LIKE_MATHS
        return bool(signs.search(body.strip()))
    return True


def _end_of_environment(source: str, at: int, name: str) -> int:
    """Past the `\\end` that belongs to an environment whose inside begins at `at`; -1 without one."""
    fence = re.compile(rf"\\(begin|end)\{{{re.escape(name)}\}}")
    depth = 1
    for found in fence.finditer(source, at, at + _LONGEST):
        depth += 1 if found[1] == "begin" else -1
        if not depth:
            return found.end()
    return -1
