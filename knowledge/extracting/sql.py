"""The tables that SQL reads and writes: by its syntax tree, else by its words, which refuses no dialect."""

import re
from collections.abc import Iterator

from knowledge.extracting.found import Found
from knowledge.extracting.named import is_address, is_named
from knowledge.extracting.names import LONGEST, dataset_name
from knowledge.extracting.sql_pieces import awaited, completed, is_piece
from knowledge.extracting.sql_tree import tables_by_tree

MOST = 100_000  # characters of one statement that are read
_PARSED = 40_000  # characters of a cell's statements, and 500 for each: of more, the words must do
_PIECE = r"(?:[^\W\d][\w$#@-]*+|\"[^\"\n]{1,100}\"|`[^`\n]{1,200}`|\[[^\]\n]{1,100}\])"
_NAME = rf"{_PIECE}(?:\s*\.\s*{_PIECE}){{0,3}}+"
_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LITERAL = re.compile(r"(\b(?:from|join)\s+)?('(?:[^']|'')*+')", re.IGNORECASE)
# Where `from` is no clause.
_NO_CLAUSE = re.compile(
    r"\b(?:extract|trim|substring|overlay|position)\s*\(\s*[^()]{0,200}?\bfrom\b"
    r"|\bdistinct\s+from\b|\bshow\s+\w+\s+from\b",
    re.IGNORECASE,
)
_KINDS = (
    r"(?:(?:global|local|external|transient|unlogged|materialized|hybrid|dynamic|lake|live|streaming|secure)"
    r"\s+)*"
)
_TARGET = re.compile(
    rf"\b(?:(?P<read>from|join)|(?P<write>(?:insert|merge|copy|overwrite)\s+(?:into|overwrite)(?:\s+table)?"
    rf"|create\s+(?:or\s+replace\s+)?{_KINDS}(?:table|view)(?:\s+if\s+not\s+exists)?))\s+(?:only\s+)?"
    rf"(?:(?P<name>{_NAME})(?P<after>\s*[(.=]|[{{$%:])?|'(?P<file>[^'\n]{{1,300}})')",
    re.IGNORECASE,
)
_UPDATE = re.compile(rf"\bupdate\s+(?P<name>{_NAME})\s+(?:(?:as\s+)?\w+\s+)?set\b", re.IGNORECASE)
_MORE = re.compile(
    rf"(?:\s+(?:as\s+)?(?P<alias>[^\W\d]\w*))?\s*,\s*(?P<name>{_NAME})(?P<after>\s*[(.=]|[{{$%:])?",
    re.IGNORECASE,
)
_NAMED_HERE = re.compile(
    rf"(?:\bwith\s+(?:recursive\s+)?|,\s*)(?P<name>{_PIECE})\s*(?:\([^()]{{0,500}}\)\s*)?"
    rf"\bas\s*(?:(?:not\s+)?materialized\s*)?\(",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    rf"\btemp(?:orary)?\s+(?:table|view)\s+(?:if\s+not\s+exists\s+)?(?P<name>{_PIECE})"
    rf"|\binto\s+temp(?:orary)?\s+(?:table\s+)?(?P<into>{_PIECE})",
    re.IGNORECASE,
)
# No names of tables: words of SQL, and of prose that was taken for it.
_NONE = frozenset(
    [
        "select",
        "lateral",
        "unnest",
        "values",
        "dual",
        "where",
        "set",
        "only",
        "table",
        "on",
        "using",
        "as",
        "with",
        "inner",
        "left",
        "right",
        "outer",
        "cross",
        "full",
        "natural",
        "group",
        "order",
        "limit",
        "union",
        "having",
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "each",
        "all",
        "any",
        "some",
        "which",
        "our",
        "my",
        "your",
        "its",
        "their",
        "his",
        "her",
        "here",
        "there",
        "it",
        "them",
        "you",
        "one",
        "both",
        "within",
        "where",
        "what",
        "inside",
        "outside",
        "above",
        "below",
        "null",
    ]
)
_FILES = {
    "csv",
    "tsv",
    "txt",
    "parquet",
    "json",
    "jsonl",
    "ndjson",
    "xlsx",
    "feather",
    "arrow",
    "avro",
    "orc",
    "gz",
}
# What variables for tables of the program itself are called, which some engines read like tables.
_VARIABLE = re.compile(r"[dgp]?df\d{0,3}|df_\w+|\w+_df\d{0,3}")
_SYSTEM = ("information_schema.", "pg_catalog.", "pg_", "sys.", "sqlite_")

_BEGIN = re.compile(
    r"\s*(?:(?:--[^\n]*\n|/\*.{0,2000}?\*/|\(|explain\b(?:\s+analyze\b)?"
    r"|begin\b\s*;?|declare\s[^;]{0,300};)\s*){0,20}+"
    r"(?P<verb>select|with|insert|create|merge|update|delete|copy|from)\b",
    re.IGNORECASE | re.DOTALL,
)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_ONE_COLUMN = re.compile(
    r"\s*(?:distinct\s+|top\s+\d+\s+|all\s+)?[\w.\"`]+(?:\s+as\s+\w+)?\s*", re.IGNORECASE
)
_STATEMENT = re.compile(
    rf"\s*(?:with\s+(?:recursive\s+)?{_PIECE}\s*(?:\([^()]{{0,500}}\)\s*)?as\s*(?:(?:not\s+)?materialized\s*)?\("
    rf"|insert\s+(?:into|overwrite)\s+(?:table\s+)?{_NAME}\s*(?:\(|values\b|select\b|with\b|default\b)"
    rf"|create\s+(?:\w+\s+){{0,4}}?(?:table|view)\s+(?:if\s+not\s+exists\s+)?{_NAME}"
    rf"\s*(?:\(|as\b|like\b|using\b|clone\b|partition)"
    rf"|merge\s+into\s+{_NAME}\s+(?:\w+\s+)?(?:as\s+\w+\s+)?using\b"
    rf"|update\s+{_NAME}\s+(?:(?:as\s+)?\w+\s+)?set\b"
    rf"|delete\s+from\s+{_NAME}\s*(?:where\b|;|\Z)"
    rf"|copy\s+{_NAME}\s*(?:\([^()]{{0,500}}\)\s*)?(?:from|to)\s+')",
    re.IGNORECASE,
)


def is_sql(text: str) -> bool:
    """Whether a text is surely a statement, and not a sentence that begins like one."""
    begin = _BEGIN.match(text[:MOST])
    if not begin:
        return is_piece(text[:MOST])
    verb = begin["verb"]
    if verb.lower() != "select":
        return bool(_STATEMENT.match(text, begin.start("verb"), MOST))
    clause = _FROM.search(text, begin.end(), begin.end() + 20_000)
    if not clause:
        return False
    columns = text[begin.end() : clause.start()]
    if (verb.isupper() and clause[0].isupper()) or "*" in columns or "(" in columns:
        return True
    return not verb.istitle() and ("," in columns or bool(_ONE_COLUMN.fullmatch(columns)))


# Where the files of a table, or of a stage, are.
_OUTSIDE = re.compile(r"\b(?:url|location|inpath)\s*=?\s*'([^'\n]{3,300})'", re.IGNORECASE)


def find_tables(sql: str, found: Found, dialect: str = "") -> list[str]:
    """Its tables, for whoever knows where they belong. Those of the session are noted, and what a piece of a
    statement gives the others, and names with gaps that other code may fill.
    """
    sql, given = completed(sql)
    found.own += temporary_in(sql) + given
    found.awaited += awaited(sql)
    found.parsed += len(sql) + 500
    tables = tables_in(sql, dialect) if found.parsed <= _PARSED else by_words(sql)
    return tables + [name for name in _OUTSIDE.findall(sql[:MOST]) if is_address(name)]


def tables_in(sql: str, dialect: str = "") -> list[str]:
    """Names of tables, and of files that are read like tables; those that only the statement has left out.

    `dialect` is what a document calls it, if it does.
    """
    if by_tree := tables_by_tree(sql, dialect):
        own = {name.lower() for name in by_tree.own}
        names = (_of_tree(name) for name in by_tree.names)
        return list(dict.fromkeys(name for name in names if name and name not in own and not _is_none(name)))
    return by_words(sql)


def temporary_in(sql: str) -> list[str]:
    """Tables that are gone with the session."""
    return [_plain(found["name"] or found["into"]) for found in _TEMPORARY.finditer(sql[:MOST])]


def _of_tree(name: str) -> str:
    """A table's name in lower case; a file's as it is, fit to be shown."""
    file = is_named(name) and ("/" in name or name.rpartition(".")[2].lower() in _FILES)
    return dataset_name(name) if file else name.lower() if len(name) <= LONGEST else ""


def by_words(sql: str) -> list[str]:
    """The same without a tree: what no parser takes, or too much of it."""
    text = _LITERAL.sub(_without_literal, _COMMENT.sub(" ", sql[:MOST]))
    text = _NO_CLAUSE.sub(" ", text)
    own = {_plain(found["name"]) for found in _NAMED_HERE.finditer(text)} if "with" in text.lower() else set()
    own |= {_plain(found["name"] or found["into"]) for found in _TEMPORARY.finditer(text)}
    found: list[tuple[int, str]] = []
    for target in _TARGET.finditer(text):
        if target["file"]:
            found.append((target.start(), dataset_name(target["file"])))
            continue
        found.append((target.start(), _named(target, may_open=bool(target["write"]))))
        if target["read"]:
            found += _more(text, target)
    found += ((update.start(), _plain(update["name"])) for update in _UPDATE.finditer(text))
    names = (name for _, name in sorted(found))
    return list(dict.fromkeys(name for name in names if name and name not in own and not _is_none(name)))


def _more(text: str, target: re.Match[str]) -> Iterator[tuple[int, str]]:
    """What else stands after a FROM, without the columns of what stood there before: `FROM t, t.items`."""
    before = {_plain(target["name"])}
    at = target.end("name")
    while more := _MORE.match(text, at):
        name = _named(more)
        before |= {(more["alias"] or "").lower()}
        if name.partition(".")[0] not in before:
            yield more.start(), name
        before.add(name)
        at = more.end("name")


def _without_literal(found: re.Match[str]) -> str:
    return found[0] if found[1] else " '' "


def _named(found: re.Match[str], *, may_open: bool = False) -> str:
    """A function is no table, and what a program completes is no name."""
    after = (found["after"] or "").strip()
    return "" if after and not (after == "(" and may_open) else _plain(found["name"])


def _plain(name: str) -> str:
    pieces = re.findall(_PIECE, name)
    plain = ".".join(piece.strip('"`[]') for piece in pieces).lower()
    return plain if len(plain) <= LONGEST else ""


def table_name(name: str) -> str:
    """What a program gives as the name of a table, as it is told; "" if it is none."""
    plain = name.lower()
    return "" if _is_none(plain) or len(plain) > LONGEST else plain


def _is_none(name: str) -> bool:
    return name in _NONE or name.startswith(_SYSTEM) or bool(_VARIABLE.fullmatch(name))
