"""What rendering makes of a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 to 6 as the author chose it; `anchor` is the id in the page (begins with `h-`)."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A raster image. `digest` is the SHA-256 of `data` in hex; `width` and `height` are its pixels."""

    digest: str
    media_type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OutputDocument:
    """A whole HTML page (UTF-8) for a sandboxed frame; `height` is a first guess in CSS pixels."""

    digest: str
    data: bytes
    label: str
    height: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """A document as shown. `html` holds the markers that docs/rendering.md lists, resolved when served.

    `thumbnail` is an asset's digest or "". `text` is plain text for search, `summary` the first paragraph,
    `words` those of the narrative (code and outputs not counted). `notices` say to the
    reader what is left out or shown otherwise; what an author should mend are the Document's faults.
    """

    html: str
    headings: tuple[Heading, ...]
    assets: tuple[Asset, ...]
    outputs: tuple[OutputDocument, ...]
    text: str
    thumbnail: str
    notices: tuple[str, ...]
    words: int
    summary: str
