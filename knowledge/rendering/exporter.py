"""nbconvert's exporter, with what makes it slow taken out.

Measured over real notebooks, two thirds of an HTML export go into a BeautifulSoup pass that adds `alt` and
`tabindex`, into bleach over highlighted code, and into validations and deep copies. Here the notebook is
repaired once when it is read, code is safe by construction, what authors wrote is cleaned piece by piece with
nh3, and each cell goes through the template on its own, so that it can be kept.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter

_TEMPLATES = Path(__file__).parent / "templates"


class CellExporter(TemplateExporter):
    """Prepared cells to the markup of a post. Made once: it keeps its template compiled."""

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            template_paths=[str(_TEMPLATES)], template_file="cell.html.j2", default_preprocessors=[]
        )
        self.compiled = self.template

    def from_cell(self, cell: Any) -> str:
        """The template over one cell, a TextCell or CodeCell."""
        return str(self.compiled.render(cell=cell))
