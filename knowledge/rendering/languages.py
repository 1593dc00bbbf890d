"""What language some code is in, and what that is called: kernels, cells and magics have their say."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

# Lines before the code that say what it is: IPython's, .NET's, and Databricks' on a line of its own.
_MAGIC_LINES = re.compile(
    r"(?:[ \t]*(?:%%[a-zA-Z]|#!\w|%(?:sql|scala|r|sh|md|python)(?=[ \t]*\n))[^\n]*(?:\n|\Z)|[ \t]*\n)+"
)
_LINE_MAGICS = re.compile(r"(?:[ \t]*(?:%%?[a-zA-Z]|#!\w|:[a-z]\w|!\w)[^\n]*(?:\n|\Z)|[ \t]*\n)+")
_PERCENT_IS_CODE = {"matlab", "octave", "latex", "tex", "prolog", "logtalk", "erlang", "mathematica", "text"}
_MAGIC = re.compile(r"^[ \t]*(?:%%?|#!)(\w[\w-]*)", re.MULTILINE)
_MAGICS = {
    "bash": "bash",
    "sh": "bash",
    "!": "bash",
    "script": "bash",
    "system": "bash",
    "sx": "bash",
    "cmd": "batch",
    "html": "html",
    "svg": "xml",
    "javascript": "javascript",
    "js": "javascript",
    "typescript": "typescript",
    "latex": "latex",
    "markdown": "markdown",
    "md": "markdown",
    "mermaid": "mermaid",
    "sql": "sql",
    "bigquery": "sql",
    "spark_sql": "sql",
    "sparksql": "sql",
    "read_sql": "sql",
    "kql": "kusto",
    "cypher": "cypher",
    "sparql": "sparql",
    "r": "r",
    "julia": "julia",
    "octave": "octave",
    "matlab": "matlab",
    "stata": "stata",
    "sas": "sas",
    "scala": "scala",
    "spark": "scala",
    "pyspark": "python",
    "python": "python",
    "python2": "python",
    "python3": "python",
    "pypy": "python",
    "kotlin": "kotlin",
    "perl": "perl",
    "ruby": "ruby",
    "lua": "lua",
    "cython": "cython",
    "fortran": "fortran",
    "cpp": "cpp",
    "cu": "cuda",
    "csharp": "csharp",
    "c#": "csharp",
    "fsharp": "fsharp",
    "f#": "fsharp",
    "pwsh": "powershell",
    "powershell": "powershell",
    "css": "css",
    "json": "json",
    "yaml": "yaml",
    "writefile": "text",
    "file": "text",
    "value": "text",
}
# Kernels' and editors' names for languages that Pygments knows by another.
_LEXERS = {
    "": "text",
    "plaintext": "text",
    "value": "text",
    "ipython": "python",
    "ipython2": "python",
    "ipython3": "python",
    "python2": "python",
    "python3": "python",
    "pyspark": "python",
    "coconut": "python",
    "sage": "python",
    "sagemath": "python",
    "sos": "python",
    "xonsh": "python",
    "hylang": "hylang",
    "ir": "r",
    "webr": "r",
    "c++": "cpp",
    "c++11": "cpp",
    "c++14": "cpp",
    "c++17": "cpp",
    "c++20": "cpp",
    "c++23": "cpp",
    "rcpp": "cpp",
    "stan": "stan",
    "c#": "csharp",
    "f#": "fsharp",
    "pwsh": "powershell",
    "polyglot-notebook": "csharp",
    "dotnet-interactive": "csharp",
    "kql": "kusto",
    "postgres": "postgresql",
    "pgsql": "postgresql",
    "mssql": "tsql",
    "sparksql": "sql",
    "sqlite": "sql",
    "mysql": "mysql",
    "ojs": "javascript",
    "observable": "javascript",
    "deno": "typescript",
    "node": "javascript",
    "tslab": "typescript",
    "shell": "bash",
    "sh": "bash",
    "zsh": "bash",
    "gnuplot": "gnuplot",
    "wolfram language": "mathematica",
    "wolfram": "mathematica",
    "mermaid": "text",
    "dot": "dot",
    "asis": "text",
    "verbatim": "text",
    "default": "text",
    "jsonc": "json",
    "console": "console",
    "ipynb": "json",
}
_NAMES = {
    "": "Code",
    "text": "Text",
    "plaintext": "Text",
    "batch": "Batch",
    "coconut": "Coconut",
    "idl": "IDL",
    "kusto": "KQL",
    "latex": "LaTeX",
    "matlab": "MATLAB",
    "mermaid": "Mermaid",
    "ojs": "Observable JS",
    "octave": "Octave",
    "polyglot-notebook": "Polyglot",
    "r": "R",
    "sage": "Sage",
    "sagemath": "Sage",
    "sas": "SAS",
    "sos": "SoS",
    "stan": "Stan",
    "value": "Text",
}
_DOTNET = "dotnet-interactive."


def code_language(source: str, language: str, metadata: Mapping[str, Any] | None = None) -> str:
    """The language of one cell, in lower case, in a document of another: its own, or that of its magic."""
    language = _of_cell(metadata or {}) or language
    for magic in _MAGIC.finditer(head_of(source)):
        if said := _MAGICS.get(magic[1].lower()):
            return said
    return language


def head_of(source: str, language: str = "") -> str:
    """The lines at the beginning of a cell that are magics, "" without any.

    With a `language`, those that concern one line too, unless the language has another use for such a line.
    """
    lines = _LINE_MAGICS if language and language not in _PERCENT_IS_CODE else _MAGIC_LINES
    found = lines.match(source)
    return found[0] if found and found[0].strip() else ""


def _of_cell(metadata: Mapping[str, Any]) -> str:
    """What polyglot notebooks, documents of text and code, and editors write into a cell's metadata."""
    dotnet, polyglot, vscode = (
        _field(metadata.get(name), field)
        for name, field in (
            ("dotnet_interactive", "language"),
            ("polyglot_notebook", "kernelName"),
            ("vscode", "languageId"),
        )
    )
    editor = "" if vscode == "polyglot-notebook" else vscode.removeprefix(_DOTNET)
    said = dotnet or polyglot or _word(metadata.get("language")) or editor or _word(metadata.get("kernel"))
    return said.lower()


def _field(value: object, name: str) -> str:
    return _word(value.get(name)) if isinstance(value, dict) else ""


def _word(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 40 else ""


@lru_cache(maxsize=128)
def lexer_of(language: str) -> Lexer:
    """Pygments' lexer for a language; that of plain text where there is none."""
    name = language.lower().removeprefix(_DOTNET)
    try:
        return get_lexer_by_name(_LEXERS.get(name, name), stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


def is_python(language: str) -> bool:
    return _LEXERS.get(language, language) == "python"


@lru_cache(maxsize=256)
def display_name(language: str) -> str:
    """The language's name for a reader."""
    if name := _NAMES.get(language):
        return name
    lexer = lexer_of(language)
    if isinstance(lexer, TextLexer):
        return language[:1].upper() + language[1:]
    return str(lexer.name)
