"""What became of each output of a notebook, for the tables of outcomes. Pure, like everything here."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from knowledge.documents import DocumentError, Notebook, read_document
from knowledge.rendering.context import Context
from knowledge.rendering.output import Output
from knowledge.rendering.outputs import show
from knowledge.rendering.part import Part
from knowledge.rendering.patience import TooSlow

# What the markup of an output is, by its first sign.
_SIGNS = [
    ("paper-frame", "PDF in the browser's viewer"),
    ("<iframe", "drawn in a frame"),
    ("<video", "film or sound"),
    ("<audio", "film or sound"),
    ("<img", "image"),
    ('class="json', "tree"),
    ("<table", "table"),
    ("math", "formula"),
    ('class="notice', "a word on why not, and its text"),
    ("<pre", "text"),
    ('class="rich"', "HTML on the page"),
]


def tally(path: str, source: bytes) -> Counter[tuple[str, str]]:
    """How many outputs offer a MIME type and became what, by (MIME type, what).

    An output counts under each type that it offers; plain text only where there is nothing else. Nothing for
    documents that aren't notebooks or can't be read.
    """
    try:
        document = read_document(path, source)
    except DocumentError:
        return Counter()
    if not isinstance(document.content, Notebook):
        return Counter()
    context = Context.of(document)
    return Counter(
        pair
        for cell in document.content.cells
        for output in cell.get("outputs", [])
        for pair in _told(cell, output, context)
    )


def _told(cell: dict[str, Any], output: dict[str, Any], context: Context) -> Iterator[tuple[str, str]]:
    kind = output["output_type"]
    if kind == "stream":
        yield "stream", "text"
    elif kind == "error":
        yield "error", "traceback under its last line"
    else:
        types = [mime for mime in output["data"] if mime != "text/plain"] or list(output["data"])
        became = _became(cell, output, context)
        yield from ((mime, became) for mime in types)


def _became(cell: dict[str, Any], output: dict[str, Any], context: Context) -> str:
    part = Part(context)
    try:
        with part.patience.piece():
            html = show(Output(part, output, cell))
    except (TooSlow, RecursionError):
        return "a word on why not, and its text"
    return next(
        (what for sign, what in _SIGNS if sign in html), "nothing: it prepares others or is for programs"
    )
