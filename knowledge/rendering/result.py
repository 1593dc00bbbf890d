"""What rendering makes of a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from knowledge.extracting import Insight
from knowledge.linting import Finding


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 to 6 as the author chose it; `anchor` is the id in the page (begins with `h-`).

    `part` is the number of the rendering's part that it is in.
    """

    level: int
    text: str
    anchor: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class CellMark:
    """What a cell is known by. Its element in the page has the id `cell-` and `name`, which is the file's own
    id unless `is_named_here`; `hash` is of its type and source, `words` the source, or how it begins.
    """

    name: str
    hash: str
    kind: str
    words: str
    is_named_here: bool = False
    is_whole: bool = False


PassageKind = Literal["narrative", "heading", "code", "output"]


class Passage(NamedTuple):
    """A stretch of plain text that can be found and quoted: a paragraph, a list, a table, a heading, the code
    of a cell, what it put out.

    `anchor` is the id in the page that leads to it: a heading's own; else that of its cell's element; in a
    document without cells, and of code that is not shown, that of the heading before it. "" is the top.
    """

    kind: PassageKind
    anchor: str
    text: str


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
    """A document for a frame: a whole HTML page (UTF-8), or what `media_type` says.

    `height` is a first guess in CSS pixels.
    """

    digest: str
    data: bytes
    label: str
    height: int
    media_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Rendering:
    """A document as shown. `parts` are its HTML cut between cells, at least one; they hold the markers that
    docs/rendering.md lists, resolved when served.

    `thumbnail` is an asset's digest or "". `text` is plain text for search, `summary` the first paragraph,
    `words` those of the narrative (code and outputs not counted). `notices` say to the
    reader what is left out or shown otherwise; what an author should mend are the Document's faults.
    `macros` are LaTeX's, for all formulas: `\\norm`, `\\norm[2]` with the default of its first argument, and
    `3 \\norm` for formulas after the third change of a macro (their `data-wording`). With `has_slides` cells
    say how the document is presented. `findings` are what its author should know, those of the header aside.
    `cells` are all of the source, in order, those that are not shown too. `passages` are in the order of the
    document, each kind up to a limit of its own. `libraries` are what its code imports, in lower case,
    `versions` those of them (and of "python", "r", "julia") that it tells, as written;
    `datasets` the tables, datasets and files that code or header name; both in the order of first use, as are
    `links`, the paths and addresses that its text leads to (see links.py). Of insights of one name the last
    stands.
    """

    parts: tuple[str, ...]
    headings: tuple[Heading, ...]
    assets: tuple[Asset, ...]
    outputs: tuple[OutputDocument, ...]
    text: str
    thumbnail: str
    notices: tuple[str, ...]
    words: int
    summary: str
    macros: Mapping[str, str]
    has_slides: bool
    findings: tuple[Finding, ...] = ()
    cells: tuple[CellMark, ...] = ()
    passages: tuple[Passage, ...] = ()
    libraries: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    insights: tuple[Insight, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        """The whole of it."""
        return "".join(self.parts)
