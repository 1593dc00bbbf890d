"""Code in the colours of its language: Pygments' short classes, and a span only where a colour is."""

import re
from functools import lru_cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES, Token, _TokenType
from pygments.util import ClassNotFound

from knowledge.rendering import limits

_MAGIC = re.compile(r"\s*%%(\w+)")
_MAGIC_LANGUAGES = {
    "bash": "bash",
    "sh": "bash",
    "script": "bash",
    "cmd": "batch",
    "html": "html",
    "svg": "xml",
    "javascript": "javascript",
    "js": "javascript",
    "latex": "latex",
    "markdown": "markdown",
    "sql": "sql",
    "bigquery": "sql",
    "spark_sql": "sql",
    "r": "r",
    "julia": "julia",
    "perl": "perl",
    "ruby": "ruby",
    "cython": "cython",
    "writefile": "text",
    "file": "text",
}
# Kernels' names for languages that Pygments knows by another.
_LEXER_NAMES = {
    "c++": "cpp",
    "c#": "csharp",
    "f#": "fsharp",
    "polyglot-notebook": "csharp",
    "plaintext": "text",
    "wolfram language": "mathematica",
}
_DISPLAY_NAMES = {
    "": "Code",
    "c++": "C++",
    "cpp": "C++",
    "csharp": "C#",
    "idl": "IDL",
    "javascript": "JavaScript",
    "latex": "LaTeX",
    "polyglot-notebook": "Polyglot",
    "plaintext": "Text",
    "powershell": "PowerShell",
    "sas": "SAS",
    "sql": "SQL",
    "sos": "SoS",
    "typescript": "TypeScript",
}
# Text that has the colour of the page needs no element; that is most of it.
_UNCOLOURED = {"", "n", "p", "w", "x", "g", "l", "esc", "err", "pm", "py", "ld"}


def code_language(source: str, language: str) -> str:
    """The language of one cell: a `%%magic` on its first line may change the notebook's."""
    if magic := _MAGIC.match(source):
        return _MAGIC_LANGUAGES.get(magic[1].lower(), language)
    return language


def display_name(language: str) -> str:
    """The language's name for a reader."""
    return _DISPLAY_NAMES.get(language) or language[:1].upper() + language[1:]


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(_LEXER_NAMES.get(language, language or "text"), stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


def highlighted(source: str, language: str) -> str:
    """Escaped code with `<span class="…">`; plain where the code is too long to be worth the time."""
    source = source.replace("\r\n", "\n").strip("\n")[: limits.SOURCE]
    if len(source) > limits.HIGHLIGHTED:
        return escape(source, quote=False)
    lexer = _lexer(language)
    if isinstance(lexer, TextLexer):
        return escape(source, quote=False)
    return _spans(lexer, source)


def _spans(lexer: Lexer, source: str) -> str:
    """One pass that joins neighbours of the same class; Pygments' own formatter does much more besides."""
    pieces: list[str] = []
    append = pieces.append
    current, run = "", ""
    for _, kind, text in lexer.get_tokens_unprocessed(source):
        css = _CLASSES.get(kind)
        if css is None:
            css = _class_of(kind)
        if css == current:
            run += text
            continue
        if run:
            append(f'<span class="{current}">{_escape(run)}</span>' if current else _escape(run))
        current, run = css, text
    append(f'<span class="{current}">{_escape(run)}</span>' if current else _escape(run))
    return "".join(pieces)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _class_of(kind: _TokenType) -> str:
    known: _TokenType | None = kind
    while known is not None and known not in STANDARD_TYPES:
        known = known.parent
    css = STANDARD_TYPES[known or Token]
    _CLASSES[kind] = "" if css in _UNCOLOURED else css
    return _CLASSES[kind]


_CLASSES: dict[_TokenType, str] = {}
CLASSES = frozenset(css for css in STANDARD_TYPES.values() if css not in _UNCOLOURED)
