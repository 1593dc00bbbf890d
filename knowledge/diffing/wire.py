"""A difference as JSON and back. What comes back is checked field by field: a child that read an untrusted
document may send anything.
"""

import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from knowledge.diffing.difference import Difference


class NoDifference(ValueError):
    """It isn't what a difference looks like."""


def packed(difference: Difference) -> dict[str, Any]:
    """Dicts, lists, texts and numbers."""
    return asdict(difference)


def unpacked(value: object) -> Difference:
    """Raises NoDifference."""
    difference: Difference = _made(Difference, value)
    return difference


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: object) -> Any:
    if not isinstance(value, Mapping):
        raise NoDifference(kind.__name__)
    hints = _hints(kind)
    return kind(**{field.name: _read(hints[field.name], value.get(field.name)) for field in fields(kind)})


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise NoDifference("no list")
        return tuple(_read(arguments[0], each) for each in value)
    if origin is Literal:
        return _one_of(arguments, value)
    if origin in {Union, types.UnionType}:
        return None if value is None else _read(arguments[0], value)
    if is_dataclass(kind):
        return _made(kind, value)
    if type(value) is not kind:
        raise NoDifference(f"{value!r:.40} is no {kind.__name__}")
    return value


def _one_of(known: tuple[Any, ...], value: object) -> object:
    if value not in known:
        raise NoDifference(f"{value!r:.40}")
    return value
