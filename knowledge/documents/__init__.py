"""PURE: bytes -> Document. A reader per format; knows neither Django nor Celery.

A reader is lenient: it refuses (DocumentError) only what can't be made sense of, and says (Fault) what it had
to put right. It does not render, resolve links, or look at anything but the bytes.
"""

from collections.abc import Callable
from pathlib import PurePosixPath

from knowledge.documents.decoding import MAX_BYTES, check_source
from knowledge.documents.document import JSON, Document, Header, Notebook
from knowledge.documents.faults import DocumentError, Fault, refusal
from knowledge.documents.markdown import read_markdown
from knowledge.documents.notebook import read_notebook

__all__ = [
    "JSON",
    "MAX_BYTES",
    "READERS",
    "SUFFIXES",
    "Document",
    "DocumentError",
    "Fault",
    "Header",
    "Notebook",
    "is_document",
    "read_document",
]

Reader = Callable[[bytes], Document]

READERS: dict[str, Reader] = {
    ".ipynb": read_notebook,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
SUFFIXES = tuple(READERS)


def is_document(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in READERS


def read_document(path: str, source: bytes) -> Document:
    """The document in a file's bytes; only the path's suffix matters. Raises DocumentError."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix not in READERS:
        raise refusal("unknown-format", suffix=suffix or "no suffix", known=", ".join(SUFFIXES))
    check_source(source)
    return READERS[suffix](source)
