"""The readers of R Markdown and Quarto: text with chunks of code, read as a notebook without outputs."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from knowledge.documents.cells import Repairs, check_number, normal_cells
from knowledge.documents.chunks import Chunk, pieces
from knowledge.documents.decoding import text_of
from knowledge.documents.document import Document, Notebook
from knowledge.documents.footnotes import share_footnotes
from knowledge.documents.header import split_header
from knowledge.documents.pandoc_text import Labels, as_markdown
from knowledge.documents.titles import first_heading

_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
# What these hold is text or markup, not code: knitr and Quarto write it out as it is.
_TEXT_ENGINES = {"asis", "block", "block2", "=html"}
_DRAWN_ENGINES = {"mermaid", "dot"}
_LONGEST = 400_000  # characters: a longer text is not shown whole anyway


def read_chunked(suffix: str, source: bytes) -> Document:
    """`content` is a Notebook: chunks are its code cells, each in its language, the rest is Markdown."""
    text, faults = text_of(source)
    header, body, header_faults = split_header(text)
    found = list(pieces(body))
    check_number(found)
    cells = normal_cells(list(_cells(found)), Repairs())
    share_footnotes(cells)
    return Document(
        format=suffix,
        header=header,
        title=header.title or first_heading(body),
        language=_language(found, header.raw),
        faults=(*faults, *header_faults),
        content=Notebook(metadata={}, cells=cells, dialect="files"),
    )


read_rmd = partial(read_chunked, "rmd")
read_qmd = partial(read_chunked, "qmd")


def _cells(found: list[str | Chunk]) -> Iterator[dict[str, Any]]:
    labels = Labels(found)
    text: list[str] = []
    for piece in found:
        if isinstance(piece, Chunk) and not _is_text(piece):
            yield from _text_cell(text, labels)
            text = []
            yield _code_cell(piece)
        else:
            text.append(_as_text(piece) if isinstance(piece, Chunk) else piece)
    yield from _text_cell(text, labels)


def _is_text(chunk: Chunk) -> bool:
    return chunk.engine in _TEXT_ENGINES | _DRAWN_ENGINES


def _as_text(chunk: Chunk) -> str:
    if chunk.engine in _TEXT_ENGINES:
        return f"\n{chunk.code}\n"
    return f"\n{chunk.fence}{chunk.engine}\n{chunk.code}\n{chunk.fence}\n"


def _text_cell(text: list[str], labels: Labels) -> Iterator[dict[str, Any]]:
    written = "".join(text)
    if written.strip():
        source = as_markdown(written, labels) if len(written) <= _LONGEST else written
        if source.strip():
            yield {"cell_type": "markdown", "metadata": {}, "source": source.strip("\n")}


def _code_cell(chunk: Chunk) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "metadata": {"language": chunk.engine, "tags": chunk.tags},
        "source": chunk.code,
        "outputs": [],
    }
    name = _NOT_ID.sub("-", chunk.label).strip("-")[:64]
    return {**cell, "id": name} if name else cell


def _language(found: list[str | Chunk], header: Any) -> str:
    """That of the first chunk of code; a document without any may still name its engine."""
    for piece in found:
        if isinstance(piece, Chunk) and not _is_text(piece):
            return piece.engine
    return "r" if "output" in header else ""
