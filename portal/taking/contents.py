"""What lies in the archive of a post.

<name>/<name>.html   as portal.taking.self_contained makes it, unless that would be too large
<name>/<name>.bib    how to cite it
<name>/figures/      the images of its outputs: cell-7-1.png is the first of cell 7
<name>/source/       the original at its path in the repository, so that what it refers to is found
<name>/README.txt    what this is, where it came from, and what was left out
"""

import re
from collections.abc import Iterable, Iterator

from django.template.loader import render_to_string

from knowledge import storage
from knowledge.git import Repository
from knowledge.rendering.images import EXTENSIONS
from portal.taking import self_contained
from portal.taking.archive import in_pieces
from portal.taking.citation import citation
from portal.taking.taken import Taken

BESIDE_BYTES = 200_000_000
BESIDE_FILES = 200
_CELL = re.compile(r'(?=<div class="cell[ "])')
_NUMBER = re.compile(r'class="cell-no">cell (\d{1,6})<')
_SHOWN = re.compile(r'\ssrc="almanac-(?:asset:([0-9a-f]{64})\.|output:(\d{1,6})")')

File = tuple[str, Iterable[bytes]]


def contents(taken: Taken) -> Iterator[File]:
    """Names within the archive, and what goes there, in the order of writing."""
    revision, folder = taken.revision, taken.name
    has_page = not self_contained.is_too_large(taken)
    if has_page:
        pieces = self_contained.page(taken)
        yield f"{folder}/{taken.name}.html", (piece.encode(errors="replace") for piece in pieces)
    yield f"{folder}/{taken.name}.bib", [citation(revision, taken.title).bibtex.encode()]
    for name, digest in figures(taken):
        yield f"{folder}/figures/{name}", in_pieces(storage.open_blob(digest))
    yield f"{folder}/source/{revision.path}", _original(taken)
    brought, left_out = beside(taken)
    for path in brought:
        yield f"{folder}/source/{path}", taken.beside.stream(path)
    words = {"taken": taken, "revision": revision, "has_page": has_page, "left_out": left_out}
    yield f"{folder}/README.txt", [render_to_string("taking/readme.txt", words).encode()]


def _original(taken: Taken) -> Iterator[bytes]:
    """From blob storage; what was too large to be rendered lies in the repository alone."""
    revision = taken.revision
    if storage.exists(revision.source_digest):
        return in_pieces(storage.open_blob(revision.source_digest))
    return Repository(revision.post.space.slug).stream(revision.blob)


def figures(taken: Taken) -> Iterator[tuple[str, str]]:
    """(name, digest) of the images and other files that the document shows, each occurrence once."""
    place = 0
    for part in taken.parts():
        for cell in _CELL.split(part):
            place += cell.startswith("<div")
            number = _NUMBER.search(cell)
            stem = f"cell-{number[1]}" if number else f"text-{place}"
            for index, (digest, suffix) in enumerate(_files_of(taken, cell), 1):
                yield f"{stem}-{index}.{suffix}", digest


def _files_of(taken: Taken, cell: str) -> Iterator[tuple[str, str]]:
    rendering = taken.revision.rendering
    for digest, number in dict.fromkeys(_SHOWN.findall(cell)):
        media_type = rendering.assets.get(digest, {}).get("type", "")
        if number and int(number) < len(rendering.outputs):
            output = rendering.outputs[int(number)]
            digest, media_type = output["digest"], output.get("type", "text/html")
        suffix = EXTENSIONS.get(media_type) or ("pdf" if media_type == "application/pdf" else "")
        if suffix and storage.exists(digest):
            yield digest, suffix


def beside(taken: Taken) -> tuple[list[str], list[str]]:
    """Paths of the files that go along, and of those that are too large or too many."""
    brought: list[str] = []
    left_out: list[str] = []
    room = BESIDE_BYTES
    for path in taken.beside.paths:
        size = taken.beside.size(path) or 0
        fits = size <= room and len(brought) < BESIDE_FILES
        (brought if fits else left_out).append(path)
        room -= size if fits else 0
    return brought, left_out
