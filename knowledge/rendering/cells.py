"""Cells of a notebook to parts: what is shown of each, and what is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.documents import Notebook
from knowledge.rendering import bokeh, limits
from knowledge.rendering.assembly import Assembly
from knowledge.rendering.cache import CellCache, key_of
from knowledge.rendering.context import Context
from knowledge.rendering.exporter import CellExporter
from knowledge.rendering.highlight import code_language, display_name, highlighted
from knowledge.rendering.narrative import cell_html
from knowledge.rendering.output import Output
from knowledge.rendering.outputs import show
from knowledge.rendering.part import Made, Part
from knowledge.rendering.patience import Patience, TooSlow
from knowledge.rendering.printed import error_html, error_words, printed
from knowledge.rendering.put_back import keep_macros
from knowledge.rendering.terminal import terminal_excerpts
from knowledge.rendering.wishes import Wishes, wishes_of

_EXPORTER = CellExporter()
_LONGEST_BOX = 20_000
_BOX_ID = re.compile(r"<(?:div|svg|canvas|section|figure)\b[^<>]{0,500}?\sid=[\"']?([\w.:-]{1,100})")
_MORE_THAN_A_BOX = re.compile(r"<(?:script|table|iframe)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell of narrative; `html` is clean."""

    id: str
    html: str
    slide: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell of code: `code` is highlighted markup ("" if removed), `outputs` the markup of each output."""

    id: str
    number: str
    language: str
    lines: int
    code: str
    outputs: list[str]
    tucked: bool
    folded: bool
    slide: str = ""
    kind: str = "code"


def add_cells(assembly: Assembly, notebook: Notebook, context: Context, cache: CellCache | None) -> None:
    """Every cell of a notebook that has something to show; those in `cache` are taken from there."""
    if len(notebook.cells) > limits.CELLS:
        assembly.notices.append(
            f"Only the first {limits.CELLS:,} of {len(notebook.cells):,} cells are shown."
        )
    patience = Patience()
    for cell in notebook.cells[: limits.CELLS]:
        if assembly.is_full:
            assembly.notices.append("The document is very long: its end is left out here, the source has it.")
            return
        assembly.add(_made(cell, context, patience, cache), cell["number"], f"cell-{cell['id']}")


def _made(cell: dict[str, Any], context: Context, patience: Patience, cache: CellCache | None) -> Made:
    key = key_of(cell, context) if cache else None
    if cache and key and (kept := cache.get(key)):
        return kept
    part = Part(context, name=cell["id"], patience=patience)
    made = part.made(_html(part, {**cell, "number": part.cell_number}))
    # What was cut short because time was up may go better another time.
    if cache and key and not patience.was_lost:
        cache.put(key, made)
    return made


def _html(part: Part, cell: dict[str, Any]) -> str:
    """The markup of a cell; "" if nothing of it is shown."""
    wishes = wishes_of(cell)
    if cell["cell_type"] == "code":
        language = code_language(cell["source"], part.context.language, cell["metadata"])
        _glean(part, cell, language)
        shown: CodeCell | TextCell | None = (
            None if wishes.is_removed else _code_cell(part, cell, wishes, language)
        )
    elif wishes.is_removed:
        keep_macros(part, cell["source"][: limits.MARKDOWN] if cell["cell_type"] == "markdown" else "")
        return ""
    else:
        shown = _text_cell(part, cell, wishes)
    return _EXPORTER.from_cell(shown) if shown else ""


def _glean(part: Part, cell: dict[str, Any], language: str) -> None:
    """Of code, whatever is shown of it. Where nothing tells the language it is Jupyter's own, Python."""
    part.gleaner.code(cell["source"])
    part.gleaner.uses(cell["source"], language or "python", cell["outputs"])
    if cell["outputs"]:
        part.gleaner.published(cell["outputs"])


def _text_cell(part: Part, cell: dict[str, Any], wishes: Wishes) -> TextCell | None:
    html = cell_html(part, cell)
    return TextCell(cell["id"], html, wishes.slide) if html else None


def _code_cell(part: Part, cell: dict[str, Any], wishes: Wishes, language: str) -> CodeCell | None:
    source = "" if wishes.without_code else cell["source"].strip("\n")
    outputs = [] if wishes.without_outputs else list(_outputs(part, cell, wishes))
    if not source.strip() and not outputs:
        return None
    return CodeCell(
        id=cell["id"],
        number=part.cell_number,
        language=display_name(language),
        lines=source.count("\n") + 1,
        code=_code(part, source, language) if source.strip() else "",
        outputs=outputs,
        tucked=wishes.tucked,
        folded=wishes.folded,
        slide=wishes.slide,
    )


def _code(part: Part, source: str, language: str) -> str:
    """Highlighted code, or plain where a lexer can't get through it."""
    try:
        with part.patience.piece():
            return highlighted(source, language)
    except TooSlow:
        return highlighted(source, "")


def _outputs(part: Part, cell: dict[str, Any], wishes: Wishes) -> Iterator[str]:
    shown = (output for output in cell["outputs"] if output.get("name") not in wishes.streams)
    joined = list(_with_boxes(_joined(shown)))
    for output in joined[: limits.OUTPUTS_PER_CELL]:
        if part.size > limits.CELL:
            yield '<p class="notice">More outputs of this cell are left out: it is very long.</p>'
            return
        if html := _output(part, output, cell):
            part.size += len(html)
            yield html
    if len(joined) > limits.OUTPUTS_PER_CELL:
        left = len(joined) - limits.OUTPUTS_PER_CELL
        yield f'<p class="notice">{left:,} more outputs of this cell are left out.</p>'


def _output(part: Part, output: dict[str, Any], cell: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        part.searchable(*terminal_excerpts(output["text"]))
        return printed(output["text"], f"stream {output['name']}")
    if output["output_type"] == "error":
        part.gleaner.output(error_words(output))
        return error_html(output)
    try:
        with part.patience.piece():
            return show(Output(part, output, cell))
    except (TooSlow, RecursionError):
        part.notice("An output is too intricate to be shown; the source has it.")
        return '<p class="notice">This output is too intricate to be shown.</p>'


def _with_boxes(outputs: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A box and the script that fills it are two outputs, of Bokeh and of whoever writes both by hand; one is
    nothing without the other."""
    box: dict[str, Any] | None = None
    for output in outputs:
        data = output.get("data", {})
        if box and _fills(data, box["data"]["text/html"]):
            yield {**output, "data": {**box["data"], **data, bokeh.RUN: ""}}
            box = None
            continue
        if box:
            yield box
        box = output if _is_box(data) else None
        if not box:
            yield output
    if box:
        yield box


def _is_box(data: dict[str, Any]) -> bool:
    html = data.get("text/html")
    if not isinstance(html, str) or len(html) > _LONGEST_BOX or bokeh.RUN in data:
        return False
    return bokeh.is_box(html) or (bool(_BOX_ID.search(html)) and not _MORE_THAN_A_BOX.search(html))


def _fills(data: dict[str, Any], box: str) -> bool:
    """Whether an output is the script for a box: Bokeh's, or one that names it."""
    if bokeh.RUN in data:
        return True
    code = data.get("application/javascript")
    if not isinstance(code, str) or "text/html" in data:
        return False
    return any(
        f"#{name}" in code or f'"{name}"' in code or f"'{name}'" in code for name in _BOX_ID.findall(box)
    )


def _joined(outputs: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Neighbouring pieces of one stream as one."""
    previous: dict[str, Any] | None = None
    pieces: list[str] = []
    for output in outputs:
        if output["output_type"] == "stream" and previous and previous.get("name") == output["name"]:
            pieces.append(output["text"])
            continue
        if previous:
            yield _with_pieces(previous, pieces)
        previous, pieces = output, [output["text"]] if output["output_type"] == "stream" else []
    if previous:
        yield _with_pieces(previous, pieces)


def _with_pieces(output: dict[str, Any], pieces: list[str]) -> dict[str, Any]:
    return {**output, "text": "".join(pieces)} if len(pieces) > 1 else output
