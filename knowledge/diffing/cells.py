"""The cells of a document, whatever its format: a text without cells is one."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

from knowledge.diffing import limits, markup
from knowledge.documents import Document, Markup, Notebook, Paper, Prose, WholePage

Dialect = Literal["notebooks", "files"]


@dataclass(frozen=True)
class Cell:
    """`place` counts from 0 as the file does; `id` is "" where the file gives none."""

    place: int
    kind: str
    source: str
    id: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, Any] = field(default_factory=dict)
    dialect: Dialect = "notebooks"

    @cached_property
    def hash(self) -> str:
        """Of its type and text; white space at the ends of lines doesn't count."""
        text = "\n".join(line.rstrip() for line in self.source.strip().splitlines())
        return blake2b(f"{self.kind}\n{text}".encode(errors="replace"), digest_size=8).hexdigest()


def cells_of(document: Document) -> list[Cell]:
    """In order, up to a limit that is far above what people write."""
    content = document.content
    if isinstance(content, Notebook):
        return [
            _cell(cell, place, content.dialect) for place, cell in enumerate(content.cells[: limits.CELLS])
        ]
    if isinstance(content, Prose):
        return [Cell(0, "markdown", content.text, dialect="files")]
    return [Cell(0, "text", _words(content))]


def _cell(cell: dict[str, Any], place: int, dialect: Dialect) -> Cell:
    name = cell.get("id", "")
    attachments = cell.get("attachments")
    return Cell(
        place=cell.get("number", place + 1) - 1,
        kind=cell["cell_type"],
        source=cell["source"],
        # Readers name a cell without an id after its text, which would say the same as its hash.
        id="" if name[:1] == "n" and len(name.partition("-")[0]) == 11 else name,
        outputs=cell.get("outputs", []),
        metadata=cell["metadata"],
        attachments=attachments if isinstance(attachments, dict) else {},
        dialect=dialect,
    )


def _words(content: Markup | WholePage | Paper) -> str:
    """What is read of a document that was not written as text."""
    if isinstance(content, Paper):
        return ""
    return "\n".join(block.text for block in markup.blocks(content.html[: limits.HTML * 4]))


def widgets_of(document: Document) -> dict[str, Any]:
    """The states of its widgets, by model."""
    content = document.content
    kept = content.metadata.get("widgets") if isinstance(content, Notebook) else None
    for step in ("application/vnd.jupyter.widget-state+json", "state"):
        kept = kept.get(step) if isinstance(kept, dict) else None
    return kept if isinstance(kept, dict) else {}
