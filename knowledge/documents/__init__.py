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
from knowledge.documents.head import Head, head_of
from knowledge.documents.readers import (
    KNITTED_SUFFIXES,
    READERS,
    SUFFIXES,
    Reader,
    is_document,
    may_be_knitted,
    needs_header,
    reader_of,
    suffix_of,
)
from knowledge.documents.scripts import has_header

__all__ = [
    "JSON",
    "KNITTED_SUFFIXES",
    "MAX_BYTES",
    "READERS",
    "SUFFIXES",
    "Content",
    "Document",
    "DocumentError",
    "Fault",
    "Head",
    "Header",
    "Markup",
    "Notebook",
    "Paper",
    "Prose",
    "Reader",
    "WholePage",
    "has_header",
    "is_document",
    "may_be_knitted",
    "needs_header",
    "read_document",
    "read_head",
    "reader_of",
    "suffix_of",
]


def read_document(path: str, source: bytes) -> Document:
    """The document in a file's bytes; only the path's suffix matters. Raises DocumentError."""
    return _reader_for(path, source).read(source)


def read_head(path: str, source: bytes) -> Head:
    """What ingest has to know of a document, at little cost whatever is in it. Raises DocumentError."""
    reader = _reader_for(path, source)
    return reader.head(source) if reader.head else head_of(reader.read(source))


def _reader_for(path: str, source: bytes) -> Reader:
    reader = reader_of(path)
    if reader is None:
        suffix = suffix_of(path) or "no suffix"
        raise refusal("unknown-format", suffix=suffix, known=", ".join(SUFFIXES))
    check_source(source)
    return reader
