"""Documents to renderings."""

import re

from knowledge.documents import Document, Notebook, Prose, read_document
from knowledge.rendering import limits
from knowledge.rendering.cells import shown_cells
from knowledge.rendering.exporter import PostExporter
from knowledge.rendering.fragments import first_paragraph, resolve_local_links
from knowledge.rendering.narrative import file_html
from knowledge.rendering.part import Part
from knowledge.rendering.result import Rendering

_TEXT_CELL = '<div class="cell text"'
_EMPTY_CELL = re.compile(r'<div class="cell text" id="[^"]*"></div>\n')
_LETTERS = re.compile(r"[\W_]+")
_EXPORTER = PostExporter()


def render(path: str, source: bytes) -> Rendering:
    """A pure function of the bytes and the kind of file that `path` names. Raises DocumentError."""
    document = read_document(path, source)
    part = Part()
    html = _body(part, document)
    html = resolve_local_links(part, _without_title(part, html, document.title))
    prose = "\n".join(part.prose)
    return Rendering(
        html=html,
        headings=tuple(part.headings),
        assets=tuple(part.assets.values()),
        outputs=tuple(part.outputs),
        text="\n".join([prose, *part.output_texts])[: limits.SEARCH_TEXT],
        thumbnail=_thumbnail(part, document),
        notices=tuple(part.notices),
        words=len(prose.split()),
        summary=first_paragraph(html[:200_000]),
    )


def _body(part: Part, document: Document) -> str:
    if isinstance(document.content, Notebook):
        return _EXPORTER.from_cells(shown_cells(part, document.content.cells, document.language))
    if not isinstance(document.content, Prose):
        raise NotImplementedError
    html = file_html(part, document.content.text)
    return f'<div class="cell text" id="cell-text">{html}</div>\n' if html else ""


def _without_title(part: Part, html: str, title: str) -> str:
    """The page shows the title itself, so a first heading that says the same goes.

    One further down stays, unless it is of the first level: badges and imports often stand before a title.
    """
    if not part.headings or not title or _key(part.headings[0].text) != _key(title):
        return html
    first = part.headings[0]
    start = html.index(f'<h{first.level} id="{first.anchor}">')
    before = html[:start]
    leads = before.count(_TEXT_CELL) == 1 and before.endswith('">')
    if first.level > 1 and not leads:
        return html
    del part.headings[0]
    closing = f"</h{first.level}>"
    after = html[html.index(closing, start) + len(closing) :]
    return _EMPTY_CELL.sub("", before + after.lstrip("\n"), count=1)


def _key(text: str) -> str:
    """What two headings must share to be the same to a reader: formulas and marks aside."""
    return _LETTERS.sub("", text.casefold())


def _thumbnail(part: Part, document: Document) -> str:
    """The image that the header counts to (as in knowledge-repo), or the first figure."""
    wanted = document.header.thumbnail
    if wanted.isdigit() and int(wanted) < len(part.assets):
        return list(part.assets)[int(wanted)]
    return part.thumbnail
