"""Code in the colours of its language: Pygments' short classes, and a span only where a colour is."""

from html import escape

from pygments.lexer import Lexer
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES, Token, _TokenType

from knowledge.rendering import limits
from knowledge.rendering.languages import code_language, display_name, head_of, is_python, lexer_of
from knowledge.rendering.python import python_spans

__all__ = ["CLASSES", "code_language", "display_name", "highlighted"]

# Text that has the colour of the page needs no element; that is most of it.
_UNCOLOURED = {"", "n", "o", "p", "w", "x", "g", "l", "esc", "err", "pm", "py", "ld", "na", "ne", "ni", "nl"}
_UNCOLOURED |= {"no", "nv", "vc", "vg", "vi", "vm", "ges", "gr", "gp", "gt", "go", "gl"}


def highlighted(source: str, language: str) -> str:
    """Escaped code with `<span class="…">`; plain where the code is too long to be worth the time.

    Magics before the code are marked as such; `language` is that of what comes after them.
    """
    source = source.replace("\r\n", "\n").strip("\n")[: limits.SOURCE]
    if len(source) > limits.HIGHLIGHTED:
        return escape(source, quote=False)
    if is_python(language):
        return python_spans(_escape(source), _other)
    head = head_of(source, language)
    lines = "\n".join(_magic(line) for line in head.split("\n"))
    return lines + _coloured(source[len(head) :], language)


def _magic(line: str) -> str:
    return f'<span class="magic">{_escape(line)}</span>' if line.strip() else line


def _other(escaped: str, language: str) -> str:
    """What a magic in Python brings of another language."""
    if not escaped.strip() or not language:
        return escaped
    code = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _coloured(code, language)


def _coloured(source: str, language: str) -> str:
    lexer = lexer_of(language)
    return _escape(source) if isinstance(lexer, TextLexer) else _spans(lexer, source)


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
CLASSES = frozenset(css for css in STANDARD_TYPES.values() if css not in _UNCOLOURED) | {"magic"}
