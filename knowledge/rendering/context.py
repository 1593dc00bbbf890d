"""What a cell may know of the document that it is in, beside itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from knowledge.documents import Document, Markup, Notebook, Prose
from knowledge.documents.document import Dialect
from knowledge.rendering.preludes import Prelude, preludes_of
from knowledge.rendering.widgets import Widgets

_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True, slots=True)
class Context:
    """`language` is that of the code ("" where unknown), `dialect` that of the text.

    `widgets` is what widgets looked like when the notebook was saved, `preludes` what earlier outputs brought
    for later ones, and `files` what the document itself brings along, by relative path.
    """

    language: str = ""
    dialect: Dialect = "notebooks"
    widgets: Widgets = field(default_factory=Widgets)
    preludes: tuple[Prelude, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Context":
        content = document.content
        if isinstance(content, Notebook):
            return cls(
                document.language,
                content.dialect,
                widgets=Widgets.of(content.metadata),
                preludes=preludes_of(content.cells),
            )
        files = content.files if isinstance(content, Prose | Markup) else {}
        return cls(document.language, "files", files=files)

    def key_for(self, cell: dict[str, Any]) -> bytes:
        """A digest of what of this the rendering of `cell` may depend on."""
        used = [self.language, self.dialect]
        if cell.get("outputs"):
            used += [prelude.digest for prelude in self.preludes]
            used.append(self.widgets.digest_of(_shown_widgets(cell)))
        return blake2b("\n".join(used).encode(), digest_size=32).digest()


def _shown_widgets(cell: dict[str, Any]) -> Iterator[str]:
    for output in cell["outputs"]:
        view = output.get("data", {}).get(_WIDGET)
        name = view.get("model_id") if isinstance(view, dict) else None
        if isinstance(name, str):
            yield name
