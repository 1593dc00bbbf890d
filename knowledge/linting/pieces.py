"""The text of a document in pieces that know where they stand."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from knowledge.documents import Document, Markup, Notebook, Prose, WholePage

PIECE = 1_000_000  # characters; of what is longer, the beginning
TOTAL = 20_000_000

Where: TypeAlias = Literal["source", "page", "output", "header"]
_NO_TEXT = ("image/", "audio/", "video/", "font/")
_NESTING = 50


class Piece(NamedTuple):
    """`where`: "source" is what the author wrote, "page" the markup of a whole HTML or Word document.

    `cell` is None where there are no cells; `first_line` the number of the text's first line, 0 if unknown.
    """

    text: str
    where: Where
    cell: dict[str, Any] | None = None
    first_line: int = 0


def pieces_of(document: Document, *places: Where) -> list[Piece]:
    """Those of `places`, up to TOTAL characters."""
    found: list[Piece] = []
    left = TOTAL
    for piece in _pieces(document, places):
        found.append(piece)
        left -= len(piece.text)
        if left <= 0:
            break
    return found


def joined(pieces: Iterable[Piece]) -> bytes:
    """All of it, to be looked through at once: most documents hold nothing that has to be placed."""
    return "\n".join([piece.text for piece in pieces]).encode(errors="replace")


def _pieces(document: Document, places: Iterable[Where]) -> Iterator[Piece]:
    if "header" in places and document.header.raw:
        yield Piece("\n".join(_strings(document.header.raw))[:PIECE], "header")
    match document.content:
        case Notebook(cells=cells):
            for cell in cells:
                yield Piece(cell["source"][:PIECE], "source", cell, 1)
                if "output" in places and cell.get("outputs"):
                    yield from _of_outputs(cell)
        case Prose(text=text, first_line=first_line):
            yield Piece(text[:PIECE], "source", None, first_line)
        case Markup(html=html) | WholePage(html=html):
            if "page" in places:
                yield Piece(html[:PIECE], "page")


def _of_outputs(cell: dict[str, Any]) -> Iterator[Piece]:
    texts = [text for output in cell["outputs"] for text in _of_output(output)]
    if texts:
        yield Piece("\n".join(texts)[:PIECE], "output", cell)


def _of_output(output: dict[str, Any]) -> Iterator[str]:
    """What can be read in it. What charts are drawn from is numbers; it is passed over."""
    match output["output_type"]:
        case "stream":
            yield output["text"][:PIECE]
        case "error":
            yield output["evalue"][:PIECE]
            yield "\n".join(output["traceback"])[:PIECE]
        case _:
            for kind, value in output["data"].items():
                if isinstance(value, str) and not kind.startswith(_NO_TEXT):
                    yield value[:PIECE]
                elif kind == "application/json":
                    yield from _strings(value)


def _strings(value: Any, depth: int = 0) -> Iterator[str]:
    """Those in a JSON value, with their names, as code would have them."""
    if isinstance(value, str):
        yield value[:PIECE]
    elif depth < _NESTING and isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str):
                yield f'{key} = "{part[:PIECE]}"'
            else:
                yield from _strings(part, depth + 1)
    elif depth < _NESTING and isinstance(value, list):
        for part in value:
            yield from _strings(part, depth + 1)
