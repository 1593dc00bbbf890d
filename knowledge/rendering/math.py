"""Formulas as KaTeX is to draw them: macros shared, equations numbered, references resolved."""

import re
from html import escape

from knowledge.rendering.equations import LABEL, LINES, Numbering, anchor_of, subequations
from knowledge.rendering.latex import for_katex
from knowledge.rendering.macros import taken_from
from knowledge.rendering.part import Part

_REFERENCE = re.compile(r"\\(eq)?ref\s*\{([^{}\n]{1,200})\}")
_BOOKDOWN_LABEL = re.compile(r"\(\\#(eq:[\w:./-]{1,100})\)")
_TAG_IN_LINE = re.compile(r"\\tag\s*\*?\s*\{([^{}]*)\}")


def formula_html(part: Part, body: str, *, is_display: bool, is_block: bool = False) -> str:
    """A formula for KaTeX, in an element of its own if it `is_block`; "" if it only defines macros.

    Between single dollars too, an environment of lines is a display.
    """
    body = for_katex(without_macros(part, _BOOKDOWN_LABEL.sub(r"\\label{\1}", body)))
    if not body.strip():
        return ""
    if not is_display and (alone := _REFERENCE.fullmatch(body.strip())):
        return reference_html(part, alone[0])
    if not (is_display or LINES.match(body)):
        body = _TAG_IN_LINE.sub(r"\\qquad(\\text{\1})", LABEL.sub("", body))
        return _element(part, rf"\({body}\)", "span", [])
    tag = "div" if is_block else "span"
    numbering, displays = subequations(part, body) or (Numbering(part), [body])
    return "\n".join(_display(part, display, tag, numbering) for display in displays)


def _display(part: Part, body: str, tag: str, numbering: Numbering) -> str:
    body = numbering.numbered(body)
    anchors, numbering.anchors = numbering.anchors, []
    return _element(part, rf"\[{body}\]", tag, anchors)


def _element(part: Part, source: str, tag: str, anchors: list[str]) -> str:
    shown = escape(_REFERENCE.sub(lambda found: _in_formula(part, found), source), quote=False)
    ids = [f' id="{anchor}"' for anchor in dict.fromkeys(anchors)]
    others = "".join(f"<span{anchor}></span>" for anchor in ids[1:])
    return f'<{tag} class="math"{ids[0] if ids else ""}{part.wording()}>{shown}</{tag}>{others}'


def reference_html(part: Part, source: str) -> str:
    r"""A `\ref` or `\eqref` in the text: a link to the equation, named by its number."""
    found = _REFERENCE.fullmatch(source)
    return _link(part, found[2], in_brackets=bool(found[1])) if found else escape(source, quote=False)


def _link(part: Part, label: str, *, in_brackets: bool) -> str:
    number = f"({part.reference(label)})" if in_brackets else part.reference(label)
    return f'<a href="#{anchor_of(label)}">{number}</a>'


def _in_formula(part: Part, found: re.Match[str]) -> str:
    number = part.reference(found[2])
    text = f"({number})" if found[1] else number
    return rf"\href{{#{anchor_of(found[2])}}}{{\text{{{text}}}}}"


def without_macros(part: Part, body: str) -> str:
    """A formula without the definitions in it, which hold for all formulas of the document."""
    if "\\" not in body or not (
        "newcommand" in body or "def" in body or "Declare" in body or "\\let" in body
    ):
        return body
    body, macros = taken_from(body)
    for macro in macros:
        part.define(macro)
    return body
