"""Formulas as MyST writes them: its directive `{math}`, in backticks or colons, and labels in brackets."""

import re

LABEL = re.compile(r"[ \t]*\(([A-Za-z][\w:.-]{0,80})\)(?=[ \t]*$)", re.MULTILINE)
_OPTIONS = re.compile(r"(?:[ \t]*:(?P<name>[\w-]+):[ \t]*(?P<value>[^\n]*)(?:\n|\Z))")
_LONGEST = 20_000


def directive_end(source: str, at: int, fence: str) -> tuple[int, int]:
    """Where the inside of a directive that begins before `at` ends, and its closing line; -1 without one."""
    found = re.compile(rf"^[ \t>]*{fence}[ \t]*$", re.MULTILINE).search(source, at, at + _LONGEST)
    return (found.start(), found.end()) if found else (-1, -1)


def directive_formula(inside: str) -> str:
    """The formula in a directive, with its label as LaTeX has it."""
    at, label = 0, ""
    inside = inside.lstrip("\n")
    while option := _OPTIONS.match(inside, at):
        at = option.end()
        label = option["value"].strip() if option["name"] in {"label", "name"} else label
    return inside[at:].strip() + (rf"\label{{{label}}}" if label else "")
