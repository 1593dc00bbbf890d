"""Python's colours in one pass of one regular expression: most code is Python, and this is several times
as fast as a lexer that asks rule by rule.

It knows what notebooks add to the language: `%magic`, `!command`, `name?`.
"""

import builtins
import keyword
import re
from collections.abc import Callable

# Works on escaped code: "<" is four letters here, which no rule minds.
_STRING = (
    r"(?:[rRbBuUfFtT]|[rR][bBfFtT]|[bBfFtT][rR])?"
    r'(?:"""[^"\\]*(?:(?:\\.?|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\.?|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?)"
)
_NUMBER = (
    r"0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJL]?"
)
_TOKEN = re.compile(
    rf"""
      (?P<c1>\#[^\n]*)
    | (?P<s>{_STRING})
    | ^[ \t]*(?P<help>%{{0,2}}[\w.*\[\]]+\?{{1,2}}[ \t]*$ | \?{{1,2}}%{{0,2}}[\w.*]+[ \t]*$)
    | (?:^[ \t]*|(?<==)[ \t]*)(?P<magic>%{{1,2}}[a-zA-Z_]\w*)(?P<line>[^\n]*)
    | (?:^[ \t]*|(?<==)[ \t]*)(?P<shell>!{{1,2}}(?!=))(?P<command>[^\n]*)
    | ^[ \t]*(?P<nd>@[\w.]+)
    | (?P<mi>(?<![\w.])(?:{_NUMBER}))
    | (?P<definition>\b(?:def|class))[ \t]+(?P<name>[^\W\d]\w*)
    | (?P<importing>\b(?:import|from))[ \t]+(?P<module>[\w.]+)
    | \.[ \t]*[^\W\d]\w*
    | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_WORDS = (
    {name: "nb" for name in dir(builtins) if not name.startswith("_")}
    | {"self": "bp", "cls": "bp", "unicode": "nb", "xrange": "nb", "raw_input": "nb"}
    | dict.fromkeys(keyword.kwlist, "k")
    | dict.fromkeys(("True", "False", "None"), "kc")
    | dict.fromkeys(("import", "from"), "kn")
    | dict.fromkeys(("and", "or", "not", "in", "is"), "ow")
)
# Magics whose line is Python again, or of another language.
_TIMING = {"%time", "%timeit", "%prun", "%memit", "%mprun", "%lprun", "%%time", "%%timeit"}
_OTHER_LANGUAGE = {
    "%sql": "sql",
    "%sqlcmd": "sql",
    "%R": "r",
    "%pip": "bash",
    "%conda": "bash",
    "%sh": "bash",
}

Other = Callable[[str, str], str]


def python_spans(escaped: str, other: Other) -> str:
    """Escaped Python with a `<span class="…">` around each piece that has a colour.

    `other(escaped code, language)` colours what is of another language.
    """

    def coloured(found: re.Match[str]) -> str:
        match found.lastgroup:
            case "word":
                word = found[0]
                css = _WORDS.get(word)
                return f'<span class="{css}">{word}</span>' if css else word
            case None:
                return found[0]
            case "s" | "c1" | "mi":
                return f'<span class="{found.lastgroup}">{found[0]}</span>'
            case _:
                return _line(found, other)

    return _TOKEN.sub(coloured, escaped)


def _line(found: re.Match[str], other: Other) -> str:
    """What takes more than one colour, or stands after the blanks at the beginning of a line."""
    kind = found.lastgroup or ""
    if kind == "name":
        css = "nf" if found["definition"] == "def" else "nc"
        return _two(found, "definition", "k", "name", css)
    if kind == "module":
        return _two(found, "importing", "kn", "module", "nn")
    if kind == "command":
        return _beginning(found, "shell") + _magic(found["shell"]) + other(found["command"], "bash")
    if kind == "line":
        return _beginning(found, "magic") + _magic(found["magic"]) + _argument(found, other)
    css = "magic" if kind == "help" else kind
    return f'{_beginning(found, kind)}<span class="{css}">{found[kind]}</span>'


def _two(found: re.Match[str], first: str, first_css: str, second: str, second_css: str) -> str:
    between = found.string[found.end(first) : found.start(second)]
    opening = f'<span class="{first_css}">{found[first]}</span>'
    return f'{opening}{between}<span class="{second_css}">{found[second]}</span>'


def _beginning(found: re.Match[str], group: str) -> str:
    return found.string[found.start() : found.start(group)]


def _magic(text: str) -> str:
    return f'<span class="magic">{text}</span>'


def _argument(found: re.Match[str], other: Other) -> str:
    name, line = found["magic"], found["line"]
    if name in _TIMING:
        return python_spans(line, other)
    return other(line, _OTHER_LANGUAGE.get(name, ""))
