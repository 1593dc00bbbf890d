"""The tables that SQL reads and writes, by its syntax tree. sqlglot makes it, within a number of steps.

sqlglot is imported when it is first needed: it takes a tenth of a second, and few documents have SQL.
"""

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

LONGEST = 20_000  # characters: of more, the words must do
_STEPS = 300  # of the parser, which may go back and try again: statements take little more than one a token
_STEPS_EACH = 3
_DEEPEST = 60  # brackets in brackets
_GO = re.compile(r"^[ \t]*GO[ \t]*;?[ \t]*$", re.MULTILINE | re.IGNORECASE)
# Where a program puts a value.
_GAP = re.compile(
    r"([=<>(,]\s*|\b(?:like|limit|offset|between|and|in)\s+)"
    r"(?:%(?:\(\w{1,100}\))?s|\{[\w.\[\]'\"]{0,100}\}|'\{[\w.\[\]\"]{0,100}\}')(?=[\s),;]|\Z)",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"[{}]|%\w|\$\{")
_DIALECTS = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "pgsql": "postgres",
    "plpgsql": "postgres",
    "mysql": "mysql",
    "tsql": "tsql",
    "mssql": "tsql",
    "sqlite": "sqlite",
    "sparksql": "spark",
    "duckdb": "duckdb",
    "bigquery": "bigquery",
    "snowflake": "snowflake",
    "trino": "trino",
    "presto": "presto",
}
_READS_FILES = {
    "read_parquet",
    "parquet_scan",
    "read_json",
    "read_json_auto",
    "read_csv_auto",
    "st_read",
    "read_xlsx",
}


class Tables(NamedTuple):
    """Names as in the statement, in order, unquoted; `own` those that are gone with the session."""

    names: list[str]
    own: list[str]


class TooIntricate(Exception):
    """The parser takes more steps than it may."""


def tables_by_tree(sql: str, dialect: str = "") -> Tables | None:
    """None where there is no tree: no SQL that sqlglot knows, too much of it, or a template."""
    sql = _GAP.sub(r"\1NULL", _GO.sub(";", sql))
    if len(sql) > LONGEST or _TEMPLATE.search(sql) or _depth(sql) > _DEEPEST:
        return None
    for name in dict.fromkeys((_DIALECTS.get(dialect) or _dialect_of(sql), "duckdb")):
        if (trees := _trees(sql, name)) is not None:
            return _tables_of(trees)
    return None


def _dialect_of(sql: str) -> str:
    """What the quotation marks of names tell of where it is written for."""
    if "`" in sql:
        return "bigquery" if re.search(r"`[^`\n]*-[^`\n]*`", sql) else "spark"
    return "tsql" if re.search(r"(?<![\w\])'\"\[])\[[A-Za-z_][^\]\n']{0,100}\]", sql) else "postgres"


def _depth(sql: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[()\[\]]|\bcase\b|\bend\b", sql, re.IGNORECASE):
        depth += 1 if sign.lower() in "([case" else -1
        deepest = max(deepest, depth)
    return deepest


@cache
def _sqlglot() -> Any:
    import sqlglot

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    return sqlglot


def _trees(sql: str, dialect: str) -> list[Any] | None:
    sqlglot = _sqlglot()
    known = sqlglot.Dialect.get_or_raise(dialect)
    try:
        tokens, parser = known.tokenize(sql), known.parser()
        parser._advance = _counted(parser._advance, _STEPS + _STEPS_EACH * len(tokens))
        trees = [tree for tree in parser.parse(tokens, sql) if tree is not None]
    except (sqlglot.errors.SqlglotError, TooIntricate, RecursionError, ValueError, TypeError, AttributeError):
        return None
    except (IndexError, KeyError, AssertionError):
        return None
    return None if any(isinstance(tree, sqlglot.exp.Command) and _tells(tree) for tree in trees) else trees


def _counted(advance: Callable[[int], None], steps: int) -> Callable[..., None]:
    def counted(times: int = 1) -> None:
        nonlocal steps
        steps -= 1
        if steps < 0:
            raise TooIntricate
        advance(times)

    return counted


def _tells(command: Any) -> bool:
    """Whether what isn't understood may name tables."""
    return bool(
        re.search(r"\b(?:from|join|into|table|update)\b", str(command.expression or ""), re.IGNORECASE)
    )


def _tables_of(trees: list[Any]) -> Tables | None:
    try:
        exp = _sqlglot().exp
        names: list[tuple[int, str]] = []
        own: list[str] = []
        for number, tree in enumerate(trees):
            if isinstance(
                tree,
                exp.Drop | exp.Use | exp.Command | exp.Describe | exp.Alter | exp.Show | exp.TruncateTable,
            ):
                continue
            own += _made_for_the_session(tree)
            names += ((number * LONGEST + at, name) for at, name in _named_in(tree))
    except (RecursionError, AttributeError, TypeError):
        return None
    return Tables([name for _, name in sorted(names)], own)


def _made_for_the_session(tree: Any) -> Iterator[str]:
    exp = _sqlglot().exp
    if isinstance(tree, exp.Create) and tree.find(exp.TemporaryProperty):
        table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        if isinstance(table, exp.Table):
            yield table.name
    for into in tree.find_all(exp.Into):
        table = into.this  # those of T-SQL have a sign of their own
        if (
            into.args.get("temporary")
            and isinstance(table, exp.Table)
            and not table.this.args.get("temporary")
        ):
            yield table.name


def _named_in(tree: Any) -> Iterator[tuple[int, str]]:
    """With their places."""
    exp = _sqlglot().exp
    for node in tree.find_all(exp.Table, exp.Copy):
        if isinstance(node, exp.Copy):
            yield from (
                (LONGEST - 1, file.name)
                for file in node.args.get("files") or []
                if isinstance(file, exp.Literal)
            )
        elif isinstance(node.this, exp.Identifier) and not isinstance(node.parent, exp.UserDefinedFunction):
            if not _is_of_statement(node) and not node.this.args.get("temporary"):
                yield _place(node), ".".join(part.name for part in node.parts)
        elif name := _file_of(node.this):
            yield _place(node), name


def _place(table: Any) -> int:
    """Where the first part of its name begins."""
    return int(table.parts[0].meta.get("start") or 0)


def _file_of(source: Any) -> str:
    """What is read like a table: a text, or the first text that a function for files is given."""
    exp = _sqlglot().exp
    if isinstance(source, exp.Literal):
        return str(source.name)
    if isinstance(source, exp.ReadCSV | exp.ReadParquet) or source.name.lower() in _READS_FILES:
        first = source.find(exp.Literal, bfs=False)
        return str(first.name) if first is not None and first.is_string else ""
    return ""


def _is_of_statement(table: Any) -> bool:
    """Whether the name is that of a common table expression that can be seen from where it stands; or of a
    column of a table named before, as in `FROM orders o, o.items`.
    """
    exp = _sqlglot().exp
    first = table.parts[0].name.lower()
    at, came_from = table.parent, table
    while at is not None:
        if len(table.parts) > 1 and isinstance(at, exp.Select):
            others = [at.args.get("from_"), *(at.args.get("joins") or [])]
            if any(
                other
                and other.this is not table
                and other.alias_or_name.lower() == first
                and (other.this.alias or (isinstance(other.this, exp.Table) and len(other.this.parts) == 1))
                for other in others
            ):
                return True
        for each in _expressions_before(at, came_from) if len(table.parts) == 1 else ():
            if each.alias.lower() == first:
                return True
        at, came_from = at.parent, at
    return False


def _expressions_before(at: Any, came_from: Any) -> list[Any]:
    """The common table expressions of `at` that what is in its part `came_from` sees."""
    exp = _sqlglot().exp
    if isinstance(at, exp.With):
        if at.args.get("recursive"):
            return list(at.expressions)
        index = next((n for n, each in enumerate(at.expressions) if each is came_from), 0)
        return list(at.expressions[:index])
    said = at.args.get("with_")
    return list(said.expressions) if said is not None and said is not came_from else []
