"""Widgets as they were when their notebook was saved, drawn by the library that embeds them in pages."""

from collections.abc import Mapping
from typing import Any

from knowledge.rendering.frames import as_json, page
from knowledge.rendering.vendored import beside, numbers, script, scripts

_BASE = ("@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output")
# What bqplot takes from JupyterLab's theme.
_THEME = (
    ":root{--jp-layout-color0:#fff;--jp-layout-color1:#fff;--jp-layout-color2:#eee;--jp-layout-color3:#bdbdbd;"
    "--jp-content-font-color1:#1b2130;--jp-ui-font-color1:#1b2130;--jp-border-color1:#bdbdbd}"
)
# What a module asks RequireJS for, and the library of ours that it is.
_MODULES = {name: name for name in ("bqplot", "bqscales", "jupyter-leaflet", "anywidget")}
_HEIGHTS = {"bqplot": 520, "jupyter-leaflet": 440}
# The manager looks for its fonts in places that are not here, so its own declarations are left out.
_WITHOUT_FONTS = (
    "(function(){var make=document.createTextNode;document.createTextNode=function(text){"
    'return make.call(document,String(text).replace(/@font-face\\s*{[^}]*}/g,""))}})();'
)
_FONTS = {
    "0": (("FontAwesome", "400", "af7ae505a9eed503f8b8e6982036873e.woff2"),),
    "1": (
        ("Font Awesome 5 Free", "900", "1551f4f60c37af51121f.woff2"),
        ("Font Awesome 5 Free", "400", "7a3337626410ca2f4071.woff2"),
        ("Font Awesome 5 Brands", "400", "d878b0a6a1144760244f.woff2"),
    ),
}


def unknown_modules(models: Mapping[str, Any]) -> list[str]:
    """The JavaScript modules that showing some models takes, and that are not here."""
    return sorted({model["model_module"] for model in models.values()} - {*_BASE, *_MODULES})


def widget_page(models: Mapping[str, Any], name: str, *, plain: str = "") -> str:
    """A page that shows one of some models, all of which it takes."""
    manager = "1" if _base_major(models) >= 2 else "0"
    paths = {module: script(library).removesuffix(".js") for module, library in _MODULES.items()}
    setup = f"{_WITHOUT_FONTS}require.config({{paths:{as_json(paths)}}})"
    state = {"version_major": 2, "version_minor": 0, "state": dict(models)}
    view = {"version_major": 2, "version_minor": 0, "model_id": name}
    style = f"<style>{_THEME}{_fonts(manager)}</style>"
    body = style + _typed("widget-state", state) + _typed("widget-view", view)
    before = scripts(script("requirejs")) + f"<script>{setup}</script>"
    return page(body, head=before + scripts(script("html-manager", manager)), plain=plain)


def _fonts(manager: str) -> str:
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f'src:url("{beside("html-manager", manager, name)}") format("woff2")}}'
        for family, weight, name in _FONTS[manager]
    )


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
