"""Outputs of code cells: the richest form that can be shown safely.

A MIME bundle offers the same thing in several forms; the first handler of `HANDLERS` that knows one and can
show it wins. What runs becomes an output document in a frame, what only reads is cleaned onto the page.
"""

import re
from collections.abc import Callable
from html import escape

from knowledge.documents.webpage import words_of
from knowledge.rendering import frames, interactive, media, static_outputs, tabular
from knowledge.rendering.formula_words import without_formulas
from knowledge.rendering.fragments import finished
from knowledge.rendering.narrative import markdown_html
from knowledge.rendering.output import Output
from knowledge.rendering.passages import lines
from knowledge.rendering.printed import printed
from knowledge.rendering.put_back import with_formulas
from knowledge.rendering.table_dialects import plain_tables
from knowledge.rendering.tables import as_outputs
from knowledge.rendering.terminal import terminal_excerpts
from knowledge.rendering.whole import with_markers
from knowledge.rendering.words import words

# Records for programs, and what other portals keep beside an output: nothing that a reader misses.
_FOR_PROGRAMS = re.compile(
    r"application/(?:papermill\.record/.*|scrapbook\.scrap\..*|vnd\.almanac\..*|vnd\.jupyter\..*"
    r"|vnd\.google\.colaboratory\..*|vnd\.code\.notebook\..*|vnd\.databricks\..*|x-nteract-.*)"
)


def show(output: Output) -> str:
    """The markup of an output; "" if there is nothing to show."""
    if interactive.only_prepares(output):
        return ""
    for mime in sorted(output.data, key=_rank):
        handler = _handler(mime)
        if handler and (html := handler(output, mime)):
            return _told_beside(output, mime) + html
    return interactive.widget_is_lost(output) or _as_written(output) or _unknown(output, known=True)


def _told_beside(output: Output, mime: str) -> str:
    """Text that a tree doesn't have; of what stands in for other forms, which those are."""
    if mime == "text/plain":
        return _unknown(output)
    return printed(output.own_text(), "result") if mime == "application/json" else ""


def _handler(mime: str) -> "Handler | None":
    if interactive.VEGA.fullmatch(mime):
        return interactive.vega
    if media.TYPES.fullmatch(mime):
        return media.player
    return HANDLERS.get(mime)


def _rank(mime: str) -> int:
    if interactive.VEGA.fullmatch(mime):
        return -1
    return _ORDER.get("image/png" if media.TYPES.fullmatch(mime) else mime, len(_ORDER))


def _as_written(output: Output) -> str:
    """Text in a language that nobody here draws, such as reStructuredText, or LaTeX beyond formulas."""
    for mime in output.data:
        if (
            mime.startswith("text/")
            and not mime.endswith("html")
            and (html := printed(output.text(mime), "result"))
        ):
            return html
    return ""


def _unknown(output: Output, *, known: bool = False) -> str:
    """Which forms of an output can't be shown, so that nobody takes its plain text for all of it."""
    names = [
        mime[:100]
        for mime, value in output.data.items()
        if (known or not _handler(mime) or mime.startswith("image/"))
        and not _is_blank(value)
        and not _FOR_PROGRAMS.fullmatch(mime)
    ]
    if not names:
        return ""
    listed = escape(", ".join(names[:10]))
    return f'<p class="notice">This output can’t be shown here: it is of the type {listed}.</p>'


def _is_blank(value: object) -> bool:
    return not value if isinstance(value, list | dict) else isinstance(value, str) and not value.strip()


def _html(output: Output, mime: str) -> str:
    html = plain_tables(interactive.outside_frames_as_links(output.text(mime)))
    if not html.strip():
        return ""
    framed = interactive.html_in_frame(output, _with_files(html))
    if framed is not None:
        if "<table" in html[:_EXCERPT]:
            output.part.gleaner.output(words_of(html[:_EXCERPT]))
        return framed
    shown = as_outputs(with_formulas(output.part, finished(output.part, html)), output.part.figure)
    output.part.searchable(words(shown[:4_000]), lines(shown[:_EXCERPT]))
    return f'<div class="rich">{shown}</div>'


def _with_files(html: str) -> str:
    """Films, sound and pictures from beside the document, for a frame; libraries are spared the search."""
    wanted = len(html) < _LARGE and frames.is_active(html) and _FILES.search(html)
    return with_markers(html) if wanted else html


_LARGE = 500_000
_EXCERPT = 10_000
_FILES = re.compile(r"<(?:video|audio|source|img|image)\b", re.IGNORECASE)


def _markdown(output: Output, mime: str) -> str:
    text = output.text(mime)
    if not text.strip():
        return ""
    html = markdown_html(output.part, text)
    output.part.gleaner.output(lines(without_formulas(html[:_EXCERPT])))
    return f'<div class="rich">{as_outputs(html, output.part.figure)}</div>'


def _plain(output: Output, mime: str) -> str:
    text = output.text(mime)
    short, excerpt = terminal_excerpts(text)
    output.part.searchable(short, excerpt if output.own_text() else "")
    html = printed(text, "result")
    return interactive.widget_is_lost(output) + html if html else ""


Handler = Callable[[Output, str], str]

# By richness; Vega's types, which name their version, come first of all, sound and film before images.
HANDLERS: dict[str, Handler] = {
    "application/vnd.plotly.v1+json": interactive.plotly,
    interactive.BOKEH_RUN: interactive.bokeh,
    interactive.WIDGET: interactive.widget,
    "text/vnd.mermaid": interactive.mermaid,
    "application/geo+json": static_outputs.geojson,
    "text/html": _html,
    "text/vnd.plotly.v1+html": _html,
    "application/kotlindataframe+json": tabular.kotlin,
    "application/vnd.dataresource+json": tabular.table_schema,
    "text/markdown": _markdown,
    "text/latex": static_outputs.latex,
    "image/png": static_outputs.image,
    "image/jpeg": static_outputs.image,
    "image/webp": static_outputs.image,
    "image/gif": static_outputs.image,
    "image/avif": static_outputs.image,
    "image/bmp": static_outputs.image,
    "image/svg+xml": static_outputs.svg,
    "application/pdf": static_outputs.pdf,
    "application/javascript": interactive.javascript,
    "text/csv": tabular.separated,
    "text/tab-separated-values": tabular.separated,
    "application/json": static_outputs.json,
    "text/plain": _plain,
}
_ORDER = {mime: place for place, mime in enumerate(HANDLERS)}
