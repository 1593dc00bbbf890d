"""What an author asked for a cell: tags and settings of the tools that people use, brought to one form."""

import re
from dataclasses import dataclass
from typing import Any

_REMOVE_CELL = {"remove_cell", "hide"}
_REMOVE_INPUT = {"remove_input", "remove_code"}
_TUCK_INPUT = {"hide_input", "hide_code", "hide_cell"}
_REMOVE_OUTPUT = {"remove_output", "remove_outputs"}
_FOLD_OUTPUT = {"hide_output", "hide_cell"}
_SLIDES = {"slide", "subslide", "fragment", "notes"}
_OPTION = re.compile(r"#\|[ \t]*(echo|include|output)[ \t]*:[ \t]*(true|false)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """`tucked` code stays folded when all code is unfolded; `folded` outputs are shown on a click.

    `slide` is the cell's part in a presentation, "" for none of its own. `streams` are those left out.
    """

    is_removed: bool = False
    without_code: bool = False
    without_outputs: bool = False
    tucked: bool = False
    folded: bool = False
    slide: str = ""
    streams: frozenset[str] = frozenset()


_NONE = Wishes()


def wishes_of(cell: dict[str, Any]) -> Wishes:
    """Tags as Jupyter Book, nbconvert and knowledge-repo take them, Jupyter's and Colab's own settings, and
    Quarto's options at the top of a cell."""
    metadata = cell["metadata"]
    source = cell["source"]
    quarto = _options(source) if source.startswith("#|") else {}
    if not metadata and not quarto:
        return _NONE
    tags = _tags(metadata)
    slide = _slide(metadata)
    jupyter = metadata.get("jupyter")
    jupyter = jupyter if isinstance(jupyter, dict) else {}
    return Wishes(
        is_removed=bool(tags & _REMOVE_CELL) or slide == "skip" or quarto.get("include") is False,
        without_code=bool(tags & _REMOVE_INPUT),
        without_outputs=bool(tags & _REMOVE_OUTPUT) or quarto.get("output") is False,
        tucked=bool(tags & _TUCK_INPUT)
        or quarto.get("echo") is False
        or _is_set(metadata, "hide_input", "hideCode")
        or jupyter.get("source_hidden") is True
        or metadata.get("cellView") == "form",
        folded=bool(tags & _FOLD_OUTPUT) or jupyter.get("outputs_hidden") is True,
        slide=slide if slide in _SLIDES else "",
        streams=frozenset(name for name in ("stdout", "stderr") if f"remove_{name}" in tags),
    )


def _tags(metadata: dict[str, Any]) -> set[str]:
    """With hyphens and underscores alike."""
    tags = metadata.get("tags")
    if not isinstance(tags, list):
        return set()
    return {tag.replace("-", "_").lower() for tag in tags if isinstance(tag, str)}


def _slide(metadata: dict[str, Any]) -> str:
    slideshow = metadata.get("slideshow")
    kind = slideshow.get("slide_type") if isinstance(slideshow, dict) else None
    return kind if isinstance(kind, str) else ""


def _is_set(metadata: dict[str, Any], *names: str) -> bool:
    return any(metadata.get(name) is True for name in names)


def _options(source: str) -> dict[str, bool]:
    """The options in the comments that a cell begins with."""
    found: dict[str, bool] = {}
    for line in source.split("\n", 30)[:30]:
        if not line.startswith("#|"):
            break
        if option := _OPTION.match(line):
            found[option[1].lower()] = option[2].lower() == "true"
    return found
