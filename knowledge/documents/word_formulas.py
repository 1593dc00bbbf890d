"""Formulas of Word documents (Office Math Markup, ECMA-376 part 1, section 22.1) as LaTeX in their text."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

from knowledge.documents.word_signs import ACCENTS, BRACKETS, FUNCTIONS, OPERATORS, SIGNS

Element = ElementTree.Element
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NEXT_ROW = r" \\ "
_ALPHABETS = {
    "double-struck": "mathbb",
    "script": "mathcal",
    "fraktur": "mathfrak",
    "sans-serif": "mathsf",
    "monospace": "mathtt",
}
_WITH_LIMITS = re.compile(r"\\(?:lim|max|min|sup|inf|limsup|liminf|arg|det|gcd|Pr)\s*$")


def with_latex(document: bytes) -> bytes:
    r"""The main part of a Word document with a run of text, `\(...\)` or `$$...$$`, for each formula.

    To be called for XML that declares no document type only. Raises ParseError and RecursionError.
    """
    root = ElementTree.fromstring(document)  # noqa: S314 (docx_head has refused declarations of entities)
    _replace(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _replace(element: Element) -> None:
    for at, child in enumerate(list(element)):
        if _name(child) == "oMathPara":
            formulas = [_inside(formula) for formula in child if _name(formula) == "oMath"]
            element[at] = _text(element, " ".join(f"$${latex}$$" for latex in formulas), child.tail)
        elif _name(child) == "oMath":
            element[at] = _text(element, rf"\({_inside(child)}\)", child.tail)
        else:
            _replace(child)


def _text(parent: Element, words: str, tail: str | None) -> Element:
    run = Element(f"{_WORD}r")
    ElementTree.SubElement(run, f"{_WORD}t").text = words
    run.tail = tail
    if _name(parent) != "body":
        return run
    paragraph = Element(f"{_WORD}p")
    paragraph.append(run)
    return paragraph


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _inside(element: Element) -> str:
    return "".join(map(_latex, element)).strip()


def _latex(element: Element) -> str:
    name = _name(element)
    if shape := SHAPES.get(name):
        return shape(element)
    # Settings are for whoever asks for them; what else there is (insertions, bookmarks) only holds formulas.
    return "" if name.endswith("Pr") else _inside(element)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _of(element: Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else _inside(child)


def _each(element: Element, name: str) -> list[str]:
    return [_inside(child) for child in element if _name(child) == name]


def _set(element: Element, name: str, otherwise: str = "") -> str:
    """A setting of a shape, which stands in its first child; "1" where it is there without a value."""
    for settings in element:
        if _name(settings).endswith("Pr") and (found := _child(settings, name)) is not None:
            return next((value for key, value in found.items() if key.endswith("val")), "1")
    return otherwise


def _is_on(element: Element, name: str) -> bool:
    return _set(element, name) in {"1", "on", "true"}


def _run(element: Element) -> str:
    words = "".join(child.text or "" for child in element if _name(child) == "t")
    if _is_on(element, "nor"):
        return rf"\text{{{_signs(words)}}}" if words else ""
    if _set(element, "sty") == "p" and words.strip() in FUNCTIONS:
        return f"\\{words.strip()} "
    latex = _signs(words)
    if alphabet := _ALPHABETS.get(_set(element, "scr")):
        return rf"\{alphabet}{{{latex}}}"
    match _set(element, "sty", "i"):
        case "p" if _LETTERS.search(words) or len(words.strip()) == 1:
            return rf"\mathrm{{{latex}}}"
        case "b":
            return rf"\mathbf{{{latex}}}"
        case "bi":
            return rf"\boldsymbol{{{latex}}}"
        case _:
            return latex


def _signs(words: str) -> str:
    return "".join(SIGNS.get(sign, sign) for sign in words)


def _fraction(element: Element) -> str:
    above, below = _of(element, "num"), _of(element, "den")
    match _set(element, "type", "bar"):
        case "skw" | "lin":
            return f"{{{above}}}/{{{below}}}"
        case "noBar":
            return rf"\genfrac{{}}{{}}{{0pt}}{{}}{{{above}}}{{{below}}}"
        case _:
            return rf"\frac{{{above}}}{{{below}}}"


def _root(element: Element) -> str:
    degree = "" if _is_on(element, "degHide") else _of(element, "deg")
    return rf"\sqrt{f'[{{{degree}}}]' if degree else ''}{{{_of(element, 'e')}}}"


def _scripts(element: Element) -> str:
    return f"{{{_of(element, 'e')}}}{_limits(element)}"


def _scripts_before(element: Element) -> str:
    return f"{{}}{_limits(element)}{{{_of(element, 'e')}}}"


def _limits(element: Element) -> str:
    below, above = _of(element, "sub"), _of(element, "sup")
    return (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _operator(element: Element) -> str:
    sign = _set(element, "chr", "\N{INTEGRAL}")
    where = {"undOvr": r"\limits", "subSup": r"\nolimits"}.get(_set(element, "limLoc"), "")
    known = OPERATORS.get(sign) or rf"\mathop{{{_signs(sign)}}}"
    return f"{known}{where}{_limits(element)} {_of(element, 'e')}"


def _brackets(element: Element) -> str:
    left, right = (_bracket(_set(element, name, usual)) for name, usual in (("begChr", "("), ("endChr", ")")))
    between = rf"\middle{_bracket(_set(element, 'sepChr', '|'))}"
    return rf"\left{left}{between.join(_each(element, 'e'))}\right{right}"


def _bracket(sign: str) -> str:
    return BRACKETS.get(sign, ".")


def _function(element: Element) -> str:
    return f"{_of(element, 'fName')} {{{_of(element, 'e')}}}"


def _limit_below(element: Element) -> str:
    base, limit = _of(element, "e"), _of(element, "lim")
    return f"{base}_{{{limit}}}" if _WITH_LIMITS.match(base) else rf"\underset{{{limit}}}{{{base}}}"


def _limit_above(element: Element) -> str:
    return rf"\overset{{{_of(element, 'lim')}}}{{{_of(element, 'e')}}}"


def _accent(element: Element) -> str:
    return rf"\{ACCENTS.get(_set(element, 'chr'), 'widehat')}{{{_of(element, 'e')}}}"


def _bar(element: Element) -> str:
    return rf"\{'overline' if _set(element, 'pos') == 'top' else 'underline'}{{{_of(element, 'e')}}}"


def _brace(element: Element) -> str:
    sign, is_above = _set(element, "chr", "\N{BOTTOM CURLY BRACKET}"), _set(element, "pos") == "top"
    inside = _of(element, "e")
    if sign in ACCENTS:
        return rf"\{ACCENTS[sign]}{{{inside}}}"
    return rf"\{'overset' if is_above else 'underset'}{{{_signs(sign)}}}{{{inside}}}"


def _rows(element: Element) -> str:
    rows = (row.replace(r"\&", "&") for row in _each(element, "e"))
    return rf"\begin{{aligned}}{_NEXT_ROW.join(rows)}\end{{aligned}}"


def _matrix(element: Element) -> str:
    rows = (" & ".join(_each(row, "e")) for row in element if _name(row) == "mr")
    return rf"\begin{{matrix}}{_NEXT_ROW.join(rows)}\end{{matrix}}"


def _phantom(element: Element) -> str:
    inside = _of(element, "e")
    return inside if _set(element, "show", "1") in {"1", "on", "true"} else rf"\phantom{{{inside}}}"


def _boxed(element: Element) -> str:
    return rf"\boxed{{{_of(element, 'e')}}}"


SHAPES: dict[str, Callable[[Element], str]] = {
    "r": _run,
    "f": _fraction,
    "rad": _root,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts_before,
    "nary": _operator,
    "d": _brackets,
    "func": _function,
    "limLow": _limit_below,
    "limUpp": _limit_above,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _brace,
    "eqArr": _rows,
    "m": _matrix,
    "phant": _phantom,
    "borderBox": _boxed,
}
