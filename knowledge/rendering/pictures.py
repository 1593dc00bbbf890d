"""Pictures of vendored libraries: a frame takes none from an address, so they lie in the document as data.

Only maps need them: Leaflet's markers and buttons.
"""

import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from knowledge.rendering.vendored import FOLDER, MARKER

_STYLE = re.compile(
    rf"<link\b[^<>]{{0,500}}\bhref=[\"']{MARKER}((?:leaflet|leaflet-awesome-markers)-[\d.]+/[\w.-]+\.css)[^<>]*>"
)
_SCRIPT = re.compile(
    rf"<script\b[^<>]{{0,500}}\bsrc=[\"']{MARKER}(leaflet-[\d.]+)/leaflet\.js[^<>]*></script>"
)
_URL = re.compile(r"url\([\"']?(images/[\w@.-]+\.png)[\"']?\)")
_ICONS = {
    "iconUrl": "marker-icon.png",
    "iconRetinaUrl": "marker-icon-2x.png",
    "shadowUrl": "marker-shadow.png",
}


def with_pictures(html: str) -> str:
    """A document whose maps have their markers."""
    if f"{MARKER}leaflet" not in html:
        return html
    html = _STYLE.sub(lambda found: f"<style>{_style(found[1])}</style>", html)
    return _SCRIPT.sub(lambda found: found[0] + _icons(found[1]), html)


@cache
def _style(path: str) -> str:
    sheet = FOLDER / path
    return _URL.sub(lambda found: f"url({_data(sheet.parent / found[1])})", sheet.read_text())


@cache
def _icons(folder: str) -> str:
    named = ",".join(f'{name}:"{_data(FOLDER / folder / "images" / file)}"' for name, file in _ICONS.items())
    return f'<script>L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({{{named}}})</script>'


def _data(path: Path) -> str:
    return "data:image/png;base64," + b64encode(path.read_bytes()).decode()
