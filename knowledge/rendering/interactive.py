"""Outputs that run: each becomes an output document in a frame of its own (frames.py)."""

import re
from html import escape
from typing import Any

from knowledge.rendering import bokeh as bokehs
from knowledge.rendering import chart_widgets, charts, frames, limits, widget_frames
from knowledge.rendering.output import Output
from knowledge.rendering.preludes import is_only_for_later
from knowledge.rendering.printed import printed

# Outputs that make a library known to a notebook's page; the figures bring it along.
LOADS = frozenset({bokehs.LOAD, bokehs.HOLOVIEWS_LOAD})
BOKEH_RUN = bokehs.RUN
WIDGET = "application/vnd.jupyter.widget-view+json"
# Altair 6 ends it with ".json".
VEGA = re.compile(r"application/vnd\.(vega|vegalite)\.v(\d+)[+.]json")

_OUTSIDE_FRAME = re.compile(
    r"<iframe\b(?![^<>]{0,2000}\ssrcdoc)[^<>]{0,2000}?\ssrc\s*=\s*[\"']?(https?://[^\s\"'>]+)[^>]*>(?:.*?</iframe>)?",
    re.I | re.S,
)
_FILE_FRAME = re.compile(
    r"<iframe\b(?![^<>]{0,2000}\ssrcdoc)[^<>]{0,2000}?\ssrc\s*=\s*[\"']?(?![\w+.-]{1,20}:|//|#)"
    r"([^\s\"'<>]{1,500})[^<>]*>(?:\s*</iframe>)?",
    re.IGNORECASE,
)
_MANY = 50


def plotly(output: Output, mime: str) -> str:
    figure = output.data[mime]
    if not isinstance(figure, dict):
        return ""
    page = charts.plotly_page(figure, html=output.text("text/html"), plain=output.own_text())
    return output.frame(page, "Interactive chart", charts.plotly_height(figure))


def vega(output: Output, mime: str) -> str:
    named = VEGA.fullmatch(mime)
    spec = output.data[mime]
    if not named or not isinstance(spec, dict):
        return ""
    if "image/png" in output.data and charts.takes_data_from_outside(spec):
        return ""
    library = "vega" if named[1] == "vega" else "vega-lite"
    page = charts.vega_page(spec, library, named[2], plain=output.own_text())
    return output.frame(page, "Interactive chart", charts.vega_height(spec))


def bokeh(output: Output, mime: str) -> str:
    """A box and the script that fills it."""
    html, javascript = output.text("text/html"), output.text("application/javascript")
    if not javascript:
        return ""
    before = _before(output, javascript)
    page = frames.script_page(javascript, html, before=before, plain=output.own_text())
    return output.frame(page, "Interactive chart", 600)


_MARKUP = ("text/html", "text/vnd.plotly.v1+html")


def only_prepares(output: Output) -> bool:
    """Whether an output but makes a library known: it has nothing to show, not even its text."""
    if LOADS & output.data.keys():
        return True
    if output.data.keys() - {*_MARKUP, "application/javascript", "text/plain"}:
        return False
    code = output.text("application/javascript")
    texts = [text for text in map(output.text, _MARKUP) if text] + [f"<script>{code}</script>"] * bool(code)
    return bool(texts) and all(is_only_for_later(text) or bokehs.only_loads(text) for text in texts)


# A drawing that code of another cell fills while the notebook runs.
_EMPTY_BOX = re.compile(
    r"(?:\s|</?div\b[^<>]*>)*<(svg|canvas)\b[^<>]*>\s*</\1>(?:\s|</?div\b[^<>]*>)*", re.IGNORECASE
)
_LONGEST_BOX = 1_000
_TO_BE_FILLED = (
    '<p class="notice">An empty drawing stands here: what filled it is not in the notebook’s file.</p>'
)


def html_in_frame(output: Output, html: str) -> str | None:
    """HTML that wants to run or draw, as a frame; "" if it shows nothing by itself, None if it only reads."""
    if is_only_for_later(html) or bokehs.only_loads(html) or bokehs.shows_nothing(html):
        return ""
    if not frames.is_active(html) and len(html) <= limits.CLEANED_HTML:
        return None
    if len(html) < _LONGEST_BOX and _EMPTY_BOX.fullmatch(html):
        return _TO_BE_FILLED + printed(output.own_text(), "result")
    page = frames.html_page(html, before=_before(output, html), plain=output.own_text())
    return output.frame(page, "Interactive output")


def outside_frames_as_links(html: str) -> str:
    """Pages of other sites, and those beside the notebook, can't be shown; a link leads there."""
    if not 0 < html.count("<iframe") <= _MANY:
        return html
    return _FILE_FRAME.sub(_link_to_file, _OUTSIDE_FRAME.sub(_link_to_frame, html))


def _link_to_frame(found: re.Match[str]) -> str:
    address = escape(found[1])
    return f'<p>Embedded from another site: <a href="{address}">{address}</a></p>'


def _link_to_file(found: re.Match[str]) -> str:
    return f'<p>Embedded from a file beside the notebook: <a href="{found[1]}">{found[1]}</a></p>'


def javascript(output: Output, mime: str) -> str:
    code = output.text(mime)
    if is_only_for_later(f"<script>{code}</script>") or bokehs.only_loads(code):
        return ""
    page = frames.script_page(code, before=_before(output, code), plain=output.own_text())
    return output.frame(page, "Interactive output", 120)


def mermaid(output: Output, mime: str) -> str:
    source = output.text(mime)
    if not source.strip():
        return ""
    return output.frame(frames.mermaid_page(source), "Diagram", frames.mermaid_height(source))


_WITHOUT_VIEW = ("LayoutModel", "StyleModel", "LinkModel")
_SHOWS_NOTHING = '<p class="notice">A part of a widget stands here, which shows nothing by itself.</p>'


def widget(output: Output, mime: str) -> str:
    """A widget as it was when the notebook was saved; "" if the notebook didn't keep that."""
    view = output.data[mime]
    name = view.get("model_id") if isinstance(view, dict) else None
    models = output.part.context.widgets.closure(name) if isinstance(name, str) else {}
    if not models or not isinstance(name, str):
        return ""
    if models[name]["model_name"].endswith(_WITHOUT_VIEW):
        return _SHOWS_NOTHING + printed(output.own_text(), "result")
    if drawn := _chart_widget(output, models[name]):
        return drawn
    if missing := widget_frames.unknown_modules(models):
        output.part.notice(f"Widgets of {', '.join(missing[:5])} can't be shown here.")
        return ""
    page = widget_frames.widget_page(models, name, plain=output.own_text())
    return output.frame(page, "Widget", widget_frames.widget_height(models))


def _chart_widget(output: Output, model: dict[str, Any]) -> str:
    """A widget that is a chart, or the picture that it kept of itself; "" for others."""
    if figure := chart_widgets.figure_of(model):
        page = charts.plotly_page(figure, plain=output.own_text())
        return output.frame(page, "Interactive chart", charts.plotly_height(figure))
    if spec := chart_widgets.spec_of(model):
        page = charts.vega_page(spec, "vega-lite", "", plain=output.own_text())
        return output.frame(page, "Interactive chart", charts.vega_height(spec))
    picture = chart_widgets.picture_of(model)
    asset = output.part.base64_image(picture, figure=True) if picture else None
    if asset is None:
        return ""
    return (
        f'<figure class="figure" id="{output.part.figure()}"><div class="plate">'
        f'<img src="{output.part.asset_marker(asset)}" width="{asset.width}" height="{asset.height}" '
        f'loading="lazy" decoding="async" alt="Figure of cell {output.cell["number"]}"></div></figure>'
    )


def widget_is_lost(output: Output) -> str:
    """Said where a widget's text stands in for it."""
    if WIDGET not in output.data:
        return ""
    return '<p class="notice">A widget stood here; its state was not saved with the notebook.</p>'


def _before(output: Output, text: str) -> str:
    """What earlier outputs put into the notebook's page, and this one counts on."""
    return "".join(prelude.html for prelude in output.part.context.preludes if prelude.is_used_by(text))
