"""The corpus as posts to look at, with what each must show by its source alone."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from knowledge.documents import DocumentError, Notebook, is_document, read_document
from tests.e2e.looking import Wanted

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
# What no reader could make sense of; derived/README.md says what each is.
MALFORMED = {
    "m01-empty.ipynb",
    "m02-truncated.ipynb",
    "m03-conflict.ipynb",
    "m07-lfs-pointer.ipynb",
    "m08-list.ipynb",
    "m09-object.ipynb",
    "m10-null-cells.ipynb",
    "m26-deep.ipynb",
}
_PLOT = re.compile(
    r"image/(png|jpeg|gif|webp|svg\+xml)|application/vnd\.(plotly\.v1|vega\.v\d|vegalite\.v\d|bokehjs_exec\.v0)\+json"
)
_FILM = re.compile(r"<iframe[^>]*\ssrc=.https://www\.youtube\.com/")
_REMOVED = {"remove_cell", "remove-cell", "remove_output", "remove-output"}
_NEAR = re.compile(r"""\]\(<?([^)\s<>]+)|src\s*=\s*["']?([^"'\s>]+)""")


def documents(folder: Path) -> dict[str, bytes]:
    """Every file below that may be a post, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and is_document(path.name))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def wanted(space: str, path: str, source: bytes, pushed: set[str]) -> Wanted:
    return Wanted(
        address=f"/s/{space}/{quote(path)}",
        plots=plots_of(path, source),
        absent=absent_beside(path, source, pushed),
        hostile=bool(re.match(r"derived/[hm]\d|.*inject|.*invalid", path)),
    )


def plots_of(path: str, source: bytes) -> dict[str, int]:
    """How many outputs of each cell offer a plot in a form that is one, by the cell's id on the page."""
    try:
        content = read_document(path, source).content
    except DocumentError:
        return {}
    cells = content.cells if isinstance(content, Notebook) else []
    counts = {
        f"cell-{cell['id']}": sum(map(_is_plot, cell.get("outputs", []))) for cell in cells if _shown(cell)
    }
    return {cell: count for cell, count in counts.items() if count}


def _shown(cell: dict[str, Any]) -> bool:
    tags = cell["metadata"].get("tags")
    slide = cell["metadata"].get("slideshow")
    skipped = isinstance(slide, dict) and slide.get("slide_type") == "skip"
    return not skipped and not (isinstance(tags, list) and _REMOVED & {str(tag) for tag in tags})


def _is_plot(output: dict[str, Any]) -> bool:
    """A form that is a picture or a chart, and isn't blank; of films of other sites the page has a link."""
    data = output.get("data", {})
    if _FILM.search(str(data.get("text/html", ""))):
        return False
    return any(_PLOT.fullmatch(mime) and value for mime, value in data.items())


def absent_beside(path: str, source: bytes, pushed: set[str]) -> set[str]:
    """Ends of the addresses of files that the document names and that nobody pushed."""
    text = source.decode(errors="replace").replace('\\"', '"')
    named = {(one or other).partition("#")[0].partition("?")[0] for one, other in _NEAR.findall(text)}
    near = {name.lstrip("./").rstrip("\\") for name in named if name and not re.match(r"[a-z]+:|//", name)}
    return {
        quote(unquote(name))
        for name in near
        if name and not any(one.endswith(unquote(name)) for one in pushed)
    }
