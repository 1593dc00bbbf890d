"""Output documents: whole pages for what wants to run, each alone in a sandboxed frame.

Nothing is cleaned here. The frame has no origin, no cookies and no network (docs/rendering.md); these pages
only bring along the libraries that an output counts on finding in a notebook's page.
"""

import json
import re
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import orjson

from knowledge.rendering import bokeh
from knowledge.rendering.modules import in_scripts, with_modules
from knowledge.rendering.orders import without_orders
from knowledge.rendering.pictures import with_pictures
from knowledge.rendering.vendored import MARKER, localized, script, scripts

DEFAULT_HEIGHT = 420
_SOURCES = Path(__file__).with_name("scripts")
_STYLE = (
    "html{background:#fff;color:#1b2130;color-scheme:light}"
    "body{margin:0;padding:4px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:break-word}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "td,th{padding:.25em .6em;text-align:right;border-bottom:1px solid #e4e0d6}"
    "img,body>svg{max-width:100%}body>svg{height:auto}"
    ".almanac-failed,#almanac-note{color:#5b6472;font-style:italic}"
)
# For browsers that run no scripts: a word, and the plain text that is hidden from all others.
_UNSCRIPTED = (
    "<noscript><style>#almanac-plain{display:block}</style>"
    '<p class="almanac-failed">This output is drawn by a script, and this browser runs none.</p></noscript>'
)
_ACTIVE = re.compile(
    r"<(?:script|iframe|svg|canvas|video|audio|object|embed|form|input|button|select|link|math|style)\b",
    re.IGNORECASE,
)
# What a script calls a library by. Plain words: outputs are megabytes, and a library too many does no harm.
_USES = {
    "jquery": ("jQuery", "$(", "$.ajax", "$.each", "$.get", '"jquery"', "'jquery'"),
    "plotly": ("Plotly.", "['plotly'", '["plotly"'),
    "d3": ("d3.select", "['d3'", '["d3"'),
    "requirejs": ("require([", "require.config", "requirejs.config", "requirejs([", "require.undef"),
}
# Without a version: what the scripts that count on finding the library were written for.
_DEFAULTS = {"plotly": "2", "d3": "5"}
_NAMED_MODULES = {"jquery": ("jquery", "jQuery"), "plotly": ("plotly", "Plotly"), "d3": ("d3", "d3")}
_SVG_HEIGHT = re.compile(r"<svg\b[^<>]*?\sheight=[\"']?(\d{1,5}(?:\.\d+)?)(pt|px)?[\"'\s>]")
_NESTED = re.compile(r"(<iframe\b[^<>]{0,2000}?\ssrcdoc\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_MANY = 50
_HEAD = re.compile(r"<head\b[^<>]{0,500}>", re.IGNORECASE)
# Lets-Plot before 4: the figure, its width and height, and the box that it goes into.
_LETS_PLOT = re.compile(r"(buildPlotFromProcessedSpecs\(\w{1,50}), ?(-?\d{1,5}), ?(-?\d{1,5}), ?(\w{1,50})\)")
_ROW_OF_DIAGRAM = 48


def is_active(html: str) -> bool:
    """Whether markup wants to run or draw, so that cleaning it would lose what it is for."""
    return bool(_ACTIVE.search(html))


@cache
def source_of(name: str) -> str:
    """A script of ours as an element; its comments stay in the file."""
    lines = (_SOURCES / f"{name}.js").read_text().splitlines()
    kept = (line.strip() for line in lines)
    return "<script>" + "\n".join(line for line in kept if line and not line.startswith("//")) + "</script>"


OURS = source_of("frame") + source_of("tables")  # what comes first in every output document


def page(body: str, *, head: str = "", plain: str = "") -> str:
    """A whole document around some markup. Our script comes first: the body may leave elements open.

    `plain` is shown in place of a body that draws nothing.
    """
    spare = f'<pre id="almanac-plain" hidden>{escape(plain[:5_000])}</pre>' if plain.strip() else ""
    word = _UNSCRIPTED if "<script" in head + body else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><base target="_blank">'
        f"<style>{_STYLE}</style>{OURS}{head}</head><body>{word}{spare}{body}</body></html>"
    )


def html_page(html: str, *, before: str = "", plain: str = "") -> str:
    """Markup of an output as it is, with the libraries that it names but does not bring.

    `before` is markup that earlier outputs put into the notebook's page; it stays out of sight.
    """
    html, leads_on = without_orders(bokeh.as_it_is_read(html))
    html, modules = in_scripts(html)
    body = _LETS_PLOT.sub(_in_todays_way, with_pictures(localized(_with_nested(html))))
    before = localized(before)
    return page(_unseen(before) + body + leads_on, head=modules + libraries(before + body), plain=plain)


def script_page(javascript: str, markup: str = "", *, before: str = "", plain: str = "") -> str:
    """A JavaScript output; `element` is the box that Jupyter would give it."""
    javascript, modules = with_modules(bokeh.as_it_is_read(javascript))
    code, before = localized(javascript), localized(before)
    head = modules + libraries(before + code) or scripts(script("jquery"))
    # An HTML parser ends a script at the first such sequence, even inside a string.
    code = code.replace("</script", "<\\/script")
    box = '<div id="almanac-output"></div>'
    element = 'var element=window.jQuery?jQuery("#almanac-output"):document.getElementById("almanac-output");'
    body = f"{_unseen(before)}{markup}{box}<script>{element}\n{code}\n</script>"
    return page(body, head=head, plain=plain)


def _in_todays_way(found: re.Match[str]) -> str:
    width = f'width_mode:"FIXED",width:{found[2]}' if int(found[2]) > 0 else 'width_mode:"MIN",width:null'
    height = (
        f'height_mode:"FIXED",height:{found[3]}' if int(found[3]) > 0 else 'height_mode:"SCALED",height:null'
    )
    return f"{found[1]}, {found[4]}, {{{width},{height}}})"


def _unseen(markup: str) -> str:
    return f"<div hidden>{markup}</div>" if markup else ""


def _with_nested(html: str) -> str:
    """Pages inside, in `srcdoc`, load nothing from outside either."""
    return _NESTED.sub(_nested, html) if html.count("srcdoc") <= _MANY else html


def _nested(found: re.Match[str]) -> str:
    inside, leads_on = without_orders(unescape(found[2] if found[2] is not None else found[3]))
    inside, modules = in_scripts(inside)
    inside = with_pictures(localized(inside)) + leads_on
    guard = source_of("frame") + modules
    inside = (
        _HEAD.sub(lambda head: head[0] + guard, inside, count=1) if _HEAD.search(inside) else guard + inside
    )
    return f'{found[1]}"{escape(inside)}"'


def libraries(html: str) -> str:
    """What a notebook's page would have loaded already.

    RequireJS comes last: once it is there, libraries that know it register as modules only, not by name.
    """
    used = [
        name
        for name, words in _USES.items()
        if any(word in html for word in words) and not _brings(html, name)
    ]
    markup = scripts(*(script(name, _DEFAULTS.get(name, "")) for name in used if name != "requirejs"))
    if "getScript(" in html and "jquery" in used:
        # As an element: the policy lets scripts be loaded, and none be fetched.
        markup += '<script>jQuery.ajaxPrefilter("script",function(asked){asked.crossDomain=true})</script>'
    if "Plotly.plot(" in html and "plotly" in used:
        markup += "<script>Plotly.plot=Plotly.newPlot</script>"  # what version 1 called it
    if "Bokeh" in html and not _brings(html, "bokeh"):
        markup += bokeh.libraries(html)
    if "requirejs" not in used:
        return markup
    defined = "".join(
        f'define("{module}",[],function(){{return window.{variable}}});'
        for name, (module, variable) in _NAMED_MODULES.items()
        if name in used
    )
    return markup + scripts(script("requirejs")) + (f"<script>{defined}</script>" if defined else "")


def _brings(html: str, library: str) -> bool:
    return f'src="{MARKER}{library}-' in html


def svg_height(svg: str) -> int:
    """What the drawing says of itself, in CSS pixels."""
    found = _SVG_HEIGHT.search(svg[:5_000])
    height = float(found[1]) * (4 / 3 if found[2] == "pt" else 1) if found else 0
    return (int(height) if 0 < height < 20_000 else DEFAULT_HEIGHT) + 8


def mermaid_page(source: str) -> str:
    """A diagram in Mermaid's language, drawn with everything off that a diagram could misuse."""
    body = f'<div id="box"></div>{json_script("source", source)}{source_of("mermaid")}'
    return page(body, head=scripts(script("mermaid")))


def mermaid_height(source: str) -> int:
    """A first guess, from the number of lines."""
    return min(120 + _ROW_OF_DIAGRAM * source.strip().count("\n"), 900)


def json_script(name: str, value: Any) -> str:
    """JSON that can't end its own element."""
    text = as_json(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, or nesting beyond 254
        return json.dumps(value)
