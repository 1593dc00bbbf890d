r"""LaTeX as MathJax reads it, in the words of KaTeX: what comes to the same is rewritten, the rest left.

What KaTeX does not know stays as it is: the page shows its source and what KaTeX says of it.
"""

import re

_INNER = r"(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{[^{}]*\})*\})*"
_IN_WORDS = re.compile(
    r"\\(?:text(?:tt|rm|bf|it|sf|sc|md|up|normal)?|mbox|hbox)\s*\{(?P<words>(?:[^{}\\]|\\.)*)\}"
    r"|\\.|(?P<comment>%[^\n]*(?:\n[ \t]*)?)",
    re.DOTALL,
)
_IN_TEXT = re.compile(r"\\.|\$[^$]*\$|[_#&%^]", re.DOTALL)
_AS_TEXT = {"^": r"\textasciicircum{}"}
_ARRAY = re.compile(rf"\\begin\{{(d?array)\}}\s*(?:\[[tbc]\]\s*)?\{{({_INNER})\}}", re.DOTALL)
_AT_THE_TOP = re.compile(r"(\\begin\{(?:aligned|gathered|split)\})\s*\[[tbc]\]")
_REPEATED = re.compile(r"\*\s*\{\s*(\d{1,2})\s*\}\s*\{([lcr|:\s]*)\}")
_BETWEEN = re.compile(rf"[@!><]\s*\{{{_INNER}\}}|(?<=[pmb])\s*\{{{_INNER}\}}", re.DOTALL)
_PARAGRAPH = re.compile(r"[pmbX]")
_NO_COLUMN = re.compile(r"[^lcr|:]")
_MOST_COLUMNS = 200
# What tells MathJax or LaTeX something, and draws nothing.
_SILENT = re.compile(
    r"\\(?:require|usepackage)\s*(?:\[[^\[\]]*\])?\s*\{[^{}]*\}"
    r"|\\(?:numberwithin|setcounter|addtocounter)\s*\{[^{}]*\}\s*\{[^{}]*\}"
    r"|\\(?:allowdisplaybreaks|displaybreak|makeatletter|makeatother)(?![a-zA-Z])(?:\[\d\])?"
    r"|\\(?:begin|end)\{(?:displaymath|math)\}"
)


def for_katex(body: str) -> str:
    """The same formula, without what only another program would take note of."""
    if "%" in body or r"\text" in body or r"box" in body:
        body = _IN_WORDS.sub(_plain, body)
    if "\\" not in body:
        return body
    body = _SILENT.sub("", body)
    if r"\begin" in body:
        body = _AT_THE_TOP.sub(r"\1", _ARRAY.sub(_with_columns, body))
    return body


def _plain(found: re.Match[str]) -> str:
    """A comment left out; in words, signs that mean something in formulas only."""
    if found["comment"] is not None:
        return ""
    words = found["words"]
    if not words:
        return found[0]
    start = found.start("words") - found.start()
    return f"{found[0][:start]}{_IN_TEXT.sub(_as_text, words)}}}"


def _as_text(sign: re.Match[str]) -> str:
    return sign[0] if len(sign[0]) > 1 else _AS_TEXT.get(sign[0], f"\\{sign[0]}")


def _with_columns(found: re.Match[str]) -> str:
    columns = _REPEATED.sub(lambda times: int(times[1]) * times[2], found[2])
    columns = _PARAGRAPH.sub("l", _BETWEEN.sub("", columns))
    return rf"\begin{{{found[1]}}}{{{_NO_COLUMN.sub('', columns)[:_MOST_COLUMNS] or 'l'}}}"
