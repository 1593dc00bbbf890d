"""What rendering one part of a document gathers: a cell, or a whole file of text.

A part is a pure function of its cell and its Context, so that it can be kept and used again while the rest of
the document changes. What depends on that rest (numbers, anchors, references) is a slot until `assembly` puts
the parts together.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from knowledge.rendering import limits
from knowledge.rendering.context import Context
from knowledge.rendering.gleaned import Gleaned, Gleaner
from knowledge.rendering.images import EXTENSIONS, sniff
from knowledge.rendering.macros import Macro
from knowledge.rendering.patience import Patience
from knowledge.rendering.result import Asset, OutputDocument
from knowledge.rendering.slots import name_of, slot

_NOT_SLUG = re.compile(r"[^\w]+")
_THUMBNAIL_WIDTH = 160
_LONGEST_TAG = 100  # characters: it is said again by each reference


@dataclass(frozen=True, slots=True)
class Made:
    """A part when it is done. `html`, and the labels of `outputs`, may hold slots.

    `headings` are (level, text), numbered by their slots; `equations` the names of their labels, "" without,
    and `tags` what equations are called that their author numbered: (name of the label, tag). `notes` counts
    footnotes.
    `figure` and `image` are the digests that offer themselves as a thumbnail.
    """

    html: str
    headings: tuple[tuple[int, str], ...]
    assets: tuple[Asset, ...]
    outputs: tuple[OutputDocument, ...]
    notices: tuple[str, ...]
    prose: tuple[str, ...]
    output_texts: tuple[str, ...]
    macros: tuple[Macro, ...]
    equations: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    notes: int
    figure: str
    image: str
    gleaned: Gleaned

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        texts = (self.html, *self.prose, *self.output_texts)
        data = sum(len(asset.data) for asset in self.assets) + sum(len(out.data) for out in self.outputs)
        return 1_000 + data + sum(map(len, texts)) + self.gleaned.size


class Part:
    """The markup refers to what is gathered here by what these methods return."""

    def __init__(
        self, context: Context | None = None, *, name: str = "text", patience: Patience | None = None
    ) -> None:
        self.context = context or Context()
        self.name = name
        self.patience = patience or Patience()
        self.assets: dict[str, Asset] = {}
        self.outputs: list[OutputDocument] = []
        self.headings: list[tuple[int, str]] = []
        self.notices: list[str] = []
        self.prose: list[str] = []
        self.output_texts: list[str] = []
        self.macros: list[Macro] = []
        self.equations: list[str] = []
        self.tags: dict[str, str] = {}
        self.notes = 0
        self.gleaner = Gleaner()
        self.size = 0
        self._figures = 0
        self._figure = ""
        self._image = ""
        self._searchable = 0

    def made(self, html: str) -> Made:
        """The finished part, with its markup."""
        return Made(
            html=html,
            headings=tuple(self.headings),
            assets=tuple(self.assets.values()),
            outputs=tuple(self.outputs),
            notices=tuple(self.notices),
            prose=tuple(self.prose),
            output_texts=tuple(self.output_texts),
            macros=tuple(self.macros),
            equations=tuple(self.equations),
            tags=tuple(self.tags.items()),
            notes=self.notes,
            figure=self._figure,
            image=self._image,
            gleaned=self.gleaner.gleaned(),
        )

    @property
    def cell_number(self) -> str:
        """The number of the cell in its document, from 1."""
        return slot("cell")

    def notice(self, text: str) -> None:
        """For the head of the page, once."""
        if text not in self.notices:
            self.notices.append(text)

    def image(self, data: bytes, *, figure: bool = False) -> Asset | None:
        """The asset for some bytes, if they are a raster image that may be shown.

        The document's first figure (an output's image) becomes its thumbnail, or else its first image.
        """
        found = sniff(data)
        if found is None or len(data) > limits.IMAGE_BYTES or not found.width or not found.height:
            return None
        if found.width * found.height > limits.IMAGE_PIXELS or len(self.assets) >= limits.IMAGES:
            return None
        digest = sha256(data).hexdigest()
        asset = Asset(digest, found.media_type, data, found.width, found.height)
        self.assets.setdefault(digest, asset)
        if found.width >= _THUMBNAIL_WIDTH:
            self._figure = self._figure or (digest if figure else "")
            self._image = self._image or digest
        return asset

    def base64_image(self, text: str, *, figure: bool = False) -> Asset | None:
        """The same for base64, as notebooks and `data:` addresses hold it."""
        try:
            data = b64decode("".join(text.split()), validate=True)
        except (NotBase64, ValueError):
            return None
        return self.image(data, figure=figure)

    def asset_marker(self, asset: Asset) -> str:
        return f"almanac-asset:{asset.digest}.{EXTENSIONS[asset.media_type]}"

    def figure(self) -> str:
        """The id of a new figure, which keeps it while other cells come and go."""
        self._figures += 1
        return f"fig-{self.name}-{self._figures}"

    def add_output(self, html: str | bytes, label: str, height: int, media_type: str = "text/html") -> str:
        """The number of a new output document."""
        data = html.encode() if isinstance(html, str) else html
        self.outputs.append(OutputDocument(sha256(data).hexdigest(), data, label, height, media_type))
        return slot("output", len(self.outputs) - 1)

    def heading(self, level: int, text: str) -> str:
        """The anchor of a new heading."""
        self.headings.append((level, text))
        return slot("heading", len(self.headings) - 1)

    def equation(self, label: str = "") -> str:
        """The number of a new numbered equation; `label` is what references call it."""
        self.equations.append(name_of(label) if label else "")
        return slot("equation", len(self.equations) - 1)

    def tagged(self, label: str, tag: str) -> None:
        """What references to `label` say: its author named the equation, cut where it is no name."""
        self.tags[name_of(label)] = tag if len(tag) <= _LONGEST_TAG else f"{tag[:_LONGEST_TAG]}…"

    def reference(self, label: str) -> str:
        """The number of the equation of that label, wherever it stands; "??" where there is none."""
        return slot("reference", name_of(label))

    def note(self) -> str:
        """The number of a new footnote."""
        self.notes += 1
        return slot("note", self.notes)

    def contents(self) -> str:
        """The list of the document's headings, as a block."""
        return slot("contents")

    def define(self, macro: Macro) -> None:
        """A macro for the formulas of the document."""
        if len(self.macros) < limits.MACROS:
            self.macros.append(macro)

    def wording(self) -> str:
        """The attribute of a formula, if any: what macros mean where it stands."""
        return slot("wording", len(self.macros))

    def searchable(self, text: str, passage: str | None = None) -> None:
        """Text of an output, for search, as far as there is room; `passage` is how it is quoted."""
        self.gleaner.output(text if passage is None else passage)
        room = limits.SEARCH_TEXT // 2 - self._searchable
        if room > 0:
            self.output_texts.append(text[: min(room, 2_000)])
            self._searchable += len(self.output_texts[-1])


def slug(text: str) -> str:
    """A heading's words as a fragment of an address."""
    return _NOT_SLUG.sub("-", text.casefold()).strip("-")[:80] or "section"
