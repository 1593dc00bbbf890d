"""PURE: other text for a place in a document, as reviewers suggest it, put into the file's own bytes.

All else of the file stays as it is, byte for byte: what a suggestion changes is what the commit shows.
"""

import json
import re
from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}) *suggestion *$", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")
_BOM = "\ufeff"


class CannotApply(ValueError):
    """What the suggestion was made for isn't in the file."""


def suggested(body: str) -> str | None:
    """The text of the first block ```suggestion of a comment; None without one. "" takes the place away."""
    lines = body.replace("\r\n", "\n").split("\n")
    for start, line in enumerate(lines):
        if found := _FENCE.match(line):
            block = lines[start + 1 :]
            end = next((at for at, each in enumerate(block) if each.strip() == found["fence"]), None)
            return None if end is None else "\n".join(block[:end])
    return None


def block_of(text: str) -> str:
    """The text as a block that `suggested` finds again, whatever fences it holds itself."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}suggestion\n{text}\n{fence}\n"


def in_notebook(source: bytes, cell: int, old: Sequence[str], new: str, *, line: int = 0) -> bytes:
    """`new` for line `line` of a cell (from 1), or for all of it; `old` is how the lines of the cell read.

    `cell` counts from 0 in a notebook of format 4. Raises CannotApply where the file reads otherwise.
    """
    text, bom = _decoded(source)
    start, end, said = _source_of(text, cell)
    joined = "".join(said) if isinstance(said, list) else said
    lines = joined.split("\n")
    if [each.rstrip() for each in lines] != [each.rstrip() for each in old]:
        raise CannotApply
    lines = _put(lines, line, new)
    value = _written("\n".join(lines), text[start:end], as_list=isinstance(said, list))
    return (bom + text[:start] + value + text[end:]).encode()


def in_text(source: bytes, before: int, old: Sequence[str], new: str, *, line: int = 0) -> bytes:
    """The same in a file of text, whose lines from some place on are `old`.

    Of all places that read so, the one with `before` such places after it. Raises CannotApply.
    """
    text, bom = _decoded(source)
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    wanted = [old[line - 1].rstrip()] if line else [each.rstrip() for each in _trimmed(old)]
    at = _find_from_end([each.rstrip() for each in lines], wanted, before)
    put = [f"{each}\r" if ending == "\r\n" else each for each in new.split("\n")] if new else []
    return (bom + "\n".join([*lines[:at], *put, *lines[at + len(wanted) :]])).encode()


def _decoded(source: bytes) -> tuple[str, str]:
    try:
        text = source.decode()
    except UnicodeDecodeError as error:
        raise CannotApply from error
    return (text[1:], _BOM) if text.startswith(_BOM) else (text, "")


def _put(lines: list[str], line: int, new: str) -> list[str]:
    replacement = new.split("\n") if new else []
    if not line:
        return replacement
    if line > len(lines):
        raise CannotApply
    return [*lines[: line - 1], *replacement, *lines[line:]]


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """Without blank lines at both ends, which readers of text leave out."""
    filled = [at for at, each in enumerate(lines) if each.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _find_from_end(lines: list[str], wanted: list[str], passed: int) -> int:
    if not wanted:
        raise CannotApply
    for at in range(len(lines) - len(wanted), -1, -1):
        if lines[at : at + len(wanted)] == wanted:
            if not passed:
                return at
            passed -= 1
    raise CannotApply


def _source_of(text: str, cell: int) -> tuple[int, int, str | list[str]]:
    """Where the source of a cell stands, and what it is."""
    try:
        for name, at in _members(text, _skip(text, 0)):
            if name != "cells":
                continue
            for index, item in enumerate(_items(text, at)):
                if index == cell:
                    return _value_of(text, item, "source")
    except (ValueError, IndexError, RecursionError) as error:
        raise CannotApply from error
    raise CannotApply


def _value_of(text: str, at: int, wanted: str) -> tuple[int, int, str | list[str]]:
    for name, start in _members(text, at):
        if name == wanted:
            value, end = _DECODER.raw_decode(text, start)
            if isinstance(value, str) or (
                isinstance(value, list) and all(isinstance(each, str) for each in value)
            ):
                return start, end, value
    raise CannotApply


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Of the object that begins at `at`: its names, and where the values begin."""
    if text[at] != "{":
        raise CannotApply
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1)
        yield name, at
        at = _after_value(text, at)


def _items(text: str, at: int) -> Iterator[int]:
    """Of the list that begins at `at`: where each item begins."""
    if text[at] != "[":
        raise CannotApply
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after_value(text, at)


def _after_value(text: str, at: int) -> int:
    """Past a value, and the comma after it if there is one."""
    _, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _written(source: str, before: str, *, as_list: bool) -> str:
    """A source as JSON, in the manner of what stood there before."""
    is_ascii = before.isascii() and _ESCAPED.search(before) is not None
    if not as_list:
        return json.dumps(source, ensure_ascii=is_ascii)
    lines = [json.dumps(line, ensure_ascii=is_ascii) for line in source.splitlines(keepends=True)]
    if not lines:
        return "[]"
    first, last = before.find('"'), before.rfind('"')
    opened, closed = (before[1:first], before[last + 1 : -1]) if first > 0 else ("", "")
    comma = "," + (opened if opened.strip(" ") else " " if ", " in before else opened)
    return f"[{opened}{comma.join(lines)}{closed}]"


_DECODER = json.JSONDecoder()
