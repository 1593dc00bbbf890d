"""Outputs that stand still: images, drawings, maps, papers, formulas, trees."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from html import escape
from typing import Any

import orjson

from knowledge.documents.decoding import storable_tree
from knowledge.rendering import frames, limits
from knowledge.rendering import geojson as maps
from knowledge.rendering.json_tree import json_tree
from knowledge.rendering.output import Output
from knowledge.rendering.put_back import latex_html

_PAPER_HEIGHT, _PAPER_WIDTH, _VIEWER = 640, 700, 80  # CSS pixels; what a viewer has around the page
_PAGE = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+(\d{1,5})[\d.]*\s+(\d{1,5})")


def image(output: Output, mime: str) -> str:
    """Whatever kind of image the bytes are; its size and words are those that the author gave."""
    asset = output.part.base64_image(output.text(mime), figure=True)
    if asset is None:
        output.part.notice("An image is left out: it is damaged, too large, or not an image at all.")
        return ""
    width, height = output.size(mime)
    if not width or not height:
        width, height = _scaled(width, height, asset.width, asset.height)
    return (
        f'<figure class="figure" id="{output.part.figure()}"><div class="plate">'
        f'<img src="{output.part.asset_marker(asset)}" width="{width}" height="{height}" '
        f'loading="lazy" decoding="async" alt="{escape(_alt(output, mime))}"></div></figure>'
    )


def _scaled(asked_width: int | None, asked_height: int | None, width: int, height: int) -> tuple[int, int]:
    """One side asked for decides the other."""
    if asked_width:
        return asked_width, max(1, round(height * asked_width / width))
    if asked_height:
        return max(1, round(width * asked_height / height)), asked_height
    return width, height


def _alt(output: Output, mime: str) -> str:
    own = output.metadata.get(mime)
    for told in (own if isinstance(own, dict) else {}, output.metadata, output.cell["metadata"]):
        for name in ("alt", "fig-alt", "fig.alt"):
            if isinstance(told.get(name), str) and told[name].strip():
                return str(told[name])
    return f"Figure of cell {output.cell['number']}"


def svg(output: Output, mime: str) -> str:
    drawing = output.text(mime)
    if "<svg" not in drawing:
        return ""
    drawing = drawing[drawing.index("<svg") :]
    return output.frame(frames.html_page(drawing), "Figure", frames.svg_height(drawing))


def geojson(output: Output, mime: str) -> str:
    found = maps.drawn(_parsed(output.data[mime]))
    if found is None:
        return ""
    page = frames.page(found.svg, head=f"<style>{found.style}</style>")
    return output.frame(page, "Map", found.height + 8)


def pdf(output: Output, mime: str) -> str:
    """In the browser's own viewer."""
    try:
        data = b64decode("".join(output.text(mime).split()), validate=True)
    except (NotBase64, ValueError):
        return ""
    if not data.startswith(b"%PDF-") or len(data) > limits.OUTPUT_DOCUMENT:
        return ""
    page = _PAGE.search(data[:1_000_000])
    tall = _PAPER_WIDTH * int(page[2]) / max(1, int(page[1])) if page else _PAPER_HEIGHT
    return output.paper(data, round(min(_PAPER_HEIGHT, _VIEWER + tall)))


def latex(output: Output, mime: str) -> str:
    return latex_html(output.part, output.text(mime)[:20_000])


def json(output: Output, mime: str) -> str:
    value = _parsed(output.data[mime])
    if value in ("", None):
        return ""
    told = output.metadata.get(mime)
    told = told if isinstance(told, dict) else {}
    root = told.get("root")
    output.part.searchable(_flat(value))
    named = root if isinstance(root, str) and root != "root" else ""
    return json_tree(value, name=named, expanded=told.get("expanded") is True)


def _parsed(value: Any) -> Any:
    """Old writers saved JSON as the text of it."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return storable_tree(orjson.loads(value))
    except orjson.JSONDecodeError:
        return value


def _flat(value: Any) -> str:
    try:
        return orjson.dumps(value)[:2_000].decode(errors="ignore")
    except (orjson.JSONEncodeError, RecursionError):
        return ""
