"""The registry of formats: a reader for each suffix."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from knowledge.documents.document import Document
from knowledge.documents.markdown import read_markdown
from knowledge.documents.notebook import read_notebook


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents of one format are read.

    `format` is one name for all suffixes of it, and a suffix itself (without the dot); `lexer` is Pygments'
    name for its source, "" where that is no text. With `needs_header` only a file that has a header is a
    document. `knitted` are the suffixes of what its author's tool makes of it: a file of the same name with
    one of them, beside it, is shown in its place.
    """

    format: str
    read: Callable[[bytes], Document]
    lexer: str = ""
    needs_header: bool = False
    knitted: tuple[str, ...] = ()


_NOTEBOOK = Reader("ipynb", read_notebook, lexer="json")
_MARKDOWN = Reader("md", read_markdown, lexer="markdown")

READERS: dict[str, Reader] = {
    ".ipynb": _NOTEBOOK,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
}
SUFFIXES = tuple(READERS)


def suffix_of(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def reader_of(path: str) -> Reader | None:
    """The reader for a file of that name."""
    return READERS.get(suffix_of(path))


def is_document(path: str) -> bool:
    """Whether a file of that name may be a document; where its reader `needs_header`, its bytes decide."""
    return suffix_of(path) in READERS
