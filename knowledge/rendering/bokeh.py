"""Bokeh's figures: which version wrote one, and the files that draw it.

A figure is a document in JSON that only the library of its own major can read, so each brings along that one.
Today's HoloViews and hvPlot write Bokeh documents whose models lie in Panel.
"""

import re

from knowledge.rendering.vendored import beside, nearest, script, scripts, styles

LOAD = "application/vnd.bokehjs_load.v0+json"
RUN = "application/vnd.bokehjs_exec.v0+json"
HOLOVIEWS_LOAD = "application/vnd.holoviews_load.v0+json"

_PARTS = ("bokeh", "bokeh-widgets", "bokeh-tables")
_NUMBER = r"(\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)"
_QUOTE = r"(?:\\?\"|&quot;)"
_WRITTEN_BY = re.compile(
    rf"{_QUOTE}version{_QUOTE}:\s?{_QUOTE}{_NUMBER}[\w.-]*{_QUOTE}(?=\}}|,\s?{_QUOTE}(?:title|config|roots))"
    rf"|bokeh-{_NUMBER}(?:\.min)?\.js"
)
# Written until 0.12.14, and refused by 0.12.16, which draws them.
_COLUMN_NAMES = re.compile(r"\"column_names\":\s?\[[^\[\]]{0,20000}\],\s?")
_LOADS = ("_bokeh_is_loading", "_bokeh_onload_callbacks")
_DRAWS = ("docs_json", "render_items")
_PANEL = ("Bokeh.Panel", "panel.models.")


def version_of(text: str) -> str:
    """The Bokeh that wrote what a script draws; "" if it doesn't say."""
    found = _WRITTEN_BY.search(text)
    return (found[1] or found[2]) if found else ""


def as_it_is_read(text: str) -> str:
    """A script without what the Bokeh that draws it no longer knows."""
    has_names = "column_names" in text and version_of(text).startswith("0.12.")
    return _COLUMN_NAMES.sub("", text) if has_names else text


def shows_nothing(html: str) -> bool:
    """Whether an output only connects a notebook's page to its kernel, as HoloViews' and Panel's first do."""
    return "panel.models.browser.BrowserInfo" in html


def only_loads(text: str) -> bool:
    """Whether an output makes Bokeh known to a notebook's page, and draws nothing."""
    if "Loading BokehJS" in text and "<script" not in text:
        return True
    return any(word in text for word in _LOADS) and not any(word in text for word in _DRAWS)


def is_box(html: str) -> bool:
    """Whether markup is an empty box, which the script of the next output fills."""
    return ("data-root-id=" in html or 'class="bk-root"' in html) and "<script" not in html


def libraries(text: str) -> str:
    """Markup that brings the Bokeh for a figure, and Panel if it counts on that."""
    version = version_of(text)
    names = [
        (beside("bokeh", version, f"{part}.min.css"), beside("bokeh", version, f"{part}.min.js"))
        for part in _PARTS
    ]
    files = styles(*(css for css, _ in names if css)) + scripts(*(js for _, js in names if js))
    if numbered := nearest("bokeh", version).startswith("3") and any(word in text for word in _PANEL):
        files += scripts(script("panel"))
    # Panel's figures look for the very version that wrote them.
    return files + (f'<script>Bokeh.versions=new Map([["{version}",Bokeh]])</script>' if numbered else "")
