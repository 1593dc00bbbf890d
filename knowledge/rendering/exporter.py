"""nbconvert's exporter, with what makes it slow taken out.

Measured over real notebooks, two thirds of an HTML export go into a BeautifulSoup pass that adds `alt` and
`tabindex`, into bleach over highlighted code, and into validations and deep copies. Here the notebook is
repaired once when it is read, code is safe by construction, and what authors wrote is cleaned piece by piece
with nh3.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter

_TEMPLATES = Path(__file__).parent / "templates"


class PostExporter(TemplateExporter):
    """Prepared cells to the markup of a post. Made once: it keeps its template compiled."""

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            template_paths=[str(_TEMPLATES)], template_file="post.html.j2", default_preprocessors=[]
        )
        self.compiled = self.template

    def from_cells(self, cells: Iterable[Any]) -> str:
        """The template over cells as `shown_cells` yields them, taken one at a time."""
        return str(self.compiled.render(cells=cells))
