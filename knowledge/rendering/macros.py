r"""Macros that authors define in formulas: taken out, for they hold for all formulas of a document.

What no rule here reads (a `\def` with signs between its parameters) stays, and the page says so there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMAND = re.compile(
    r"\\(?P<word>(?:re|provide)?newcommand|DeclareRobustCommand|DeclareMathOperator"
    r"|[gex]?def|let)(?![a-zA-Z@])(?P<star>\*?)"
)
_NAME = re.compile(r"\s*(?:\{\s*(\\[a-zA-Z@]+|\\.)\s*\}|(\\[a-zA-Z@]+|\\.))")
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_PARAMETERS = re.compile(r"\s*(?:#\d\s*)*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKET = re.compile(r"\\.|[{}\]]", re.DOTALL)
_ONE = re.compile(r"\s*=?\s*(\\[a-zA-Z@]+|\\.|[^\s\\{}$%&#])")
_BLANKS = re.compile(r"[ \t]*")
LONGEST = 4_000  # characters of a definition
_MOST_FAILED = 50


@dataclass(frozen=True, slots=True)
class Macro:
    r"""`default` is that of its first argument, None where none may be left out; `is_offered` by
    `\providecommand`, which gives way to others of the name; `is_new` unless it says that it changes one.
    """

    name: str
    body: str
    default: str | None = None
    is_offered: bool = False
    is_new: bool = True

    @property
    def key(self) -> str:
        r"""How the page calls it: `\norm`, or `\norm[2]` with the default."""
        return self.name if self.default is None else f"{self.name}[{self.default}]"


def taken_from(text: str) -> tuple[str, list[Macro]]:
    """A formula without the definitions in it, and those."""
    found: list[Macro] = []
    pieces: list[str] = []
    at = 0
    for macro, start, end in _definitions(text):
        pieces.append(text[at:start])
        at = end
        found.append(macro)
    return "".join([*pieces, text[at:]]), found


def group_end(text: str, at: int) -> int:
    """Past the brace that closes the one at `at`; -1 where there is no such group."""
    if not text.startswith("{", at):
        return -1
    depth = 0
    for sign in _BRACE.finditer(text, at, at + LONGEST):
        depth += (sign[0] == "{") - (sign[0] == "}")
        if not depth:
            return sign.end()
    return -1


def definition_end(text: str, at: int) -> int:
    """Past the definition that begins at `at`; -1 where none does."""
    command = _COMMAND.match(text, at)
    name = _NAME.match(text, command.end()) if command else None
    read = _read(command, name[1] or name[2], text, name.end()) if command and name else None
    return read[1] if read else -1


def _definitions(text: str) -> Iterator[tuple[Macro, int, int]]:
    at, failed = 0, 0
    while failed < _MOST_FAILED and (command := _COMMAND.search(text, at)):
        at = command.end()
        name = _NAME.match(text, at)
        if name and (read := _read(command, name[1] or name[2], text, name.end())):
            macro, at = read
            at = _blanks(text, at)
            yield macro, command.start(), at
        else:
            failed += 1


def _read(command: re.Match[str], name: str, text: str, at: int) -> tuple[Macro, int] | None:
    word = command["word"]
    if word == "let":
        one = _ONE.match(text, at)
        # With its own name, so that the page can tell it from one that is read anew each time.
        return (Macro(name, rf"\let{one[1]}"), one.end()) if one else None
    default = None
    if word.endswith(("command", "Command")):
        at, default = _arguments(text, at)
    elif word.endswith("def") and (parameters := _PARAMETERS.match(text, at)):
        at = parameters.end()
    body, end = _body(text, at)
    if end < 0:
        return None
    if word == "DeclareMathOperator":
        body = rf"\operatorname{command['star']}{{{body}}}"
    return Macro(name, body, default, word == "providecommand", word != "renewcommand"), end


def _arguments(text: str, at: int) -> tuple[int, str | None]:
    """Past `[2][default]`, and the default."""
    count = _COUNT.match(text, at)
    if not count:
        return at, None
    at = count.end()
    start = _blanks(text, at)
    if not text.startswith("[", start):
        return at, None
    depth = 0
    for sign in _BRACKET.finditer(text, start + 1, start + 1_000):
        depth += (sign[0] == "{") - (sign[0] == "}")
        if sign[0] == "]" and not depth:
            return sign.end(), text[start + 1 : sign.start()]
    return at, None


def _body(text: str, at: int) -> tuple[str, int]:
    while at < len(text) and text[at].isspace():
        at += 1
    end = group_end(text, at)
    if end >= 0:
        return text[at + 1 : end - 1], end
    one = re.compile(r"\\[a-zA-Z@]+|\\.").match(text, at)
    return (one[0], one.end()) if one else ("", -1)


def _blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
