"""Parsing the JSON of a notebook: quickly where it is well formed, leniently where tools were not."""

import json
import re
from typing import Any

import orjson

from knowledge.documents.decoding import conflict_line, storable_tree
from knowledge.documents.faults import refusal

_ESCAPED = re.compile(rb"\\u(?:0000|[fF][dD][dD][01])")
_MARKS = (b"\xef\xb7\x90", b"\xef\xb7\x91")  # U+FDD0 and U+FDD1
_LEAD = b"\xef"  # which few files hold


def parse_json(source: bytes) -> Any:
    """The value; every string in it storable. Takes NaN, Infinity and lone surrogates, which JSON forbids."""
    try:
        value = orjson.loads(source)
    except orjson.JSONDecodeError as error:
        return storable_tree(_parse_leniently(source, error))
    return storable_tree(value) if _may_hold_unstorable(source) else value


def _may_hold_unstorable(source: bytes) -> bool:
    """A look at the bytes, for a walk over every string would cost as much as parsing them."""
    has_mark = _LEAD in source and any(mark in source for mark in _MARKS)
    return has_mark or _ESCAPED.search(source) is not None


def _parse_leniently(source: bytes, first_error: orjson.JSONDecodeError) -> Any:
    if line := conflict_line(source):
        raise refusal("conflict-markers", line=line)
    try:
        return json.loads(source, strict=False)
    except RecursionError:
        raise refusal("too-deep") from None
    except json.JSONDecodeError as error:
        raise _refused(source, error) from None
    except ValueError:  # an integer of more digits than Python converts
        reason = first_error.msg
        line, column = first_error.lineno, first_error.colno
        raise refusal("not-json", line=line, column=column, reason=reason) from None


def _refused(source: bytes, error: json.JSONDecodeError) -> Exception:
    text = source.decode()
    line = text.count("\n", 0, error.pos) + 1
    rest = text[error.pos :]
    ended = not rest.strip() or (error.msg.startswith("Unterminated string") and '"' not in rest[1:])
    if ended and re.match(r"\s*[\[{]", text):
        return refusal("truncated-notebook", line=text.rstrip().count("\n") + 1)
    return refusal("not-json", line=line, column=error.colno, reason=error.msg)
