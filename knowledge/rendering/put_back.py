"""Formulas, references and diagrams put into a cleaned text, in the places that were kept for them."""

import re
from html import escape, unescape

from knowledge.rendering import frames, limits
from knowledge.rendering.aside import MARK, Aside, Diagram, Formula, Piece, Reference
from knowledge.rendering.math import formula_html, reference_html, without_macros
from knowledge.rendering.output import Output
from knowledge.rendering.part import Part

_PLACES = re.compile(
    rf"<p(?: [^<>]*)?>\s*{MARK}(?P<block>\d+){MARK}\s*</p>"
    rf"|<(?P<code>pre|code)\b[^>]*>.*?</(?P=code)>"
    rf"|<[a-z/](?:[^<>\"]|\"[^\"]*\")*>"
    rf"|{MARK}(?P<inline>\d+){MARK}",
    re.DOTALL,
)
_TEXT = re.compile(
    r"<(?P<code>pre|code)\b[^>]*>.*?</(?P=code)>|<[a-z/](?:[^<>\"]|\"[^\"]*\")*>|([^<]+)", re.DOTALL
)
_BEGIN = re.compile(r"\s*\\begin\{([a-zA-Z]+)\*?\}")
_ENVIRONMENT_NAMES = """
    align alignat aligned alignedat array bmatrix Bmatrix cases CD dcases drcases eqnarray equation flalign
    gather gathered math displaymath matrix multline pmatrix rcases split subequations vmatrix Vmatrix
"""
_ENVIRONMENTS = {*_ENVIRONMENT_NAMES.split()}
_PARAGRAPHS = re.compile(r"\n\s*\n")
_COMMAND = re.compile(r"\\[a-zA-Z]")


def put_back(part: Part, aside: Aside, html: str) -> str:
    """`html` with every piece of `aside` where it belongs; as it was written in code and in attributes.

    A title that is shown often has its mark as often, so there is an end to what comes back.
    """
    if MARK not in html:
        return html
    room = limits.CELL

    def kept(text: str) -> str:
        nonlocal room
        room -= len(text)
        if room < 0:
            part.notice("A formula is repeated too often to be shown each time; the source has it.")
        return text if room >= 0 else ""

    def shown(found: re.Match[str]) -> str:
        number = found["block"] or found["inline"]
        if number is None:
            return aside.replaced(found[0], lambda piece: kept(escape(piece.source)))
        piece = aside.piece(number) if room > 0 else None
        return kept(_shown(part, piece, is_block=found["block"] is not None)) if piece else ""

    return _PLACES.sub(shown, html)


def with_formulas(part: Part, html: str) -> str:
    """Cleaned markup that is not of Markdown, with the formulas in its text, as Jupyter draws them there."""
    if "$" not in html and "\\" not in html:
        return html
    aside = Aside()

    def kept(found: re.Match[str]) -> str:
        return escape(aside.taken_from(unescape(found[2])), quote=False) if found[2] else found[0]

    return put_back(part, aside, _TEXT.sub(kept, html))


def latex_html(part: Part, latex: str) -> str:
    """LaTeX that consists of formulas and plain words; "" for what no page can show."""
    aside = Aside()
    text = aside.taken_from(latex).strip()
    formulas = [piece for piece in aside.pieces if isinstance(piece, Formula)]
    if not all(map(_is_drawn, formulas)) or not formulas or _COMMAND.search(text):
        return ""
    if text == aside.place(0):
        body = formulas[0].body.removeprefix(r"\displaystyle")  # as SymPy begins them
        return formula_html(part, body, is_display=True, is_block=True)
    paragraphs = (paragraph for paragraph in _PARAGRAPHS.split(text) if paragraph.strip())
    html = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    return put_back(part, aside, html)


def keep_macros(part: Part, text: str) -> None:
    """What a text that is not shown defines for the formulas of those that are."""
    aside = Aside()
    aside.taken_from(text)
    for piece in aside.pieces:
        if isinstance(piece, Formula):
            without_macros(part, piece.body)


def _is_drawn(formula: Formula) -> bool:
    """Whether KaTeX draws it, as far as its environment tells."""
    named = _BEGIN.match(formula.body)
    return not named or named[1] in _ENVIRONMENTS


def _shown(part: Part, piece: Piece, *, is_block: bool) -> str:
    if isinstance(piece, Diagram):
        return _diagram(part, piece.source)
    if isinstance(piece, Reference):
        html = reference_html(part, piece.latex)
    else:
        html = formula_html(part, piece.body, is_display=piece.is_display, is_block=is_block)
    return f"<p>{html}</p>\n" if is_block and html and not html.startswith("<div") else html


def _diagram(part: Part, source: str) -> str:
    nothing: dict[str, object] = {}
    output = Output(part, {"data": nothing, "metadata": nothing}, {"number": part.cell_number})
    return output.frame(frames.mermaid_page(source), "Diagram", frames.mermaid_height(source))
