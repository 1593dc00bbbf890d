"""The reader of Markdown files with or without a header."""

from knowledge.documents.decoding import conflict_line, text_of
from knowledge.documents.document import Document, Prose
from knowledge.documents.faults import fault
from knowledge.documents.header import split_header
from knowledge.documents.titles import first_heading


def read_markdown(source: bytes) -> Document:
    """`content` is the Prose after the header, line ends as \\n."""
    text, faults = text_of(source)
    if line := conflict_line(source):
        faults.append(fault("conflict-markers", line))
    header, body, header_faults = split_header(text)
    return Document(
        format="md",
        header=header,
        title=header.title or first_heading(body),
        language="",
        faults=(*faults, *header_faults),
        content=Prose(body, first_line=1 + text.count("\n") - body.count("\n")),
    )
