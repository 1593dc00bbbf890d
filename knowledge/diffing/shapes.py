"""What an output is for a reader: text, an error, a table, an image, or something drawn.

Of a bundle the richest form counts, as on the page of the post (knowledge/rendering/outputs.py).
"""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson

from knowledge.diffing import limits, markup, noise
from knowledge.diffing.difference import OutputKind, Picture
from knowledge.rendering.frames import is_active
from knowledge.rendering.images import sniff
from knowledge.rendering.table_dialects import plain_tables

BOKEH = "application/vnd.bokehjs_exec.v0+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
_DRAWN = {
    "application/vnd.plotly.v1+json": "Plotly figure",
    WIDGET: "Widget",
    "text/vnd.mermaid": "Diagram",
    "application/geo+json": "Map",
}
_LATER_DRAWN = {
    "image/svg+xml": "Drawing",
    "application/pdf": "PDF",
    "application/javascript": "Script’s output",
}
_HTML = ("text/html", "text/vnd.plotly.v1+html")
_IMAGES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp")
_TEXTS = ("text/csv", "text/tab-separated-values", "application/json", "text/plain")


@dataclass(frozen=True, slots=True)
class Shape:
    """`key` is equal only for outputs that a reader can't tell apart; `place` counts the outputs of the cell.

    `markup` is what something drawn is drawn from, `figure` counts images and what is drawn in the cell.
    """

    kind: OutputKind
    key: str
    place: int
    label: str = ""
    text: str = ""
    tables: tuple[markup.Table, ...] = ()
    picture: Picture | None = None
    drawn: int = -1
    figure: int = -1
    markup: str = ""

    def is_as_good_as(self, other: "Shape") -> bool:
        """Whether nothing but names that libraries make up tells two drawings apart."""
        return bool(self.markup and other.markup) and noise.drawing(self.markup) == noise.drawing(
            other.markup
        )


def shapes_of(outputs: list[dict[str, Any]], widgets: dict[str, Any]) -> list[Shape]:
    """Of a cell's outputs those that show something. `widgets` are the states that the notebook keeps."""
    shapes: list[Shape] = []
    drawn = figures = 0
    for place, output in enumerate(joined(outputs)[: limits.OUTPUTS_PER_CELL]):
        shape = _shape(output, place, drawn, widgets)
        if shape:
            drawn += shape.kind == "drawn"
            if shape.kind in {"drawn", "image"}:
                shape = replace(shape, figure=figures)
                figures += 1
            shapes.append(shape)
    return shapes


def joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs with streams that follow each other as one, as they are shown."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        last = whole[-1] if whole else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            whole[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            whole.append(output)
    return whole


def _shape(output: dict[str, Any], place: int, drawn: int, widgets: dict[str, Any]) -> Shape | None:
    if output["output_type"] == "stream":
        return _text(output["text"], place, "error output" if output["name"] == "stderr" else "output")
    if output["output_type"] == "error":
        trace = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        text = noise.without_run(trace)
        key = f"{output['ename']}\n{output['evalue']}\n{text}"
        return Shape("error", _digest(noise.without_run(key)), place, output["ename"][:200], text)
    data = output["data"]
    return (
        _drawn(data, _DRAWN, place, drawn, widgets)
        or _html(data, place, drawn)
        or _markdown(data, place)
        or _image(data, place)
        or _drawn(data, _LATER_DRAWN, place, drawn, widgets)
        or _plain(data, place)
    )


def _text(text: str, place: int, label: str) -> Shape | None:
    text = noise.without_run(text)
    return Shape("text", _digest(text), place, label, text) if text.strip() else None


def _drawn(
    data: dict[str, Any], kinds: dict[str, str], place: int, drawn: int, widgets: dict[str, Any]
) -> Shape | None:
    for mime, value in data.items():
        label = kinds.get(mime) or ("Vega chart" if mime.startswith("application/vnd.vega") else "")
        if mime == "application/javascript" and BOKEH in data:
            label = "Bokeh figure"
        if label and value:
            if mime == WIDGET and isinstance(value, dict):
                value = _states(value.get("model_id"), widgets)
            return _from_markup("drawn", _as_text(value), place, label, drawn=drawn)
    return None


def _from_markup(
    kind: OutputKind, source: str, place: int, label: str, *, text: str = "", drawn: int = -1
) -> Shape:
    return Shape(kind, _digest(source), place, label, text, drawn=drawn, markup=source)


def _states(model: object, widgets: dict[str, Any]) -> list[Any]:
    """A widget's state and those of the models that it is made of, some hundred at the most."""
    waiting, seen = [model], dict[str, Any]()
    while waiting and len(seen) < limits.OUTPUTS_PER_CELL:
        name = waiting.pop()
        if isinstance(name, str) and name not in seen and isinstance(widgets.get(name), dict):
            state = seen[name] = widgets[name].get("state")
            text = _as_text(state)
            waiting += [part.partition('"')[0] for part in text.split('"IPY_MODEL_')[1:]][::-1]
    return list(seen.items())


def _html(data: dict[str, Any], place: int, drawn: int) -> Shape | None:
    html = next((data[mime] for mime in _HTML if isinstance(data.get(mime), str)), "")
    if not html.strip():
        return None
    if len(html) > limits.HTML:
        return _from_markup("drawn", html, place, "Large output", drawn=drawn)
    html = plain_tables(html)
    if is_active(html):
        return _from_markup("drawn", html, place, "Interactive output", drawn=drawn)
    tables, around = markup.tables(html)
    words = noise.without_run("\n".join(block.text for block in around))
    if tables and sum(len(row) for table in tables for row in table.rows) <= limits.TABLE_CELLS:
        key = _digest(repr([table.rows for table in tables]) + words)
        return Shape("table", key, place, "Table", words, tuple(tables))
    words = noise.without_run("\n".join(block.text for block in markup.blocks(html)))
    return _from_markup("html", html, place, "Formatted text", text=words)


def _markdown(data: dict[str, Any], place: int) -> Shape | None:
    for mime in ("text/markdown", "text/latex"):
        if isinstance(text := data.get(mime), str) and text.strip():
            return Shape("text", _digest(text), place, "Formatted text", text)
    return None


def _image(data: dict[str, Any], place: int) -> Shape | None:
    for mime in _IMAGES:
        if isinstance(text := data.get(mime), str) and text:
            try:
                image = b64decode("".join(text.split()), validate=True)
            except (NotBase64, ValueError):
                continue
            if found := sniff(image):
                picture = Picture(_digest(image), found.media_type, found.width, found.height)
                return Shape("image", _pixels(image), place, "Figure", picture=picture)
    return None


def _pixels(image: bytes) -> str:
    """A digest of what is to be seen: of PNG without the words that libraries write into it."""
    if not image.startswith(b"\x89PNG"):
        return _digest(image)
    seen, at = [], 8
    while at + 12 <= len(image):
        size, kind = int.from_bytes(image[at : at + 4]), image[at + 4 : at + 8]
        if kind not in {b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf"}:
            seen.append(image[at + 4 : at + 8 + size])
        at += 12 + size
    return _digest(b"".join(seen))


def _plain(data: dict[str, Any], place: int) -> Shape | None:
    for mime in _TEXTS:
        if value := data.get(mime):
            return _text(_as_text(value), place, "result")
    for mime, value in data.items():
        if mime.startswith("text/") and isinstance(value, str):
            return _text(value, place, "result")
    return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONEncodeError, TypeError):  # numbers beyond 64 bits, nesting beyond 254
        return repr(value)


def _digest(data: str | bytes) -> str:
    return sha256(data.encode(errors="replace") if isinstance(data, str) else data).hexdigest()
