"""Texts that Python's expressions come to, as far as that can be told without running them."""

import ast
from collections.abc import Mapping

_DEEPEST = 8
_LONGEST = 2_000
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


def text_of(node: ast.expr, known: Mapping[str, str], depth: int = 0) -> str | None:
    """What a literal, a name in `known`, or a path or sum of them says; of a path whose begin is not known,
    its end. None for all else.
    """
    pieces = _pieces(node, known, depth)
    if None not in pieces:
        text = "".join(filter(None, pieces))
        return text[:_LONGEST] if pieces else None
    last = len(pieces) - pieces[::-1].index(None)
    end = "".join(filter(None, pieces[last:]))
    return end.lstrip("/\\")[:_LONGEST] if _is_end_of_path(end) else None


def _is_end_of_path(end: str) -> bool:
    """Whether a file's whole name is in it: those of `f"{day}.csv"` and `f"{day}_a.csv"` are computed."""
    return "." in end and "=" not in end and not end.startswith((".", "_", "-"))


def with_gaps(node: ast.JoinedStr) -> str:
    """A text with "{}" for each value that is put into it."""
    parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return "".join(map(str, parts))


def _pieces(node: ast.expr, known: Mapping[str, str], depth: int) -> list[str | None]:
    if depth > _DEEPEST:
        return [None]
    match node:
        case ast.Constant(value=str(text)):
            return [text[:_LONGEST]]
        case ast.Name(id=name):
            return [known.get(name)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _pieces(left, known, depth + 1) + _pieces(right, known, depth + 1)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return [*_pieces(left, known, depth + 1), "/", *_pieces(right, known, depth + 1)]
        case ast.JoinedStr(values=values):
            return [piece for value in values for piece in _pieces(value, known, depth + 1)]
        case ast.FormattedValue(value=value, format_spec=None):
            return _pieces(value, known, depth + 1)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name in _SAME:
            return _pieces(value, known, depth + 1)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[value]) if name in _SAME:
            return _pieces(value, known, depth + 1)
        case ast.Call(args=args) if args and _joins(node.func):
            joined: list[str | None] = []
            for argument in args[:10]:
                joined += ["/", *_pieces(argument, known, depth + 1)]
            return joined[1:]
    return [None]


def _joins(function: ast.expr) -> bool:
    """`os.path.join`, `Path` and their like, not the method of a text."""
    match function:
        case ast.Attribute(value=ast.Constant()):
            return False
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _JOINS
    return False
