"""What some code uses, in whatever language it is."""

import re
from dataclasses import dataclass

from knowledge.extracting.imports import libraries_in
from knowledge.extracting.names import dataset_name
from knowledge.extracting.python_code import python_uses
from knowledge.extracting.readers import datasets_in
from knowledge.extracting.sql import is_sql, tables_in

MOST = 100_000  # characters of one cell that are read
_PYTHON = {"python", "ipython", "ipython2", "ipython3", "python2", "python3", "pyspark", "sage", "sagemath"}
_SQL = {
    *("sql", "postgresql", "postgres", "pgsql", "mysql", "tsql", "mssql", "sqlite", "sparksql", "duckdb"),
    *("bigquery", "plpgsql", "snowflake", "trino", "presto"),
}
_CELL_MAGIC = re.compile(r"\s*(?:%%?|#!)\w[^\n]*(?:\n|\Z)")
# What may stand between a magic and its statement: options, and where the result goes.
_OPTIONS = re.compile(
    r"(?:--?\w[\w-]*[ \t]+(?:\w+[ \t]+(?=--?\w|(?:select|with|from|insert|create)\b|\w+[ \t]*<<))?){0,9}+"
    r"(?:\w+[ \t]*<<[ \t]*)?",
    re.IGNORECASE,
)
_MAGIC = re.compile(r"\s*(?:%%?|#!)\w+[ \t]*")
_WITH = re.compile(r"--with[ \t]+(\w+)")  # statements that JupySQL keeps by a name
_SELECTS = re.compile(r"\s*(?:select|with|insert|create|from)\b", re.IGNORECASE)
_LINE_SQL = re.compile(r"^[^\n%]{0,200}%(?:sql|sqlplot|bigquery)[ \t]+([^\n]{1,5000})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Uses:
    """Names in the order of their first use: libraries in lower case, datasets as written."""

    libraries: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()


NOTHING = Uses()


def uses_of(code: str, language: str) -> Uses:
    """What code in a language (in lower case, as documents call it) imports, and the data that it names."""
    code = code[:MOST]
    if language in _SQL:
        kept = _WITH.findall(code[:2_000].partition("\n")[0])
        return _uses([], [name for name in tables_in(_statement(code)) if name not in kept])
    if language in _PYTHON:
        libraries, datasets = python_uses(code)
        if "%sql" in code or "%bigquery" in code:
            datasets += (name for line in _LINE_SQL.finditer(code) for name in _of_line(line[1]))
        return _uses(libraries, datasets)
    return _uses(libraries_in(code, language), datasets_in(code, language))


def _statement(code: str) -> str:
    """A cell of SQL without the magic that says so; what stands in its line may be a connection, or SQL."""
    magic = _CELL_MAGIC.match(code)
    if not magic:
        return code
    rest = code[magic.end() :]
    line = _OPTIONS.sub("", _MAGIC.sub("", magic[0], count=1), count=1)
    return f"{line}\n{rest}" if _SELECTS.match(line) else rest


def _of_line(line: str) -> list[str]:
    statement = _OPTIONS.sub("", line, count=1)
    return tables_in(statement) if is_sql(statement) else []


def _uses(libraries: list[str], datasets: list[str]) -> Uses:
    if not libraries and not datasets:
        return NOTHING
    names = (dataset_name(name) for name in datasets)
    return Uses(
        tuple(dict.fromkeys(name.lower()[:100] for name in libraries)),
        tuple(dict.fromkeys(name for name in names if name)),
    )
