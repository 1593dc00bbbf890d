"""Output documents of Plotly and Vega: a figure as JSON, its library, and a few lines between the two."""

import re
from typing import Any

from knowledge.rendering.frames import as_json, json_script, page, source_of
from knowledge.rendering.vendored import numbers, script, scripts

_DATA_ADDRESS = re.compile(r'"url":"(?:https?:)?//')
_NO_DATA = (
    '<p class="almanac-failed">This chart takes its data from another site, and is not loaded from there.</p>'
)
_SCHEMA = re.compile(r"/(vega|vega-lite)/v(\d[\d.]*\d|\d)(?:\.json)?$")
_PLOTLY_MARK = re.compile(r"plotly(?:\.js v|-)(\d{1,2}\.\d{1,3}\.\d{1,3})")
# Vega-Lite -> the Vega that it compiles to, and Vega -> the vega-embed that knows it.
_VEGA_OF_LITE = {"2": "4", "3": "5", "4": "5", "5": "5", "6": "6"}
_EMBED_OF_VEGA = {"3": "3", "4": "3", "5": "6", "6": "7"}
_EMBED_OF_LITE = {"3": "4"}  # later ones look for Vega-Lite by another name


def plotly_page(figure: Any, *, html: str = "", plain: str = "") -> str:
    """A Plotly figure (`data`, `layout`, `frames`) drawn to the width of its frame.

    `html` is the same figure as markup, if the output has that too: it often names the library's version.
    """
    body = f'<div id="box"></div>{json_script("figure", figure)}{source_of("plotly")}'
    return page(body, head=scripts(script("plotly", _plotly_version(figure, html))), plain=plain)


def _plotly_version(figure: Any, html: str) -> str:
    """Figures don't say who wrote them; Plotly 6 for Python (plotly.js 3) is the first to pack arrays."""
    if marked := _PLOTLY_MARK.search(html[:20_000]):
        return marked[1]
    return "3" if '"bdata":' in as_json(figure) else "2"


def plotly_height(figure: Any) -> int:
    layout = figure.get("layout") if isinstance(figure, dict) else None
    return _pixels(layout.get("height") if isinstance(layout, dict) else None, 450) + 8


# The box shrinks to its chart, and a chart as wide as its container would have none.
_AS_WIDE = "<style>#box{width:100%}</style>"


def vega_page(spec: Any, library: str, major: str, *, plain: str = "") -> str:
    """A Vega or Vega-Lite chart; `library` is "vega" or "vega-lite", `major` what its MIME type names.

    What the chart's own `$schema` names goes before its MIME type.
    """
    library, version = _schema(spec) or (library, major)
    if library == "vega":
        vega, lite = script("vega", version), ""
        embed = _EMBED_OF_VEGA[_major(vega)]
    else:
        lite = script("vega-lite", version)
        vega = script("vega", _VEGA_OF_LITE[_major(lite)])
        embed = _EMBED_OF_LITE.get(_major(lite)) or _EMBED_OF_VEGA[_major(vega)]
    needed = [address for address in (vega, lite, script("vega-embed", embed)) if address]
    note = _NO_DATA if takes_data_from_outside(spec) else ""
    body = f'<div id="box" data-mode="{library}"></div>{note}{json_script("spec", spec)}{source_of("vega")}'
    return page(body, head=scripts(*needed) + _AS_WIDE, plain=plain)


def _schema(spec: Any) -> tuple[str, str] | None:
    address = spec.get("$schema") if isinstance(spec, dict) else None
    found = _SCHEMA.search(address) if isinstance(address, str) and len(address) < 200 else None
    return (found[1], found[2]) if found else None


def _major(address: str) -> str:
    """The major version of a library's marked address."""
    return str(numbers(address.split("/", 1)[0].rsplit("-", 1)[-1])[0])


def takes_data_from_outside(spec: Any) -> bool:
    """Whether a Vega chart counts on loading its data from an address, which no frame can."""
    return bool(_DATA_ADDRESS.search(as_json(spec)))


def vega_height(spec: Any) -> int:
    height = spec.get("height") if isinstance(spec, dict) else None
    return _pixels(height, 300) + 90


def _pixels(value: object, otherwise: int) -> int:
    if isinstance(value, int | float) and 0 < value < 20_000:
        return int(value)
    return otherwise
