"""What the cells of a document are known by, so that what was said of one finds it in other revisions."""

from collections.abc import Iterator
from hashlib import blake2b

from knowledge.documents import Document, Markup, Notebook, Prose, WholePage
from knowledge.rendering import limits
from knowledge.rendering.result import CellMark

KINDS = {"code", "markdown", "raw", "text"}
_WHOLE = 200_000  # characters of all sources together; of what comes after them there is only a beginning
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
    words, is_whole = _kept(text, _WHOLE)
    return (CellMark("text", hash_of(kind, text or html), kind, words, is_whole=is_whole and not html),)


def _of_notebook(notebook: Notebook) -> Iterator[CellMark]:
    """With a blank for each cell that the reader took out, its header say: places count as in the file."""
    place, left = 0, _WHOLE
    for cell in notebook.cells[: limits.CELLS]:
        while place < cell["number"] - 1:
            yield CellMark("", "", "raw", "")
            place += 1
        source = cell["source"]
        words, is_whole = _kept(source, left)
        left -= len(words)
        yield CellMark(
            name=cell["id"],
            hash=hash_of(cell["cell_type"], source),
            kind=cell["cell_type"],
            words=words,
            is_named_here=_is_made(cell["id"]),
            is_whole=is_whole,
        )
        place += 1


def hash_of(kind: str, source: str) -> str:
    """Of its type and text; white space at the ends of lines doesn't count."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return blake2b(f"{kind}\n{text}".encode(errors="replace"), digest_size=8).hexdigest()


def _kept(source: str, room: int) -> tuple[str, bool]:
    """What is kept of a source, and whether that is all of it."""
    is_whole = len(source) <= room
    words = source if is_whole else source[:_WORDS]
    return words.replace("\x00", "").encode(errors="replace").decode(), is_whole


def _is_made(name: str) -> bool:
    return name[:1] == "n" and len(name.partition("-")[0]) == _MADE
