"""Outputs that run: each becomes an output document in a frame of its own (frames.py)."""

import re
from html import escape

from knowledge.rendering import frames, limits
from knowledge.rendering.output import Output

BOKEH_LOAD = "application/vnd.bokehjs_load.v0+json"
BOKEH_RUN = "application/vnd.bokehjs_exec.v0+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
VEGA = re.compile(r"application/vnd\.(vega|vegalite)\.v(\d+)\+json")

_OUTSIDE_FRAME = re.compile(
    r"<iframe\b[^>]{0,2000}?\ssrc\s*=\s*[\"']?(https?://[^\s\"'>]+)[^>]*>(?:.*?</iframe>)?", re.I | re.S
)
_MANY = 50
_BOKEH_VERSION = re.compile(r'"version":"(\d+)\.[\d.a-z]+"}')
_OLDEST_BOKEH = 3
_BOKEH_LOADING = (
    "_bokeh_is_loading"  # in what loads the library, and in charts, which also name what they draw
)
_SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)


def plotly(output: Output, mime: str) -> str:
    figure = output.data[mime]
    if not isinstance(figure, dict):
        return ""
    return output.frame(frames.plotly_page(figure), "Interactive chart", frames.plotly_height(figure))


def vega(output: Output, mime: str) -> str:
    named = VEGA.fullmatch(mime)
    spec = output.data[mime]
    if not named or not isinstance(spec, dict):
        return ""
    if "image/png" in output.data and frames.takes_data_from_outside(spec):
        return ""
    library = "vega" if named[1] == "vega" else "vega-lite"
    return output.frame(
        frames.vega_page(spec, library, named[2]), "Interactive chart", frames.vega_height(spec)
    )


def bokeh(output: Output, mime: str) -> str:
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


def html_in_frame(output: Output, html: str) -> str | None:
    """HTML that wants to run or draw, as a frame; "" if it shows nothing by itself, None if it only reads."""
    if _only_loads_a_library(html):
        return ""
    if "Bokeh" in html and (note := _of_an_old_bokeh(output, html)):
        return note
    if frames.is_active(html) or len(html) > limits.CLEANED_HTML:
        return output.frame(frames.html_page(html), "Interactive output")
    return None


def _only_loads_a_library(html: str) -> bool:
    """Plotly's and Bokeh's first outputs make them known to the notebook's page; frames bring their own."""
    if "Loading BokehJS" in html and "<script" not in html:
        return True
    if "plotly" not in html or "newPlot" in html[-200_000:] or html.count("<script") > _MANY:
        return False
    return not _SCRIPTS.sub("", html).strip()


def outside_frames_as_links(html: str) -> str:
    """Pages of other sites can't be shown; a link leads there."""
    return _OUTSIDE_FRAME.sub(_link_to_frame, html) if 0 < html.count("<iframe") <= _MANY else html


def _link_to_frame(found: re.Match[str]) -> str:
    address = escape(found[1])
    return f'<p>Embedded from another site: <a href="{address}">{address}</a></p>'


def javascript(output: Output, mime: str) -> str:
    if _BOKEH_LOADING in output.text(mime) and "render_items" not in output.text(mime):
        return ""
    return output.frame(frames.script_page(output.text(mime)), "Interactive output", 120)


def widget(_output: Output, _mime: str) -> str:
    """What a widget showed lives in the kernel, not in the file."""
    return '<p class="notice">A widget stood here; it works in a running notebook only.</p>'
