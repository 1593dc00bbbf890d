"""Widgets as they were when their notebook was saved, drawn by the library that embeds them in pages."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from knowledge.rendering.frames import as_json, page
from knowledge.rendering.vendored import folder, numbers, script, scripts

_BASE = ("@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output")
# What a module asks RequireJS for, and the library of ours that it is.
_MODULES = {"bqplot": "bqplot", "jupyter-leaflet": "jupyter-leaflet", "anywidget": "anywidget"}
_PICTURES = {"jupyter-matplotlib": "_data_url"}
_PNG = re.compile(r"data:image/png;base64,[\w+/=\s]{20,}")
_HEIGHTS = {"bqplot": 520, "jupyter-leaflet": 440}


def unknown_modules(models: Mapping[str, Any]) -> list[str]:
    """The JavaScript modules that showing some models takes, and that are not here."""
    known = {*_BASE, *_MODULES, *_PICTURES}
    return sorted({model["model_module"] for model in models.values()} - known)


def widget_page(models: Mapping[str, Any], name: str, *, plain: str = "") -> str:
    """A page that shows one of some models, all of which it takes."""
    manager = "1" if _base_major(models) >= 2 else "0"
    paths = {module: script(library).removesuffix(".js") for module, library in _MODULES.items()}
    setup = (
        f'window.__jupyter_widgets_assets_path__="{folder("html-manager", manager)}";'
        f"require.config({{paths:{as_json(paths)}}})"
    )
    state = {"version_major": 2, "version_minor": 0, "state": dict(models)}
    view = {"version_major": 2, "version_minor": 0, "model_id": name}
    body = _typed("widget-state", state) + _typed("widget-view", view)
    head = (
        scripts(script("requirejs")) + f"<script>{setup}</script>" + scripts(script("html-manager", manager))
    )
    return page(body, head=head, plain=plain)


def _base_major(models: Mapping[str, Any]) -> int:
    """2 for ipywidgets 8, 1 for 7."""
    versions = [
        numbers(model["model_module_version"].lstrip("^~"))
        for model in models.values()
        if model["model_module"] in _BASE[:2]
    ]
    return max((version[0] for version in versions if version), default=2)


def _typed(kind: str, value: object) -> str:
    text = as_json(value).replace("<", "\\u003c")
    return f'<script type="application/vnd.jupyter.{kind}+json">{text}</script>'


def widget_height(models: Mapping[str, Any]) -> int:
    """A first guess, in CSS pixels."""
    modules = {model["model_module"] for model in models.values()}
    return next((height for module, height in _HEIGHTS.items() if module in modules), 60)


def picture(models: Mapping[str, Any], name: str) -> str:
    """The image that a widget of matplotlib's keeps of itself; "" for others."""
    model = models[name]
    url = model["state"].get(_PICTURES.get(model["model_module"], ""))
    if not isinstance(url, str) or not _PNG.fullmatch(url):
        return ""
    return f'<img src="{escape(url)}" alt="">'
