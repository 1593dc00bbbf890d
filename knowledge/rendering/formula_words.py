"""Formulas in a text that is read as plain words: short ones as people would write them, of others a sign."""

import re
from html import unescape

_ELEMENT = re.compile(r'<(span|div) class="math[^"<>]*"[^<>]*>([^<]*)</\1>')
_LONGEST = 60
_MARKUP = re.compile(
    r"\\(?:left|right|text|mathrm|mathbf|mathit|operatorname|displaystyle|[,;:! ])(?![a-zA-Z])"
)
_COMMAND = re.compile(r"\\([a-zA-Z]+|[%$&#_{}])")
_RAISED = re.compile(r"([_^])(?:\{([\w+-]{1,9})\}|(\w))")
_NOT_PLAIN = re.compile(r"[\\{}&~]")
_DIGITS = {
    "^": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "_": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
_GREEK += "upsilon phi chi psi omega"
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_SIGNS = (
    dict(zip(_GREEK.split(), _LETTERS, strict=True))
    | {name.capitalize(): sign.upper() for name, sign in zip(_GREEK.split(), _LETTERS, strict=True)}
    | {"varepsilon": "ε", "varphi": "φ", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠"}
    | {"approx": "≈", "sim": "~", "pm": "±", "times": "×", "cdot": "·", "to": "→", "rightarrow": "→"}
    | {
        "ell": "ℓ",
        "infty": "∞",
        "in": "∈",
        "ldots": "…",
        "dots": "…",
        "cdots": "…",
        "ll": "≪",
        "gg": "≫",
        "quad": " ",
    }
    | {sign: sign for sign in "%$&#_{}"}
    | {name: name for name in ("log", "exp", "ln", "max", "min", "sin", "cos", "tan")}
)


def without_formulas(html: str) -> str:
    """Finished markup with words, or "…", in the places of its formulas; nothing where one stands alone."""
    return _ELEMENT.sub(_words, html) if 'class="math' in html else html


def _words(found: re.Match[str]) -> str:
    source = found[2].strip()
    if not source.startswith("\\("):
        return " "
    return _plain(source[2:].removesuffix("\\)"))


def _plain(latex: str) -> str:
    """Still escaped, as it came."""
    if len(latex) > _LONGEST:
        return "…"
    text = _COMMAND.sub(lambda name: _SIGNS.get(name[1], name[0]), _MARKUP.sub("", latex))
    text = _RAISED.sub(_raised, text)
    return "…" if _NOT_PLAIN.search(unescape(text)) else text


def _raised(found: re.Match[str]) -> str:
    """Digits as they stand; letters in a line, after the sign."""
    sign, text = found[1], found[2] or found[3]
    return text.translate(_DIGITS[sign]) if text.strip("0123456789+-") == "" else sign + text
