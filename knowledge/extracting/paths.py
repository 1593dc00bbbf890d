"""Paths that calls in R and Julia put together: `file.path(dir, "a.csv")`, `paste0(dir, "/a.csv")`."""

import re
from collections.abc import Mapping

from knowledge.extracting.literals import Gap, Piece, told, with_between

JOINERS = r"(?:here::here|here|fs::path|file\.path|joinpath|paste0?|normalizePath|path\.expand)"
_JOINER = re.compile(rf"({JOINERS})\s*\(")
_MOST = 12  # arguments
_DEEPEST = 4
_ARGUMENT = re.compile(
    r"\s*(?:(?P<key>[A-Za-z][\w.]{0,30})\s*=\s*)?(?:\"(?P<double>[^\"\n]{0,500})\"|'(?P<single>[^'\n]{0,500})'"
    r"|(?P<variable>[A-Za-z@.][\w.@]{0,60}(?:\(\))?)(?=\s*[,)]))"
)
_NEXT = re.compile(r"\s*([,)])")
_NOT_JOINED = {"fsep", "mustWork", "winslash", "collapse"}


def joined(code: str, at: int, known: Mapping[str, str]) -> str | None:
    """What the call that begins there comes to; of a path whose begin is not known, its end."""
    call = _call(code, at, known, 0)
    return told(call[0]) if call else None


def _call(code: str, at: int, known: Mapping[str, str], depth: int) -> tuple[list[Piece], int] | None:
    """Its pieces, and where it ends; None if it is given more than texts, variables and calls like it."""
    begin = _JOINER.match(code, at)
    if not begin or depth > _DEEPEST:
        return None
    name, at = begin[1], begin.end()
    between = {"paste0": "", "paste": " "}.get(name, "/")
    pieces: list[list[Piece]] = []
    for _ in range(_MOST):
        if argument := _ARGUMENT.match(code, at):
            at = argument.end()
            piece = _piece(argument, known)
            if argument["key"] == "sep" and isinstance(piece, str):
                between = piece
            elif argument["key"] not in _NOT_JOINED:
                pieces.append([piece])
        elif inner := _call(code, _blank(code, at), known, depth + 1):
            at = inner[1]
            pieces.append(inner[0])
        else:
            return None
        sign = _NEXT.match(code, at)
        if not sign:
            return None
        at = sign.end()
        if sign[1] == ")":
            return with_between(pieces, between), at
    return None


def _blank(code: str, at: int) -> int:
    while at < len(code) and code[at].isspace():
        at += 1
    return at


def _piece(argument: re.Match[str], known: Mapping[str, str]) -> Piece:
    if variable := argument["variable"]:
        return known.get(variable, Gap())
    return argument["double"] if argument["double"] is not None else argument["single"]
