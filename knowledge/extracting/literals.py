"""Texts that Python's expressions come to, as far as that can be told without running them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

_DEEPEST = 8
_LONGEST = 5_000
_LONGEST_TEMPLATE = 50_000
_MOST = 200  # terms of a sum
_STEPS = 200  # of one expression: templates in templates have more pieces than signs
_JOINS = {"join", "joinpath", "Path", "PurePath", "PosixPath"}
_SAME = {
    "abspath",
    "absolute",
    "as_posix",
    "as_uri",
    "expanduser",
    "expandvars",
    "fspath",
    "realpath",
    "resolve",
    "str",
}
_CHANGES: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "strip": str.strip}
# Where `.format` and `%` put their values, and what stands for a sign itself.
_FIELD = re.compile(
    r"(?P<sign>\{\{|\}\})|\{(?P<name>\w*)(?P<more>[.\[][^{}]{1,100})?(?:![rsa])?(?P<spec>:[^{}]{1,50})?\}"
)
_PERCENT = re.compile(r"(?P<sign>%%)|%(?:\((?P<name>\w{1,100})\))?(?P<spec>s|r|d|i|\.?\d+\w)")


class Gap(NamedTuple):
    """What isn't known of a text; the name of the variable that has it, if just one does."""

    name: str = ""


Piece = str | Gap


def text_of(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """What a literal, a name in `known`, a template that is filled, or a path or sum of them says; of a path
    whose begin is not known, its end. None for all else.
    """
    return told(_Telling(known).pieces(node))


def told(pieces: Sequence[Piece]) -> str | None:
    """The whole text, or the end of a path."""
    last = max((place for place, piece in enumerate(pieces) if isinstance(piece, Gap)), default=-1)
    text = _joined(pieces[last + 1 :], _LONGEST)
    if last < 0:
        return text if pieces else None
    return text.lstrip("/\\") if _is_end_of_path(text) else None


def template_of(node: ast.expr, known: Mapping[str, str]) -> str:
    """The text with "{}" for each value that isn't known, and the name of its variable in it."""
    return _joined(_Telling(known).pieces(node), _LONGEST_TEMPLATE)


def both_of(node: ast.expr, known: Mapping[str, str]) -> tuple[str | None, str]:
    """What `text_of` and what `template_of` says."""
    pieces = _Telling(known).pieces(node)
    return told(pieces), _joined(pieces, _LONGEST)


def with_between(parts: Iterable[list[Piece]], between: str) -> list[Piece]:
    """All of them, with that between each two that don't have it already."""
    whole: list[Piece] = []
    for part in parts:
        if whole and not (between and isinstance(whole[-1], str) and whole[-1].endswith(between)):
            whole.append(between)
        whole += part
    return whole


def _joined(pieces: Iterable[Piece], most: int) -> str:
    taken: list[str] = []
    size = 0
    for piece in pieces:
        taken.append(f"{{{piece.name}}}" if isinstance(piece, Gap) else piece)
        size += len(taken[-1])
        if size > most:
            break
    return "".join(taken)[:most]


def _is_end_of_path(end: str) -> bool:
    """Whether a file's whole name is in it: those of `f"{day}.csv"` and `f"{day}_a.csv"` are computed."""
    if "=" in end or end.startswith((".", "_", "-", " ")):
        return False
    return "." in end or (len(end) > 1 and end.startswith(("/", "\\")))


class _Telling:
    """One expression, within a number of steps."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._left = _STEPS

    def pieces(self, node: ast.expr, depth: int = 0) -> list[Piece]:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return [Gap()]
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.Name(id=name):
                return [self._known.get(name, Gap(name))]
            case ast.BinOp(op=ast.Add()):
                return [piece for term in _terms(node) for piece in self.pieces(term, depth + 1)]
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return with_between([self.pieces(left, depth + 1), self.pieces(right, depth + 1)], "/")
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._filled(_PERCENT, left, _of_percent(right), depth + 1)
            case ast.JoinedStr(values=values):
                return [piece for value in values for piece in self.pieces(value, depth + 1)]
            case ast.FormattedValue(value=value, format_spec=None):
                return self.pieces(value, depth + 1)
            case ast.Call():
                return self._of_call(node, depth + 1)
        return [Gap()]

    def _of_call(self, node: ast.Call, depth: int) -> list[Piece]:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr="format"), args=args, keywords=keywords):
                values = {str(place): argument for place, argument in enumerate(args[:_MOST])}
                values |= {keyword.arg: keyword.value for keyword in keywords[:_MOST] if keyword.arg}
                return self._filled(_FIELD, value, values, depth)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name in _CHANGES:
                pieces = self.pieces(value, depth)
                return [_CHANGES[name](piece) if isinstance(piece, str) else Gap() for piece in pieces]
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name in _SAME:
                return self.pieces(value, depth)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[value]) if name in _SAME:
                return self.pieces(value, depth)
            case ast.Call(args=args) if args and _joins(node.func):
                return with_between([self.pieces(argument, depth) for argument in args[:10]], "/")
        return [Gap()]

    def _filled(
        self, fields: re.Pattern[str], node: ast.expr, values: Mapping[str, ast.expr], depth: int
    ) -> list[Piece]:
        """A template with its values; a gap if it isn't known itself."""
        match self.pieces(node, depth):
            case [str(template)]:
                return list(self._put_in(fields, template, values, depth))
        return [Gap()]

    def _put_in(
        self, fields: re.Pattern[str], template: str, values: Mapping[str, ast.expr], depth: int
    ) -> Iterator[Piece]:
        at = number = 0
        for found in fields.finditer(template):
            if self._left < 0:
                break
            yield template[at : found.start()]
            at = found.end()
            if found["sign"]:
                yield found["sign"][0]
                continue
            value = values.get(found["name"] or str(number))
            number += not found["name"]
            is_plain = found["spec"] in {None, "s"} and not found.groupdict().get("more")
            yield from self.pieces(value, depth + 1) if value and is_plain else [Gap()]
        yield template[at:]


def _terms(node: ast.expr) -> list[ast.expr]:
    """Of a sum; none if they are too many."""
    terms: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and len(terms) < _MOST:
        terms.append(node.right)
        node = node.left
    return [node, *reversed(terms)] if len(terms) < _MOST else []


def _of_percent(right: ast.expr) -> dict[str, ast.expr]:
    match right:
        case ast.Tuple(elts=values):
            return {str(place): value for place, value in enumerate(values[:_MOST])}
        case ast.Dict(keys=keys, values=values):
            named = zip(keys[:_MOST], values, strict=False)
            return {str(key.value): value for key, value in named if isinstance(key, ast.Constant)}
    return {"0": right}


def _joins(function: ast.expr) -> bool:
    """`os.path.join`, `Path` and their like, not the method of a text."""
    match function:
        case ast.Attribute(value=ast.Constant()):
            return False
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _JOINS
    return False
