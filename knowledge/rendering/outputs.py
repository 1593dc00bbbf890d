"""Outputs of code cells: the richest form that can be shown safely.

A MIME bundle offers the same thing in several forms; the first handler of `HANDLERS` that knows one and can
show it wins. What runs becomes an output document in a frame, what only reads is cleaned onto the page.
"""

import re
from collections.abc import Callable
from html import escape

import orjson

from knowledge.rendering import frames, interactive
from knowledge.rendering.fragments import finished, words
from knowledge.rendering.markdown import display_math
from knowledge.rendering.narrative import markdown_html
from knowledge.rendering.output import Output
from knowledge.rendering.terminal import shortened, terminal_html, terminal_text

_MATH = re.compile(r"\s*(?:\$\$(.*?)\$\$|\$(?:\\displaystyle)?(.*?)\$|\\\[(.*?)\\\])\s*", re.DOTALL)
_MATH_ENVIRONMENT = re.compile(
    r"\s*\\begin\{(equation|align|gather|eqnarray|multline|split|aligned)(\*?)\}.*", re.DOTALL
)


def show(output: Output) -> str:
    """The markup of an output; "" if it has no form that can be shown."""
    if interactive.LOADS & output.data.keys():
        return ""
    for mime in sorted(output.data, key=_rank):
        handler = HANDLERS.get(mime) or (interactive.vega if interactive.VEGA.fullmatch(mime) else None)
        if handler and (html := handler(output, mime)):
            return html
    return interactive.widget_is_lost(output)


def _rank(mime: str) -> int:
    if interactive.VEGA.fullmatch(mime):
        return 0
    return _ORDER.get(mime, len(_ORDER))


def _html(output: Output, mime: str) -> str:
    html = interactive.outside_frames_as_links(_without_scoped_styles(output.text(mime)))
    if not html.strip():
        return ""
    framed = interactive.html_in_frame(output, html)
    if framed is not None:
        return framed
    shown = finished(output.part, html)
    output.part.searchable(words(shown[:4_000]))
    return f'<div class="rich">{shown}</div>'


def _without_scoped_styles(html: str) -> str:
    """pandas writes one with every table; it only aligns cells, which the page does itself."""
    before, *rest = html.split("<style scoped")
    return before + "".join(part.partition("</style>")[2] for part in rest)


def _markdown(output: Output, mime: str) -> str:
    text = output.text(mime)
    if not text.strip():
        return ""
    return f'<div class="rich">{markdown_html(output.part, text)}</div>'


def _image(output: Output, mime: str) -> str:
    asset = output.part.base64_image(output.text(mime), figure=True)
    if asset is None:
        output.part.notice("An image is left out: it is damaged, too large, or not an image at all.")
        return ""
    width, height = output.size(mime)
    if not width or not height:
        width, height = asset.width, asset.height
    alt = output.metadata.get("alt") or output.cell["metadata"].get("alt")
    alt = escape(alt if isinstance(alt, str) else f"Figure of cell {output.cell['number']}")
    return (
        f'<figure class="figure"><div class="plate"><img src="{output.part.asset_marker(asset)}" '
        f'width="{width}" height="{height}" loading="lazy" decoding="async" alt="{alt}"></div></figure>'
    )


def _svg(output: Output, mime: str) -> str:
    svg = output.text(mime)
    if "<svg" not in svg:
        return ""
    svg = svg[svg.index("<svg") :]
    return output.frame(frames.html_page(svg), "Figure", frames.svg_height(svg))


def _latex(output: Output, mime: str) -> str:
    text = output.text(mime)[:20_000]
    if found := _MATH.fullmatch(text):
        body = next(part for part in found.groups() if part is not None)
    elif _MATH_ENVIRONMENT.fullmatch(text):
        body = text.strip()
    else:
        return ""
    return display_math(body).replace("<span", "<div", 1).replace("</span>", "</div>")


def _json(output: Output, mime: str) -> str:
    value = output.data[mime]
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONEncodeError, RecursionError):
        return ""
    return f'<pre class="result">{terminal_html(shortened(text, 20_000))}</pre>'


def _plain(output: Output, mime: str) -> str:
    text = output.text(mime)
    if not text.strip():
        return ""
    output.part.searchable(terminal_text(text[:2_000]))
    note = interactive.widget_is_lost(output)
    return f'{note}<pre class="result">{terminal_html(text)}</pre>'


Handler = Callable[[Output, str], str]

# By richness; Vega's types, which name their version, come first of all.
HANDLERS: dict[str, Handler] = {
    "application/vnd.plotly.v1+json": interactive.plotly,
    interactive.BOKEH_RUN: interactive.bokeh,
    interactive.WIDGET: interactive.widget,
    "text/vnd.mermaid": interactive.mermaid,
    "text/html": _html,
    "text/vnd.plotly.v1+html": _html,
    "text/markdown": _markdown,
    "image/png": _image,
    "image/jpeg": _image,
    "image/webp": _image,
    "image/gif": _image,
    "image/svg+xml": _svg,
    "text/latex": _latex,
    "application/javascript": interactive.javascript,
    "text/plain": _plain,
    "application/json": _json,
}
_ORDER = {mime: place for place, mime in enumerate(HANDLERS)}
