"""What one rendering gathers on its way: images, output documents, headings, words, notices."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from hashlib import sha256

from knowledge.rendering import limits
from knowledge.rendering.images import EXTENSIONS, sniff
from knowledge.rendering.patience import Patience
from knowledge.rendering.result import Asset, Heading, OutputDocument

_NOT_SLUG = re.compile(r"[^\w]+")
_THUMBNAIL_WIDTH = 160


class Part:
    """Numbers and names are unique within one page; nothing here outlives it."""

    def __init__(self) -> None:
        self.assets: dict[str, Asset] = {}
        self.outputs: list[OutputDocument] = []
        self.headings: list[Heading] = []
        self.notices: list[str] = []
        self.prose: list[str] = []
        self.output_texts: list[str] = []
        self.patience = Patience()
        self.thumbnail = ""
        self._figure_seen = False
        self.size = 0
        self._anchors: dict[str, int] = {}
        self._searchable = 0

    def notice(self, text: str) -> None:
        """For the head of the page, once."""
        if text not in self.notices:
            self.notices.append(text)

    def image(self, data: bytes, *, figure: bool = False) -> Asset | None:
        """The asset for some bytes, if they are a raster image that may be shown.

        The first figure (an output's image) becomes the thumbnail; an image in the text only until one comes.
        """
        found = sniff(data)
        if found is None or len(data) > limits.IMAGE_BYTES or not found.width or not found.height:
            return None
        if found.width * found.height > limits.IMAGE_PIXELS or len(self.assets) >= limits.IMAGES:
            return None
        digest = sha256(data).hexdigest()
        asset = Asset(digest, found.media_type, data, found.width, found.height)
        self.assets.setdefault(digest, asset)
        if found.width >= _THUMBNAIL_WIDTH and (figure or not self.thumbnail):
            self._take_thumbnail(digest, figure)
        return asset

    def _take_thumbnail(self, digest: str, figure: bool) -> None:
        if not self._figure_seen:
            self.thumbnail = digest
        self._figure_seen = self._figure_seen or figure

    def base64_image(self, text: str, *, figure: bool = False) -> Asset | None:
        """The same for base64, as notebooks and `data:` addresses hold it."""
        try:
            data = b64decode("".join(text.split()), validate=True)
        except (NotBase64, ValueError):
            return None
        return self.image(data, figure=figure)

    def asset_marker(self, asset: Asset) -> str:
        return f"almanac-asset:{asset.digest}.{EXTENSIONS[asset.media_type]}"

    def add_output(self, html: str, label: str, height: int) -> int:
        """The number of a new output document."""
        data = html.encode()
        self.outputs.append(OutputDocument(sha256(data).hexdigest(), data, label, height))
        return len(self.outputs) - 1

    def heading(self, level: int, text: str) -> str:
        """The anchor of a new heading."""
        anchor = self._unique("h-" + slug(text))
        if len(self.headings) < limits.HEADINGS:
            self.headings.append(Heading(level, text, anchor))
        return anchor

    def _unique(self, wanted: str) -> str:
        name = wanted
        while name in self._anchors:
            self._anchors[wanted] += 1
            name = f"{wanted}-{self._anchors[wanted]}"
        self._anchors[name] = 1
        return name

    def has_anchor(self, anchor: str) -> bool:
        return anchor in self._anchors

    def searchable(self, text: str) -> None:
        """Text of an output, for search, as far as there is room."""
        room = limits.SEARCH_TEXT // 2 - self._searchable
        if room > 0:
            self.output_texts.append(text[: min(room, 2_000)])
            self._searchable += len(self.output_texts[-1])


def slug(text: str) -> str:
    """A heading's words as a fragment of an address."""
    return _NOT_SLUG.sub("-", text.casefold()).strip("-")[:80] or "section"
