"""What some code uses, in whatever language it is."""

import re
from dataclasses import dataclass

from knowledge.extracting.asked import find_asked
from knowledge.extracting.found import Found
from knowledge.extracting.imports import libraries_in
from knowledge.extracting.magics import find_in_magics, written
from knowledge.extracting.names import dataset_name
from knowledge.extracting.python_code import find_in_python, imported_by_lines
from knowledge.extracting.readers import find_datasets
from knowledge.extracting.shell import find_in_shell, find_in_shell_lines, requirements_in
from knowledge.extracting.sql import find_tables, is_sql

MOST = 100_000  # characters of one cell that are read
_PYTHON = {"python", "ipython", "ipython2", "ipython3", "python2", "python3", "pyspark", "sage", "sagemath"}
_CYTHON = {"cython", "coconut"}  # as good as Python, without a tree
_SHELL = {"bash", "sh", "shell", "zsh", "console", "batch", "powershell"}
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
    """Names in the order of their first use: libraries in lower case, datasets as written.

    What only the whole document tells is in the rest. `texts` are (variable, path or address), for datasets
    that other code names by the variable, `waiting` the variables that do so here; `values` are (variable,
    name of a table or a part of one), for names with the variable in braces, which are `awaited` here. `own`
    are tables that are gone with the session. `asked` are (library or distribution, version as written) that
    are to be installed, `aliases` (name, module) as imports bind them.
    """

    libraries: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    own: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


NOTHING = Uses()
_MOST_OF_REST = 100


def uses_of(code: str, language: str) -> Uses:
    """What code in a language (in lower case, as documents call it) imports, and the data that it names."""
    found = Found()
    _find(code[:MOST], language, found)
    return _uses(found)


def _find(code: str, language: str, found: Found) -> None:
    if language == "text" and (file := written(code)):
        name, language, code = file
        if name.endswith(".txt") and "requirements" in name:
            found.asked += requirements_in(code)
        if not language:
            return
    if language in _SQL:
        _find_in_sql(code, language, found)
    elif language in _PYTHON:
        find_in_python(code, found)
        if "%" in code or "!" in code:
            find_in_magics(code, found)
            find_in_shell_lines(code, found)
        if "%sql" in code or "%bigquery" in code:
            found.datasets += (name for line in _LINE_SQL.finditer(code) for name in _of_line(line[1], found))
        find_asked(code, "python", found)
    elif language in _CYTHON:
        found.libraries += imported_by_lines(code)
        find_datasets(code, language, found)
    elif language in _SHELL:
        find_in_shell(code, found)
    else:
        found.libraries += libraries_in(code, language)
        find_datasets(code, language, found)
        find_asked(code, language, found)


def _find_in_sql(code: str, language: str, found: Found) -> None:
    head = code[:2_000].partition("\n")[0]
    if "--save" in head:
        find_in_magics(head, found)
    statement = _statement(code)
    kept = _WITH.findall(head)
    found.own += kept
    dialect = "bigquery" if "%%bigquery" in head else language
    found.datasets += (name for name in find_tables(statement, found, dialect) if name not in kept)


def _statement(code: str) -> str:
    """A cell of SQL without the magic that says so; what stands in its line may be a connection, or SQL."""
    magic = _CELL_MAGIC.match(code)
    if not magic:
        return code
    rest = code[magic.end() :]
    line = _OPTIONS.sub("", _MAGIC.sub("", magic[0], count=1), count=1)
    return f"{line}\n{rest}" if _SELECTS.match(line) else rest


def _of_line(line: str, found: Found) -> list[str]:
    statement = _OPTIONS.sub("", line, count=1)
    return find_tables(statement, found) if is_sql(statement) else []


def _uses(found: Found) -> Uses:
    if found == Found():
        return NOTHING
    names = (dataset_name(name) for name in found.datasets)
    return Uses(
        libraries=tuple(dict.fromkeys(name.lower()[:100] for name in found.libraries)),
        datasets=tuple(dict.fromkeys(name for name in names if name)),
        waiting=tuple(dict.fromkeys(found.waiting))[:_MOST_OF_REST],
        texts=tuple((name, text) for name, given in found.texts if (text := dataset_name(given)))[
            :_MOST_OF_REST
        ],
        own=tuple(dict.fromkeys(name.lower()[:100] for name in found.own))[:_MOST_OF_REST],
        awaited=tuple(dict.fromkeys(found.awaited))[:_MOST_OF_REST],
        values=tuple(dict(found.values).items())[:_MOST_OF_REST],
        asked=tuple(found.asked[:_MOST_OF_REST]),
        aliases=tuple(dict.fromkeys(found.aliases))[:_MOST_OF_REST],
    )
