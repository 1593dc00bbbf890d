"""One output of a cell that is being shown."""

import re
from html import escape
from typing import Any

from knowledge.rendering import frames, limits
from knowledge.rendering.part import Part

_OBJECT = re.compile(r"<[\w.]+ object>|<[\w.]+ at 0x[0-9a-f]+>")
_FRAME = (
    '<figure class="figure frame" id="{id}"><iframe class="output-frame" src="almanac-output:{number}" '
    'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" '
    'title="{title}" height="{height}"></iframe></figure>'
)
_PAPER = (
    '<figure class="figure frame" id="{id}"><iframe class="output-frame paper-frame" '
    'src="almanac-output:{number}" loading="lazy" title="{title}" height="{height}"></iframe>'
    '<figcaption><a href="almanac-output:{number}">Open the PDF</a></figcaption></figure>'
)


class Output:
    """One `display_data` being shown: its bundle, its metadata, and the cell that it is of."""

    def __init__(self, part: Part, output: dict[str, Any], cell: dict[str, Any]) -> None:
        self.part = part
        self.data: dict[str, Any] = output["data"]
        self.metadata: dict[str, Any] = output["metadata"]
        self.cell = cell

    def text(self, mime: str) -> str:
        value = self.data.get(mime)
        return value if isinstance(value, str) else ""

    def own_text(self) -> str:
        """Its plain text, unless that only names a Python object."""
        text = self.text("text/plain")
        return "" if _OBJECT.fullmatch(text.strip()) else text

    def size(self, mime: str) -> tuple[int | None, int | None]:
        """Width and height in CSS pixels that the author asked for (half of an image's for sharp screens)."""
        asked = self.metadata.get(mime)
        asked = asked if isinstance(asked, dict) else self.metadata
        width, height = asked.get("width"), asked.get("height")
        return (
            int(width) if isinstance(width, int | float) and 0 < width < 20_000 else None,
            int(height) if isinstance(height, int | float) and 0 < height < 20_000 else None,
        )

    def frame(self, html: str, what: str, height: int = frames.DEFAULT_HEIGHT) -> str:
        """The frame that shows a new output document."""
        if len(html) > limits.OUTPUT_DOCUMENT or len(self.part.outputs) >= limits.OUTPUT_DOCUMENTS:
            self.part.notice("Some interactive outputs are left out: they are too many or too large.")
            return '<p class="notice">An interactive output is left out: too large, or one too many.</p>'
        label = f"{what}, cell {self.cell['number']}"
        number = self.part.add_output(html, label, height)
        return _FRAME.format(id=self.part.figure(), number=number, title=escape(label), height=height)

    def paper(self, data: bytes, height: int) -> str:
        """The frame that shows a PDF. It has no sandbox: browsers' viewers don't run in one."""
        if len(self.part.outputs) >= limits.OUTPUT_DOCUMENTS:
            return '<p class="notice">A PDF is left out: there are too many outputs.</p>'
        label = f"PDF, cell {self.cell['number']}"
        number = self.part.add_output(data, label, height, "application/pdf")
        return _PAPER.format(id=self.part.figure(), number=number, title=escape(label), height=height)
