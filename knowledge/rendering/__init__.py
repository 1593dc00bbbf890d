"""PURE: bytes -> Rendering. Knows neither Django nor Celery, runs nothing, and asks no network.

`render` does the work in this process; `child.RenderChild` does it in a process of its own with limits of
memory and time, which is how untrusted documents are to be rendered.
"""

from typing import TYPE_CHECKING

from knowledge.rendering.result import Asset, CellMark, Heading, OutputDocument, Passage, Rendering
from knowledge.rendering.vendored import fingerprint

if TYPE_CHECKING:
    from knowledge.rendering.cache import CellCache

__all__ = [
    "RENDERER_VERSION",
    "Asset",
    "CellMark",
    "Heading",
    "OutputDocument",
    "Passage",
    "Rendering",
    "render",
]

# To be raised with every change that makes the same bytes render differently.
RENDERER_VERSION = f"12-{fingerprint()}"


def render(path: str, source: bytes, *, cache: "CellCache | None" = None) -> Rendering:
    """A pure function of the bytes and the kind of file that `path` names. Raises DocumentError.

    With a `cache`, cells that were rendered before are taken from it; the result is the same.
    """
    # Late, because nbconvert takes half a second to import and most processes only want the names above.
    from knowledge.rendering.renderer import render as render_here

    return render_here(path, source, cache=cache)
