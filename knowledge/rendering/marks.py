"""What the cells of a document are known by, so that what was said of one finds it in other revisions."""

from collections.abc import Iterator
from hashlib import blake2b

from knowledge.documents import Document, Markup, Notebook, Prose, WholePage
from knowledge.rendering import limits
from knowledge.rendering.result import CellMark

KINDS = {"code", "markdown", "raw", "text"}
_WORDS = 200
_MADE = 11  # a name that documents.cells makes of a text: "n" and ten digits


def marks_of(document: Document) -> tuple[CellMark, ...]:
    """A document without cells is one, with the id `text`."""
    content = document.content
    if isinstance(content, Notebook):
        return tuple(_of_notebook(content))
    text = content.text if isinstance(content, Prose) else ""
    html = content.html if isinstance(content, Markup | WholePage) else ""
    kind = "markdown" if isinstance(content, Prose) else "text"
    return (CellMark("text", hash_of(kind, text or html), kind, _beginning(text)),)


def _of_notebook(notebook: Notebook) -> Iterator[CellMark]:
    """With a blank for each cell that the reader took out, its header say: places count as in the file."""
    place = 0
    for cell in notebook.cells[: limits.CELLS]:
        while place < cell["number"] - 1:
            yield CellMark("", "", "raw", "")
            place += 1
        source = cell["source"]
        yield CellMark(
            name=cell["id"],
            hash=hash_of(cell["cell_type"], source),
            kind=cell["cell_type"],
            words=_beginning(source),
            is_named_here=_is_made(cell["id"]),
        )
        place += 1


def hash_of(kind: str, source: str) -> str:
    """Of its type and text; white space at the ends of lines doesn't count."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return blake2b(f"{kind}\n{text}".encode(errors="replace"), digest_size=8).hexdigest()


def _beginning(source: str) -> str:
    return source.strip()[:_WORDS].replace("\x00", "").encode(errors="replace").decode()


def _is_made(name: str) -> bool:
    return name[:1] == "n" and len(name.partition("-")[0]) == _MADE
