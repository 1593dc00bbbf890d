"""What LaTeX calls the signs of Word's formulas. KaTeX takes all others as they are."""

SIGNS = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\text{\textasciicircum}",
    "~": r"\sim ",
    # Word's own marks of what belongs together
    "\N{FUNCTION APPLICATION}": "",
    "\N{INVISIBLE TIMES}": "",
    "\N{INVISIBLE SEPARATOR}": "",
}
_FUNCTION_NAMES = """
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log
    max min Pr sec sin sinh sup tan tanh
"""
FUNCTIONS = {*_FUNCTION_NAMES.split()}
OPERATORS = {
    "∑": r"\sum",
    "∏": r"\prod",
    "∐": r"\coprod",
    "∫": r"\int",
    "∬": r"\iint",
    "∭": r"\iiint",
    "∮": r"\oint",
    "∯": r"\oiint",
    "∰": r"\oiiint",
    "⋃": r"\bigcup",
    "⋂": r"\bigcap",
    "⋁": r"\bigvee",
    "⋀": r"\bigwedge",
    "⨀": r"\bigodot",
    "⨁": r"\bigoplus",
    "⨂": r"\bigotimes",
}
BRACKETS = {
    "": ".",
    **{sign: sign for sign in "()[]/|"},
    "{": r"\{",
    "}": r"\}",
    "‖": r"\|",
    "⟨": r"\langle ",
    "⟩": r"\rangle ",
    "〈": r"\langle ",
    "〉": r"\rangle ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "⟦": r"\llbracket ",
    "⟧": r"\rrbracket ",
}
# Combining marks, and the braces that stand above or below.
ACCENTS = {
    "\u0300": "grave",
    "\u0301": "acute",
    "\u0302": "widehat",
    "\u0303": "widetilde",
    "\u0304": "bar",
    "\u0305": "overline",
    "\u0306": "breve",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u030a": "mathring",
    "\u030c": "check",
    "\u0332": "underline",
    "\u20d6": "overleftarrow",
    "\u20d7": "overrightarrow",
    "\u20db": "dddot",
    "\u20e1": "overleftrightarrow",
    "⏞": "overbrace",
    "⏟": "underbrace",
    "←": "overleftarrow",
    "→": "overrightarrow",
}
