"""Statements that code puts together: pieces of them, and tables whose names other cells give."""

import re
from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*+'")
_NAME = r"(?:[^\W\d]\w{0,100}|`[^`\n]{1,100}`|\"[^\"\n]{1,100}\"|\{\w{0,60}\})"
_GIVES = (
    rf"(?P<name>{_NAME})\s*(?:\([^()]{{0,500}}\)\s*)?\bas\s*(?:(?:not\s+)?materialized\s*)?\((?:\s|--[^\n]*\n){{0,50}}+"
    r"(?:select|with)\b"
)
_PIECE = re.compile(rf"\s*,?\s*(?!with\b){_GIVES}", re.IGNORECASE)
_GIVEN = re.compile(rf"(?:\bwith\s+(?:recursive\s+)?|,\s*){_GIVES}", re.IGNORECASE)
_FILLED_IN = re.compile(rf"(?P<name>{_NAME})\s*\bas\s*\(\s*\{{\w{{0,60}}\}}\s*\)", re.IGNORECASE)
_WITH = re.compile(r"(?:\s|--[^\n]*\n){0,50}+with\b", re.IGNORECASE)
_VERB = re.compile(r"\b(?:select|insert|update|delete|merge|from)\b", re.IGNORECASE)

_PART = r"(?:[\w-]|\{\w{1,60}\}){1,100}"
_AWAITED = re.compile(
    rf"\b(?:from|join|into|table|update)\s+[`\"\[]?(?P<name>{_PART}(?:[`\"\]]?\.[`\"\[]?{_PART}){{0,3}})[`\"\]]?"
    r"(?=[\s;),]|\Z)",
    re.IGNORECASE,
)
_QUOTATION = re.compile(r"[`\"\[\]]")
_GAP = re.compile(r"\{(\w+)\}")
_VALUE = re.compile(rf"{_PART}(?:\.{_PART}){{0,3}}")
# Variables that have a table's name, or a part of it: by their own name, or as there are dots in it.
_OF_TABLES = re.compile(
    r"table|tbl|project|data_?set|schema|database|\bdb|catalog|source|view|bucket|\A[A-Z][A-Z\d_]*\Z",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"^[ \t]*([A-Za-z_]\w{0,60})[ \t]*=[ \t]*[\"']([\w-]{1,100}(?:\.[\w-]{1,100}){0,3})[\"']"
    r"[ \t]*(?:#[^\n]*)?$",
    re.MULTILINE,
)


def is_piece(text: str) -> bool:
    """Whether it is a common table expression that lacks its WITH."""
    return bool(_PIECE.match(text))


def completed(sql: str) -> tuple[str, list[str]]:
    """A statement made of a piece, and the names that other pieces may know from it: its own, or of a whole
    statement those that other pieces are put into.
    """
    if is_piece(sql):
        sql = f"WITH {sql.lstrip().removeprefix(',')}"
    elif not _WITH.match(sql):
        return sql, []
    is_whole = bool(_VERB.search(_top_level(sql)))
    pattern = _FILLED_IN if is_whole else _GIVEN
    given = [found["name"].strip('`"').lower() for found in pattern.finditer(sql)]
    if is_whole:
        return sql, given
    return f"{sql.rstrip().removesuffix(',')} SELECT 1", given


def _top_level(sql: str) -> str:
    """What stands in no brackets."""
    depth = 0
    outside: list[str] = []
    for part in re.findall(r"[()]|[^()]+", _LITERAL.sub("''", _COMMENT.sub(" ", sql))):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth == 0:
            outside.append(part)
    return " ".join(outside)


def awaited(sql: str) -> Iterator[str]:
    """Tables with gaps that have the names of variables: `{project}.shop.{table}`."""
    for found in _AWAITED.finditer(sql):
        if "{" in found["name"] and "{}" not in found["name"]:
            yield _QUOTATION.sub("", found["name"])


def filled(template: str, values: Mapping[str, str]) -> str:
    """With the values of its variables; "" if one has none."""
    names = _GAP.findall(template)
    return _GAP.sub(lambda gap: values[gap[1]], template) if all(map(values.get, names)) else ""


def may_name_table(variable: str, text: str) -> bool:
    """Whether others may need what a variable has for the name of a table; it may have gaps itself."""
    if len(text) > 200 or not _VALUE.fullmatch(text):
        return False
    return "." in text or bool(_OF_TABLES.search(variable))


def values_in(code: str) -> Iterator[tuple[str, str]]:
    """(variable, text) of lines that give variables a table's name or a part of it."""
    return ((name, text) for name, text in _LINES.findall(code) if may_name_table(name, text))
