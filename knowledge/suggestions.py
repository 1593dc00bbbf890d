"""PURE: other text for a place in a document, as reviewers suggest it, put into the file's own bytes.

All else of the file stays as it is, byte for byte: what a suggestion changes is what the commit shows.
"""

import json
import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from html import unescape
from itertools import islice

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}) *suggestion *$", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")
_SHOWN = re.compile(r'<pre class="suggestion"><code>(.*?)</code></pre>', re.DOTALL)
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


def is_shown(text: str, html: str) -> bool:
    """Whether it is what readers of a comment see first as its suggestion: Markdown can hide things.

    `html` is by knowledge/rendering/remarks.py, which shows the whole as written where it is too intricate.
    """
    found = _SHOWN.search(html)
    return html.startswith("<pre>") or (found is not None and unescape(found[1]) == text.strip("\n"))


def digest_of(text: str) -> str:
    """By which a text is known again that somebody looked at."""
    return blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()


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
    try:
        return (bom + text[:start] + value + text[end:]).encode()
    except UnicodeEncodeError as error:  # half of a pair, which JSON may spell but no file hold
        raise CannotApply from error


def in_text(source: bytes, below: Sequence[str], old: Sequence[str], new: str, *, line: int = 0) -> bytes:
    """The same in a file of text, whose lines from some place on are `old`; `below` is the text after them.

    Of all places that read so, the one with as many after it as there are below. Raises CannotApply.
    """
    text, bom = _decoded(source)
    lines = text.split("\n")
    wanted = [old[line - 1].rstrip()] if line else [each.rstrip() for each in _trimmed(old)]
    after = ["\n".join(old[line:]), *below] if line else below
    passed = sum(len(_places([each.rstrip() for each in text.split("\n")], wanted)) for text in after)
    found = _places([each.rstrip() for each in lines], wanted)
    if passed >= len(found):
        raise CannotApply
    at = found[-1 - passed]
    end = at + len(wanted)
    put = [each + ("\r" if lines[at].endswith("\r") else "") for each in new.split("\n")] if new else []
    if put and not lines[end - 1].endswith("\r"):  # the end of the file
        put[-1] = put[-1].removesuffix("\r")
    return (bom + "\n".join([*lines[:at], *put, *lines[end:]])).encode()


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


def _places(lines: list[str], wanted: list[str]) -> list[int]:
    """Where lines that read so begin."""
    size = len(wanted)
    begins = range(len(lines) - size + 1)
    return [at for at in begins if size and lines[at] == wanted[0] and lines[at : at + size] == wanted]


def _source_of(text: str, cell: int) -> tuple[int, int, str | list[str]]:
    """Where the source of a cell stands, and what it is."""
    try:
        cells = _items(text, _value_of(text, _skip(text, 0), "cells"))
        start = _value_of(text, next(islice(cells, cell, None)), "source")
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, IndexError, RecursionError, StopIteration) as error:
        raise CannotApply from error
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        return start, end, value
    raise CannotApply


def _value_of(text: str, at: int, wanted: str) -> int:
    """Where it begins; of those with the same name the last, which is the one that readers take."""
    found = [start for name, start in _members(text, at) if name == wanted]
    if not found:
        raise CannotApply
    return found[-1]


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
