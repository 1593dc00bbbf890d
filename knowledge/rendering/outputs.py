"""Outputs of code cells: the richest form that can be shown safely.

A MIME bundle offers the same thing in several forms; the first handler of `HANDLERS` that knows one and can
show it wins. What runs becomes an output document in a frame, what only reads is cleaned onto the page.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Any

import orjson

from knowledge.rendering import frames, limits
from knowledge.rendering.fragments import finished, words
from knowledge.rendering.markdown import display_math
from knowledge.rendering.narrative import markdown_html
from knowledge.rendering.part import Part
from knowledge.rendering.terminal import shortened, terminal_html, terminal_text

_FRAME = (
    '<figure class="figure frame"><iframe class="output-frame" src="almanac-output:{number}" '
    'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" '
    'title="{title}" height="{height}"></iframe></figure>'
)
_VEGA = re.compile(r"application/vnd\.(vega|vegalite)\.v(\d+)\+json")
_MATH = re.compile(r"\s*(?:\$\$(.*?)\$\$|\$(?:\\displaystyle)?(.*?)\$|\\\[(.*?)\\\])\s*", re.DOTALL)
_MATH_ENVIRONMENT = re.compile(
    r"\s*\\begin\{(equation|align|gather|eqnarray|multline|split|aligned)(\*?)\}.*", re.DOTALL
)
_OUTSIDE_FRAME = re.compile(
    r"<iframe\b[^>]{0,2000}?\ssrc\s*=\s*[\"']?(https?://[^\s\"'>]+)[^>]*>(?:.*?</iframe>)?", re.I | re.S
)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_MANY = 50
_BOKEH_LOAD = "application/vnd.bokehjs_load.v0+json"
_BOKEH_RUN = "application/vnd.bokehjs_exec.v0+json"
_BOKEH_VERSION = re.compile(r'"version":"(\d+)\.[\d.a-z]+"}')
_OLDEST_BOKEH = 3
_BOKEH_LOADING = (
    "_bokeh_is_loading"  # in what loads the library, and in charts, which also name what they draw
)
_SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)


class Output:
    """One `display_data` being shown: its bundle, its metadata, and the cell that it is of."""

    def __init__(self, part: Part, output: dict[str, Any], cell: dict[str, Any]) -> None:
        self.part = part
        self.data: dict[str, Any] = output["data"]
        self.metadata: dict[str, Any] = output["metadata"]
        self.cell = cell

    def text(self, mime: str) -> str:
        value = self.data.get(mime)
        return value if isinstance(value, str) else ""

    def size(self, mime: str) -> tuple[int | None, int | None]:
        """Width and height in CSS pixels that the author asked for (half of an image's for sharp screens)."""
        asked = self.metadata.get(mime)
        asked = asked if isinstance(asked, dict) else self.metadata
        width, height = asked.get("width"), asked.get("height")
        return (
            int(width) if isinstance(width, int | float) and 0 < width < 20_000 else None,
            int(height) if isinstance(height, int | float) and 0 < height < 20_000 else None,
        )

    def frame(self, html: str, what: str, height: int = frames.DEFAULT_HEIGHT) -> str:
        """The frame that shows a new output document."""
        if len(html) > limits.OUTPUT_DOCUMENT or len(self.part.outputs) >= limits.OUTPUT_DOCUMENTS:
            self.part.notice("Some interactive outputs are left out: they are too many or too large.")
            return '<p class="notice">An interactive output is left out: too large, or one too many.</p>'
        label = f"{what}, cell {self.cell['number']}"
        number = self.part.add_output(html, label, height)
        return _FRAME.format(number=number, title=escape(label), height=height)


def show(output: Output) -> str:
    """The markup of an output; "" if it has no form that can be shown."""
    if _BOKEH_LOAD in output.data:
        return ""
    for mime in sorted(output.data, key=_rank):
        handler = HANDLERS.get(mime) or (_vega if _VEGA.fullmatch(mime) else None)
        if handler and (html := handler(output, mime)):
            return html
    return ""


def _rank(mime: str) -> int:
    if _VEGA.fullmatch(mime):
        return 0
    return _ORDER.get(mime, len(_ORDER))


def _plotly(output: Output, mime: str) -> str:
    figure = output.data[mime]
    if not isinstance(figure, dict):
        return ""
    return output.frame(frames.plotly_page(figure), "Interactive chart", frames.plotly_height(figure))


def _vega(output: Output, mime: str) -> str:
    named = _VEGA.fullmatch(mime)
    spec = output.data[mime]
    if not named or not isinstance(spec, dict):
        return ""
    if "image/png" in output.data and frames.takes_data_from_outside(spec):
        return ""
    library = "vega" if named[1] == "vega" else "vega-lite"
    return output.frame(
        frames.vega_page(spec, library, named[2]), "Interactive chart", frames.vega_height(spec)
    )


def _bokeh(output: Output, mime: str) -> str:
    html, javascript = output.text("text/html"), output.text("application/javascript")
    if not javascript:
        return ""
    return _of_an_old_bokeh(output, javascript) or output.frame(
        frames.script_page(javascript, html), "Interactive chart", 600
    )


def _of_an_old_bokeh(output: Output, code: str) -> str:
    """A word in place of a chart that no library here draws; "" if it isn't one."""
    version = _BOKEH_VERSION.search(code)
    if not version or int(version[1]) >= _OLDEST_BOKEH:
        return ""
    output.part.notice("A chart of an old Bokeh is left out: only Bokeh 3 is drawn here.")
    return '<p class="notice">A chart of an old Bokeh stood here; save it with Bokeh 3 to see it.</p>'


def _html(output: Output, mime: str) -> str:
    html = _without_scoped_styles(output.text(mime))
    if not html.strip():
        return ""
    if 0 < html.count("<iframe") <= _MANY:
        html = _OUTSIDE_FRAME.sub(_link_to_frame, html)
    if _only_loads_a_library(html):
        return ""
    if "Bokeh" in html and (note := _of_an_old_bokeh(output, html)):
        return note
    if frames.is_active(html) or len(html) > limits.CLEANED_HTML:
        return output.frame(frames.html_page(html), "Interactive output")
    shown = finished(output.part, html)
    output.part.searchable(words(shown[:4_000]))
    return f'<div class="rich">{shown}</div>'


def _without_scoped_styles(html: str) -> str:
    """pandas writes one with every table; it only aligns cells, which the page does itself."""
    before, *rest = html.split("<style scoped")
    return before + "".join(part.partition("</style>")[2] for part in rest)


def _only_loads_a_library(html: str) -> bool:
    """Plotly's and Bokeh's first outputs make them known to the notebook's page; frames bring their own."""
    if "Loading BokehJS" in html and "<script" not in html:
        return True
    if "plotly" not in html or "newPlot" in html[-200_000:] or html.count("<script") > _MANY:
        return False
    return not _SCRIPTS.sub("", html).strip()


def _link_to_frame(found: re.Match[str]) -> str:
    address = escape(found[1])
    return f'<p>Embedded from another site: <a href="{address}">{address}</a></p>'


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


def _javascript(output: Output, mime: str) -> str:
    if _BOKEH_LOADING in output.text(mime) and "render_items" not in output.text(mime):
        return ""
    return output.frame(frames.script_page(output.text(mime)), "Interactive output", 120)


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
    note = _widget(output, mime) if _WIDGET in output.data else ""
    return f'{note}<pre class="result">{terminal_html(text)}</pre>'


def _widget(_output: Output, _mime: str) -> str:
    """What a widget showed lives in the kernel, not in the file."""
    return '<p class="notice">A widget stood here; it works in a running notebook only.</p>'


Handler = Callable[[Output, str], str]

# By richness; Vega's types, which name their version, come first of all.
HANDLERS: dict[str, Handler] = {
    "application/vnd.plotly.v1+json": _plotly,
    _BOKEH_RUN: _bokeh,
    "text/html": _html,
    "text/markdown": _markdown,
    "image/png": _image,
    "image/jpeg": _image,
    "image/webp": _image,
    "image/gif": _image,
    "image/svg+xml": _svg,
    "text/latex": _latex,
    "application/javascript": _javascript,
    "text/plain": _plain,
    "application/json": _json,
    _WIDGET: _widget,
}
_ORDER = {mime: place for place, mime in enumerate(HANDLERS)}
