"""What ingest learns of a document without reading all of it: its header, its title, what to mend.

Ingest runs in a worker without the render child's limits, so nothing here hands a document to a large parser.
"""

from dataclasses import dataclass, field

from knowledge.documents.decoding import text_of
from knowledge.documents.document import Document, Header
from knowledge.documents.faults import Fault
from knowledge.documents.header import split_header
from knowledge.documents.titles import first_heading


@dataclass(frozen=True, slots=True)
class Head:
    """`title` is the header's, else the document's own, else ""."""

    header: Header = field(default_factory=Header)
    title: str = ""
    faults: tuple[Fault, ...] = ()


def head_of(document: Document) -> Head:
    """For formats that are quick to read whole."""
    return Head(document.header, document.title, document.faults)


def text_head(source: bytes) -> Head:
    """For text with a header in YAML and headings as in Markdown."""
    text, faults = text_of(source)
    header, body, header_faults = split_header(text)
    return Head(header, header.title or first_heading(body), (*faults, *header_faults))
