"""PDF, shown by the browser's own viewer; the words in it are taken out for search."""

import io
from collections.abc import Iterator

from knowledge.documents import Paper as Document
from knowledge.documents.decoding import storable
from knowledge.rendering import limits
from knowledge.rendering.part import Part
from knowledge.rendering.patience import TooSlow

MEDIA_TYPE = "application/pdf"
HEIGHT = 900
_MAX_PAGES = 300
_MAX_BYTES = 60_000_000
# The viewer is a part of the browser that runs in no sandbox; how the answer keeps it harmless is told in
# portal/views/content.py. Where there is no viewer, as on phones, the link is what is left.
_FRAME = (
    '<figure class="figure frame"><iframe class="output-frame paper-frame" src="almanac-output:{number}" '
    'title="The document" height="{height}"></iframe>'
    '<figcaption><a href="almanac-output:{number}">Open the PDF</a></figcaption></figure>'
)
_TOO_LARGE = '<p class="notice">This PDF is too large to be shown. The original can be downloaded.</p>'


def paper(part: Part, content: Document) -> str:
    """The frame that shows the document; its words are noted for search, as far as they can be had."""
    if len(content.data) > _MAX_BYTES:
        part.notice("The PDF is too large to be shown; it can be downloaded.")
        return _TOO_LARGE
    pages = list(_words(part, content.data))
    part.prose.append(" ".join(pages))
    for page in pages:
        part.gleaner.text(page)
    number = part.add_output(content.data, "The document", HEIGHT, MEDIA_TYPE)
    return _FRAME.format(number=number, height=HEIGHT)


def _words(part: Part, data: bytes) -> Iterator[str]:
    """Page by page: one that can't be read costs itself, one that takes too long the rest."""
    room = limits.SEARCH_TEXT
    pages = _pages(part, data)
    while room > 0:
        try:
            with part.patience.piece():
                text = next(pages, None)
        except (TooSlow, RecursionError, MemoryError):
            part.notice("The words of this PDF are found by search in part only: it is too intricate.")
            return
        if text is None:
            return
        yield text[:room]
        room -= len(text)


def _pages(part: Part, data: bytes) -> Iterator[str]:
    """pypdf trips over damaged files in many ways, each with its own error; a browser may still show them.

    Imported here, for it is large.
    """
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return
        pages = list(zip(range(_MAX_PAGES), reader.pages, strict=False))
    except (TooSlow, RecursionError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 (as said above)
        part.notice("The words of this PDF can't be found by search: the file is damaged.")
        return
    for _, page in pages:
        yield _text(page)


def _text(page: object) -> str:
    try:
        return " ".join(storable(str(page.extract_text()).replace("\0", "")).split())  # type: ignore[attr-defined]
    except (TooSlow, RecursionError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 (as said above)
        return ""
