r"""Formulas as KaTeX is to draw them: macros shared, equations numbered as LaTeX would, references resolved.

Numbers are slots, for they depend on the cells before. What KaTeX does not know stays as it is: the page
shows its source and what KaTeX says of it.
"""

import re
from html import escape

from knowledge.rendering.part import Part, slug

_GROUP = r"\{((?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{[^{}]*\})*\})*\})*)\}"
_NAME = r"\{?\s*(\\[a-zA-Z]+|\\.)\s*\}?"
_NEW_COMMAND = re.compile(
    rf"\\(?:re|provide)?newcommand\*?\s*{_NAME}\s*(?:\[\d\])?\s*{_GROUP}[ \t]*", re.DOTALL
)
_DEF = re.compile(rf"\\(?:g|e|x)?def\s*(\\[a-zA-Z]+|\\.)\s*(?:#\d\s*)*{_GROUP}[ \t]*", re.DOTALL)
_OPERATOR = re.compile(rf"\\DeclareMathOperator(\*?)\s*{_NAME}\s*{_GROUP}[ \t]*", re.DOTALL)
_LET = re.compile(r"\\let\s*(\\[a-zA-Z]+)\s*=?\s*(\\[a-zA-Z]+)[ \t]*")
# What tells MathJax to load something, and draws nothing.
_SILENT = re.compile(r"\\require\s*\{[^{}]*\}|\\(?:begin|end)\{(?:subequations|displaymath|math)\}")
_LABEL = re.compile(r"\\label\s*\{([^{}]{0,200})\}")
_TAG = re.compile(rf"\\tag\*?\s*{_GROUP}", re.DOTALL)
_UNNUMBERED = re.compile(r"\\(?:notag|nonumber)(?![a-zA-Z])")
_REFERENCE = re.compile(r"\\(eq)?ref\s*\{([^{}\n]{1,200})\}")
_ENVIRONMENT = re.compile(
    r"\\begin\{(?P<name>equation|align|gather|alignat|flalign|eqnarray|multline)(?P<star>\*?)\}"
    r"(?P<argument>(?:\{\d+\})?)(?P<body>.*?)\\end\{(?P=name)(?P=star)\}",
    re.DOTALL,
)
# KaTeX knows a few environments by a newer name only.
_NEWER = {"eqnarray": "align", "flalign": "align", "multline": "gather"}
_ROW_SIGN = re.compile(r"\\begin\{|\\end\{|\\\\|\\.|[{}]", re.DOTALL)
# The brackets of `\\begin{` and `\\end{` are closed by a sign that counts by itself.
_DEEPER = {"{": 1, "}": -1, "\\begin{": 2, "\\end{": 0}
_LINES = re.compile(r"\s*\\begin\{(?:align|alignat|equation|gather|multline|eqnarray|flalign)\*?\}")
_MOST_ROWS = 500


def formula_html(part: Part, body: str, *, is_display: bool, is_block: bool = False) -> str:
    """A formula for KaTeX, in an element of its own if it `is_block`; "" if it only defines macros.

    Between single dollars too, an environment of lines is a display.
    """
    body = without_macros(part, body)
    body = _SILENT.sub("", body)
    if not body.strip():
        return ""
    if not is_display and (alone := _REFERENCE.fullmatch(body.strip())):
        return reference_html(part, alone[0])
    is_display = is_display or bool(_LINES.match(body))
    anchors: list[str] = []
    body = _numbered(part, body, anchors) if is_display else _LABEL.sub("", body)
    body = _REFERENCE.sub(lambda found: _reference_in_formula(part, found), body)
    shown = escape(rf"\[{body}\]" if is_display else rf"\({body}\)", quote=False)
    ids = [f' id="{anchor}"' for anchor in dict.fromkeys(anchors)]
    tag = "div" if is_block and is_display else "span"
    others = "".join(f"<span{anchor}></span>" for anchor in ids[1:])
    return f'<{tag} class="math"{ids[0] if ids else ""}>{shown}</{tag}>{others}'


def reference_html(part: Part, source: str) -> str:
    r"""A `\ref` or `\eqref` in the text: a link to the equation, named by its number."""
    found = _REFERENCE.fullmatch(source)
    return _link(part, found[2], in_brackets=bool(found[1])) if found else escape(source, quote=False)


def equation_link(part: Part, label: str) -> str:
    """Quarto's `@eq-…`."""
    return _link(part, label, in_brackets=True)


def anchor_of(label: str) -> str:
    """The id of the equation of that label."""
    return f"eq-{slug(label)}"


def _link(part: Part, label: str, *, in_brackets: bool) -> str:
    number = f"({part.reference(label)})" if in_brackets else part.reference(label)
    return f'<a href="#{anchor_of(label)}">{number}</a>'


def _reference_in_formula(part: Part, found: re.Match[str]) -> str:
    number = part.reference(found[2])
    text = f"({number})" if found[1] else number
    return rf"\href{{#{anchor_of(found[2])}}}{{\text{{{text}}}}}"


def without_macros(part: Part, body: str) -> str:
    """A formula without the definitions in it, which hold for all formulas of the document."""
    if "\\" not in body or not (
        "newcommand" in body or "def" in body or "Declare" in body or "\\let" in body
    ):
        return body

    def defined(found: re.Match[str]) -> str:
        part.define(found[1], found[2])
        return ""

    def operator(found: re.Match[str]) -> str:
        part.define(found[2], rf"\operatorname{found[1]}{{{found[3]}}}")
        return ""

    body = _LET.sub(defined, _DEF.sub(defined, _NEW_COMMAND.sub(defined, body)))
    return _OPERATOR.sub(operator, body)


def _numbered(part: Part, body: str, anchors: list[str]) -> str:
    """A display with a number on each row that LaTeX would number."""
    if _ENVIRONMENT.search(body):
        return _ENVIRONMENT.sub(lambda found: _environment(part, found, anchors), body)
    label = _LABEL.search(body)
    if not label:
        return body
    return _with_number(part, body, anchors)


def _environment(part: Part, found: re.Match[str], anchors: list[str]) -> str:
    name = _NEWER.get(found["name"], found["name"])
    fence = f"{name}{found['star']}"
    rows = _rows(found["body"]) if found["name"] != "equation" else [found["body"]]
    if found["star"] or len(rows) > _MOST_ROWS:
        inside = "\\\\".join(_labelled(part, row, anchors) for row in rows)
    elif found["name"] == "multline":
        labels = "".join(label[0] for label in _LABEL.finditer(found["body"]))
        rows = [_LABEL.sub("", row) for row in rows]
        last = _with_number(part, rows[-1] + labels, anchors)
        inside = "\\\\".join([*(f"{row}\\nonumber" for row in rows[:-1]), last])
    else:
        # A row that ends the environment is none in LaTeX's eyes.
        shown = [_with_number(part, row, anchors) for row in rows if row.strip() or row is not rows[-1]]
        inside = "\\\\".join(shown)
    return rf"\begin{{{fence}}}{found['argument']}{inside}\end{{{fence}}}"


def _labelled(part: Part, row: str, anchors: list[str]) -> str:
    """A row of an environment without numbers: it has one only by its own `\\tag`."""
    return _with_number(part, row, anchors) if _TAG.search(row) else _LABEL.sub("", row)


def _with_number(part: Part, row: str, anchors: list[str]) -> str:
    labels = _LABEL.findall(row)
    anchors += map(anchor_of, labels)
    row = _LABEL.sub("", row)
    if tag := _TAG.search(row):
        for label in labels:
            part.tagged(label, tag[1])
        return row
    if _UNNUMBERED.search(row):
        return row
    number = part.equation(labels[0] if labels else "")
    return rf"{row.rstrip()} \tag{{{number}}}"


def _rows(body: str) -> list[str]:
    r"""What stands between the `\\` that are in no group and no environment within."""
    rows, depth, start = [], 0, 0
    for sign in _ROW_SIGN.finditer(body):
        if sign[0] == "\\\\" and depth <= 0:
            rows.append(body[start : sign.start()])
            start = sign.end()
        depth += _DEEPER.get(sign[0], 0)
    return [*rows, body[start:]]
