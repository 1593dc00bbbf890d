"""Text that authors wrote, from Markdown or markup to what stands on the page."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from knowledge.rendering import limits
from knowledge.rendering.alerts import with_alerts
from knowledge.rendering.aside import Aside
from knowledge.rendering.direction import with_direction
from knowledge.rendering.emoji import with_emoji
from knowledge.rendering.footnotes import with_own_footnotes
from knowledge.rendering.fragments import finished, with_anchors
from knowledge.rendering.growth import repeats_beyond
from knowledge.rendering.markdown import cell_markup, file_markup
from knowledge.rendering.part import Part
from knowledge.rendering.patience import TooSlow
from knowledge.rendering.put_back import put_back, with_formulas
from knowledge.rendering.terminal import shortened

_CONTENTS = re.compile(r"<p>\s*\[\[?_?TOC_?\]?\]\s*</p>", re.IGNORECASE)


def markdown_html(
    part: Part, source: str, attachments: dict[str, Any] | None = None, *, aside: Aside | None = None
) -> str:
    """A Markdown cell, or Markdown that a cell has put out, in the dialect of the document.

    `aside` keeps what was set aside of it, for who wants to know.
    """
    convert = file_markup if part.context.dialect == "files" else cell_markup
    aside = aside or Aside()
    html = finished(part, _patiently(part, lambda text: convert(text, aside), source), attachments)
    html = with_own_footnotes(part, html, source)
    html = put_back(part, aside, _CONTENTS.sub(lambda _: part.contents(), with_alerts(html)))
    return with_direction(with_emoji(html))


def file_html(part: Part, text: str) -> str:
    """A Markdown file, as narrative. What it shows in fences is what its author ran."""
    aside = Aside()
    html = _as_prose(part, markdown_html(part, text, aside=aside))
    for language, code in aside.code:
        part.gleaner.uses(code, language)
    return html


def markup_html(part: Part, html: str) -> str:
    """HTML that another tool made of a document, as narrative."""
    return _as_prose(part, _markup(part, html[: limits.CLEANED_HTML]))


def cell_html(part: Part, cell: dict[str, Any]) -> str:
    """A Markdown or raw cell, as narrative; "" if nothing of it is to be shown."""
    source = cell["source"]
    if cell["cell_type"] == "markdown":
        return _as_prose(part, markdown_html(part, source, cell.get("attachments")))
    kind = _raw_kind(cell)
    if kind == "text/markdown":
        return _as_prose(part, markdown_html(part, source))
    if kind == "text/html":
        return _as_prose(part, _markup(part, source[: limits.MARKDOWN]))
    # Raw text for no format in particular is shown as it is; for LaTeX and others it is not for this page.
    if kind or not source.strip():
        return ""
    part.gleaner.text(" ".join(source[: limits.MARKDOWN].split()))
    return f'<pre class="result">{_literal(source)}</pre>'


def _markup(part: Part, html: str) -> str:
    return with_direction(with_formulas(part, finished(part, html)))


def _as_prose(part: Part, html: str) -> str:
    html = with_anchors(part, html)
    part.prose.append(part.gleaner.prose(html))
    return html.replace("<p></p>", "").strip()


def _raw_kind(cell: dict[str, Any]) -> str:
    metadata = cell["metadata"]
    kind = metadata.get("raw_mimetype") or metadata.get("format")
    return kind.lower() if isinstance(kind, str) else ""


def _patiently(part: Part, convert: Callable[[str], str], source: str) -> str:
    """What `convert` makes of a text, or the text itself where that takes too long or becomes too much."""
    if len(source) > limits.MARKDOWN:
        part.notice("A very long text is cut short; the source has all of it.")
    text = source[: limits.MARKDOWN]
    try:
        if not repeats_beyond(text, limits.CELL):
            with part.patience.piece():
                html = convert(text)
            if len(html) <= limits.CELL:
                return html
    except (RecursionError, TooSlow):
        pass
    part.notice("A text is too intricate to be read as Markdown; it is shown as it was written.")
    return f"<pre>{_literal(source)}</pre>"


def _literal(source: str) -> str:
    return escape(shortened(source), quote=False)
