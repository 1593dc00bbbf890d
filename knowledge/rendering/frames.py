"""Output documents: whole pages for what wants to run, each alone in a sandboxed frame.

Nothing is cleaned here. The frame has no origin, no cookies and no network (docs/rendering.md); these pages
only bring along the libraries that an output counts on finding in a notebook's page.
"""

import json
import re
from typing import Any

import orjson

from knowledge.rendering.vendored import MARKER, bokeh_scripts, localized, nearest, script, scripts

DEFAULT_HEIGHT = 420
_STYLE = (
    "html{background:#fff;color:#1b2130;color-scheme:light}"
    "body{margin:0;padding:4px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:break-word}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "td,th{padding:.25em .6em;text-align:right;border-bottom:1px solid #e4e0d6}"
    "svg,img,canvas{max-width:100%}body>svg{height:auto}.almanac-failed{color:#5b6472;font-style:italic}"
)
# The parent listens for this message, and checks its source.
_REPORTER = (
    "(function(){var last=0;function tell(){var b=document.body;if(!b)return;"
    "var h=Math.ceil(Math.max(b.scrollHeight,b.offsetHeight));"
    'if(h&&h!==last){last=h;parent.postMessage({almanac:"height",height:h},"*")}}'
    'addEventListener("load",tell);addEventListener("DOMContentLoaded",function(){tell();'
    "new ResizeObserver(tell).observe(document.body);"
    "new MutationObserver(tell).observe(document.body,{childList:true,subtree:true})})})()"
)
_ACTIVE = re.compile(
    r"<(?:script|iframe|svg|canvas|video|audio|object|embed|form|input|button|select|link|math|style)\b",
    re.IGNORECASE,
)
# What a script calls a library by. Plain words: outputs are megabytes, and a library too many does no harm.
_USES = {
    "jquery": ("jQuery", "$(", '"jquery"', "'jquery'"),
    "plotly": ("Plotly.", "['plotly'", '["plotly"'),
    "bokeh": ("Bokeh",),
    "requirejs": ("require(", "require.", "requirejs", "define("),
}
_NAMED_MODULES = {"jquery": ("jquery", "jQuery"), "plotly": ("plotly", "Plotly")}
_SVG_HEIGHT = re.compile(r"<svg\b[^<>]*?\sheight=[\"']?(\d{1,5}(?:\.\d+)?)(pt|px)?[\"'\s>]")
_DATA_ADDRESS = re.compile(r'"url":"(?:https?:)?//')
_NO_DATA = (
    '<p class="almanac-failed">This chart takes its data from another site, and is not loaded from there.</p>'
)


def is_active(html: str) -> bool:
    """Whether markup wants to run or draw, so that cleaning it would lose what it is for."""
    return bool(_ACTIVE.search(html))


def page(body: str, *, head: str = "") -> str:
    """A whole document around some markup. The reporter comes first: the body may leave elements open."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><base target="_blank">'
        f"<style>{_STYLE}</style><script>{_REPORTER}</script>{head}</head><body>{body}</body></html>"
    )


def html_page(html: str) -> str:
    """Markup of an output as it is, with the libraries that it names but does not bring."""
    body = localized(html)
    return page(body, head=_libraries(body))


def _libraries(html: str) -> str:
    """What a notebook's page would have loaded already.

    RequireJS comes last: once it is there, libraries that know it register as modules only, not by name.
    """
    used = [
        name
        for name, words in _USES.items()
        if any(word in html for word in words) and not _brings(html, name)
    ]
    addresses = [address for name in used for address in _addresses(name, html)]
    defined = "".join(
        f'define("{module}",[],function(){{return window.{variable}}});'
        for name, (module, variable) in _NAMED_MODULES.items()
        if name in used and "requirejs" in used
    )
    return scripts(*addresses) + (f"<script>{defined}</script>" if defined else "")


def _brings(html: str, library: str) -> bool:
    return f'src="{MARKER}{library}-' in html


def _addresses(library: str, html: str) -> list[str]:
    if library == "bokeh":
        return list(bokeh_scripts())
    return [script(library, "2" if library == "plotly" else "")]


def script_page(javascript: str, markup: str = "") -> str:
    """A JavaScript output; `element` is the box that Jupyter would give it."""
    code = localized(javascript)
    head = _libraries(code) or scripts(script("jquery"))
    # An HTML parser ends a script at the first such sequence, even inside a string.
    code = code.replace("</script", "<\\/script")
    box = '<div id="almanac-output"></div>'
    element = 'var element=window.jQuery?jQuery("#almanac-output"):document.getElementById("almanac-output");'
    return page(f"{markup}{box}<script>{element}\n{code}\n</script>", head=head)


def plotly_page(figure: Any) -> str:
    """A Plotly figure (`data`, `layout`, `frames`) drawn to the width of its frame."""
    draw = (
        'var f=JSON.parse(document.getElementById("figure").textContent),box=document.getElementById("box");'
        "f.layout=f.layout||{};delete f.layout.width;f.layout.autosize=true;"
        "var c=Object.assign({responsive:true,displaylogo:false},f.config||{});"
        "Plotly.newPlot(box,f.data||[],f.layout,c).then(function(){if(f.frames)Plotly.addFrames(box,f.frames)})"
    )
    body = f'<div id="box"></div>{_json_script("figure", figure)}<script>{draw}</script>'
    return page(body, head=scripts(script("plotly", _plotly_version(figure))))


def _plotly_version(figure: Any) -> str:
    """Figures don't say who wrote them; Plotly 6 for Python (plotly.js 3) is the first to pack arrays."""
    return "3" if '"bdata":' in _json(figure) else "2"


def plotly_height(figure: Any) -> int:
    layout = figure.get("layout") if isinstance(figure, dict) else None
    return _pixels(layout.get("height") if isinstance(layout, dict) else None, 450) + 8


def vega_page(spec: Any, library: str, major: str) -> str:
    """A Vega or Vega-Lite chart; `library` is "vega" or "vega-lite", `major` what its MIME type names."""
    lite = nearest("vega-lite", major) if library == "vega-lite" else ""
    vega = "6" if (lite or nearest("vega", major)).startswith("6") else "5"
    embed = "7" if vega == "6" else "6"
    needed = [script("vega", vega), script("vega-lite", vega), script("vega-embed", embed)]
    draw = (
        'var s=JSON.parse(document.getElementById("spec").textContent);'
        f'vegaEmbed("#box",s,{{mode:"{library}",actions:false,renderer:"svg"}}).catch(function(e){{'
        'var p=document.createElement("p");p.className="almanac-failed";'
        'p.textContent="This chart could not be drawn: "+e.message;document.body.appendChild(p)})'
    )
    note = _NO_DATA if takes_data_from_outside(spec) else ""
    body = f'<div id="box"></div>{note}{_json_script("spec", spec)}<script>{draw}</script>'
    return page(body, head=scripts(*needed))


def takes_data_from_outside(spec: Any) -> bool:
    """Whether a Vega chart counts on loading its data from an address, which no frame can."""
    return bool(_DATA_ADDRESS.search(_json(spec)))


def vega_height(spec: Any) -> int:
    height = spec.get("height") if isinstance(spec, dict) else None
    return _pixels(height, 300) + 90


def svg_height(svg: str) -> int:
    """What the drawing says of itself, in CSS pixels."""
    found = _SVG_HEIGHT.search(svg[:5_000])
    points = float(found[1]) * (4 / 3 if found[2] == "pt" else 1) if found else None
    return _pixels(points, DEFAULT_HEIGHT) + 8


def _pixels(value: object, otherwise: int) -> int:
    if isinstance(value, int | float) and 0 < value < 20_000:
        return int(value)
    return otherwise


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, or nesting beyond 254
        return json.dumps(value)


def _json_script(name: str, value: Any) -> str:
    """JSON that can't end its own element."""
    text = _json(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'
