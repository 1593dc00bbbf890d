"""The text of vendored libraries and of our own style sheet, for files that load nothing."""

import json
import re
from base64 import b64encode
from collections.abc import Set
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from portal.static import BUNDLE, IMPORT

_PATH = re.compile(r"(?=.{1,200}\Z)(?!.*\.\.)[\w@.+-]+(?:/[\w@.+-]+)+")
_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)


def vendored_file(path: str) -> Path | None:
    """The file at `path` under /vendor/, if there is one; `.js` may be left off, as RequireJS does."""
    if not _PATH.fullmatch(path):
        return None
    for candidate in (settings.VENDOR_DIR / path, settings.VENDOR_DIR / f"{path}.js"):
        if candidate.is_file():
            return Path(candidate)
    return None


def vendored_text(path: Path) -> str:
    """A script, or a style sheet with its fonts and images in it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return _self_contained(text, path.parent) if path.suffix == ".css" else text


@cache
def newest_address(library: str, kind: str = "script") -> str:
    """Where, under /vendor/, the script or style sheet of a library lies that our own pages use."""
    versions = json.loads((settings.VENDOR_DIR / "vendor.json").read_text())[library]
    return str(list(versions.values())[-1][kind])


def newest(library: str, kind: str = "script") -> Path:
    return Path(settings.VENDOR_DIR / newest_address(library, kind))


def own(name: str) -> str:
    """A file of static/portal."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")


@cache
def style_sheet() -> str:
    """All of the portal's styles but the fonts, so that a file looks like the page."""
    parts = (name for name in IMPORT.findall(own(BUNDLE)) if name != "fonts.css")
    return "\n".join([*map(own, parts), own("css/taken.css")])


def fonts_for(letters: Set[str]) -> str:
    """The font faces that have any of the characters, as a style sheet that brings them along."""
    points = {ord(letter) for letter in letters}
    faces = [face for face in _FACE.findall(own("fonts.css")) if _has_any(face, points)]
    return _self_contained("\n".join(faces), Path(str(finders.find("fonts.css"))).parent)


def _has_any(face: str, points: Set[int]) -> bool:
    ranges = [(int(start, 16), int(end or start, 16)) for start, end in _RANGE.findall(face)]
    return any(start <= point <= end for point in points for start, end in ranges)


def _self_contained(css: str, folder: Path) -> str:
    """`url()` of files beside the style sheet as `data:`, of all else as nothing."""

    def replaced(found: re.Match[str]) -> str:
        is_whole = found[1].startswith(("data:", "#"))
        return found[0] if is_whole else f"url({_file_url(folder / re.split('[?#]', found[1])[0])})"

    return _URL.sub(replaced, css)


def _file_url(path: Path) -> str:
    if not path.is_file() or not path.resolve().is_relative_to(settings.BASE_DIR / "static"):
        return "data:,"
    return data_url(guess_type(path.name)[0] or "", path.read_bytes())


def data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(data).decode()}"
