"""PURE: bytes -> Document. A reader per format; knows neither Django nor Celery.

A reader is lenient: it refuses (DocumentError) only what can't be made sense of, and says (Fault) what it had
to put right. It does not render, resolve links, or look at anything but the bytes.
"""

from knowledge.documents.decoding import MAX_BYTES, check_source
from knowledge.documents.document import (
    JSON,
    Content,
    Document,
    Header,
    Markup,
    Notebook,
    Paper,
    Prose,
    WholePage,
)
from knowledge.documents.faults import DocumentError, Fault, refusal
from knowledge.documents.readers import READERS, SUFFIXES, Reader, is_document, reader_of, suffix_of

__all__ = [
    "JSON",
    "MAX_BYTES",
    "READERS",
    "SUFFIXES",
    "Content",
    "Document",
    "DocumentError",
    "Fault",
    "Header",
    "Markup",
    "Notebook",
    "Paper",
    "Prose",
    "Reader",
    "WholePage",
    "is_document",
    "read_document",
    "reader_of",
    "suffix_of",
]


def read_document(path: str, source: bytes) -> Document:
    """The document in a file's bytes; only the path's suffix matters. Raises DocumentError."""
    reader = reader_of(path)
    if reader is None:
        suffix = suffix_of(path) or "no suffix"
        raise refusal("unknown-format", suffix=suffix, known=", ".join(SUFFIXES))
    check_source(source)
    return reader.read(source)
