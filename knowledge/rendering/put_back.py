"""Formulas, references and diagrams put into a cleaned text, in the places that were kept for them."""

import re
from html import escape

from knowledge.rendering import frames
from knowledge.rendering.aside import MARK, Aside, Diagram, Piece, Reference
from knowledge.rendering.math import formula_html, reference_html
from knowledge.rendering.output import Output
from knowledge.rendering.part import Part

_PLACES = re.compile(
    rf"<p(?: [^<>]*)?>\s*{MARK}(?P<block>\d+){MARK}\s*</p>"
    rf"|<(?P<code>pre|code)\b[^>]*>.*?</(?P=code)>"
    rf"|<[a-z/](?:[^<>\"]|\"[^\"]*\")*>"
    rf"|{MARK}(?P<inline>\d+){MARK}",
    re.DOTALL,
)


def put_back(part: Part, aside: Aside, html: str) -> str:
    """`html` with every piece of `aside` where it belongs; as it was written in code and in attributes."""
    if MARK not in html:
        return html

    def shown(found: re.Match[str]) -> str:
        number = found["block"] or found["inline"]
        if number is None:
            return aside.replaced(found[0], lambda piece: escape(piece.source))
        piece = aside.piece(number)
        return _shown(part, piece, is_block=found["block"] is not None) if piece else ""

    return _PLACES.sub(shown, html)


def _shown(part: Part, piece: Piece, *, is_block: bool) -> str:
    if isinstance(piece, Diagram):
        return _diagram(part, piece.source)
    if isinstance(piece, Reference):
        html = reference_html(part, piece.source)
    else:
        html = formula_html(part, piece.body, is_display=piece.is_display, is_block=is_block)
    return f"<p>{html}</p>\n" if is_block and html and not html.startswith("<div") else html


def _diagram(part: Part, source: str) -> str:
    nothing: dict[str, object] = {}
    output = Output(part, {"data": nothing, "metadata": nothing}, {"number": part.cell_number})
    return output.frame(frames.mermaid_page(source), "Diagram", frames.mermaid_height(source))
