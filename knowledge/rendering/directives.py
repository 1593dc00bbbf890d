"""MyST's directives, fences such as ```` ```{tip} ````, of which admonitions are read as alerts."""

import re
from dataclasses import dataclass
from html import escape

from pygments.lexers.special import TextLexer

from knowledge.rendering.alerts import KINDS
from knowledge.rendering.languages import lexer_of

_INFO = re.compile(r"\{([a-z][\w:-]{0,30})\}[ \t]*(.{0,300})$", re.DOTALL)
_OPTION = re.compile(r"(?:[ \t]*:([\w-]+):[ \t]*([^\n]*)(?:\n|\Z))")
_ALERTS = {name: name for name in KINDS} | {
    "hint": "tip",
    "seealso": "note",
    "todo": "note",
    "admonition": "note",
    "attention": "warning",
    "danger": "caution",
    "error": "caution",
    "versionadded": "note",
    "versionchanged": "note",
    "deprecated": "warning",
}
_TITLES = {
    "seealso": "See also",
    "todo": "To do",
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
}
_NOT_A_NAME = re.compile(r"[{},\s]+")
_CODE = {"code", "code-block", "code-cell", "sourcecode"}


@dataclass(frozen=True, slots=True)
class Alert:
    """`title` is markup, `body` Markdown."""

    kind: str
    title: str
    body: str


def alert_in(info: str, code: str) -> Alert | None:
    """The alert that a fence is, by what stands after its opening; None for any other fence."""
    found = _INFO.match(info.strip())
    if not found or found[1] not in _ALERTS:
        return None
    name, argument = found[1], found[2].strip()
    at, kind = 0, _ALERTS[name]
    while option := _OPTION.match(code, at):
        at = option.end()
        named = [word for word in option[2].replace(",", " ").split() if word in _ALERTS]
        kind = _ALERTS[named[0]] if option[1] == "class" and named else kind
    if name == "admonition":
        return Alert(kind, escape(argument), code[at:])
    if name.startswith(("version", "deprecated")):
        return Alert(kind, escape(f"{_TITLES[name]} {argument}"), code[at:])
    return Alert(kind, _TITLES.get(name, name.capitalize()), f"{argument}\n{code[at:]}")


def language_in(info: str) -> str:
    """The language that a fence names: plainly, in pandoc's braces, or as a directive's argument."""
    found = _INFO.match(info.strip())
    if found and found[1] in _CODE:
        info = found[2]
    words = _NOT_A_NAME.sub(" ", info).split()
    return words[0].lstrip(".=") if words and "=" not in words[0][1:] else ""


def is_directive(info: str) -> bool:
    """Whether a fence's braces name no language but something to be made of it."""
    found = _INFO.match(info.strip())
    return bool(found) and isinstance(lexer_of(language_in(info).lower()), TextLexer)
