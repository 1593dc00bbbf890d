"""Documents to renderings."""

from dataclasses import replace

from knowledge.documents import Content, Document, Markup, Notebook, Paper, Prose, WholePage, read_document
from knowledge.linting import OF_HEADER, lint
from knowledge.rendering.assembly import Assembly
from knowledge.rendering.cache import CellCache
from knowledge.rendering.cells import add_cells
from knowledge.rendering.context import Context
from knowledge.rendering.header_macros import macros_of
from knowledge.rendering.marks import marks_of
from knowledge.rendering.narrative import file_html, markup_html
from knowledge.rendering.paper import paper
from knowledge.rendering.part import Part
from knowledge.rendering.result import Rendering
from knowledge.rendering.whole import whole_page


def render(path: str, source: bytes, *, cache: CellCache | None = None) -> Rendering:
    """A pure function of the bytes and the kind of file that `path` names. Raises DocumentError.

    With a `cache`, cells that were rendered before are taken from it; the result is the same.
    """
    document = read_document(path, source)
    assembly = Assembly(document.title, _language_of(document))
    assembly.gathering.begin(document.header)
    context = Context.of(document)
    _add_macros(assembly, document)
    if isinstance(document.content, Notebook):
        add_cells(assembly, document.content, context, cache)
    else:
        _add_whole(assembly, document, context)
    rendering = assembly.rendering(thumbnail=document.header.thumbnail)
    return replace(rendering, findings=lint(document, without=OF_HEADER), cells=marks_of(document))


def _language_of(document: Document) -> tuple[str, str]:
    """The language of a notebook and the version of its kernel, as far as it says them."""
    if not isinstance(document.content, Notebook):
        return "", ""
    info = document.content.metadata.get("language_info")
    version = info.get("version") if isinstance(info, dict) else None
    return document.language, version[:100] if isinstance(version, str) else ""


def _add_macros(assembly: Assembly, document: Document) -> None:
    if macros := macros_of(document.header.raw):
        part = Part()
        for macro in macros:
            part.define(macro)
        assembly.add(part.made(""))


def _add_whole(assembly: Assembly, document: Document, context: Context) -> None:
    part = Part(context)
    html = _html(part, document.content)
    assembly.add(part.made(f'<div class="cell text" id="cell-text">{html}</div>\n' if html else ""))


def _html(part: Part, content: Content) -> str:
    match content:
        case Prose():
            return file_html(part, content.text)
        case Markup():
            return markup_html(part, content.html)
        case WholePage():
            return whole_page(part, content)
        case Paper():
            return paper(part, content)
        case Notebook():
            raise TypeError("A notebook is made of cells.")
