"""Cells of a notebook, prepared for the template: what is shown of each, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from knowledge.rendering import limits
from knowledge.rendering.highlight import code_language, display_name, highlighted
from knowledge.rendering.narrative import cell_html
from knowledge.rendering.output import Output
from knowledge.rendering.outputs import show
from knowledge.rendering.part import Part
from knowledge.rendering.patience import TooSlow
from knowledge.rendering.terminal import terminal_html, terminal_text

_BOKEH_RUN = "application/vnd.bokehjs_exec.v0+json"
_BOKEH_BOX = "data-root-id="
_REMOVE_CELL = {"remove_cell", "remove-cell"}
_REMOVE_INPUT = {"remove_input", "remove-input", "hide_input", "hide-input"}
_REMOVE_OUTPUT = {"remove_output", "remove-output"}
_HIDE_OUTPUT = {"hide_output", "hide-output"}
_HIDE_CELL = {"hide_cell", "hide-cell"}


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell of narrative; `html` is clean."""

    id: str
    html: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell of code: `code` is highlighted markup ("" if removed), `outputs` the markup of each output."""

    id: str
    number: int
    language: str
    lines: int
    code: str
    outputs: list[str]
    folded: bool
    kind: str = "code"


def shown_cells(part: Part, cells: list[dict[str, Any]], language: str) -> Iterator[TextCell | CodeCell]:
    """The cells that have something to show, one at a time."""
    if len(cells) > limits.CELLS:
        part.notice(f"Only the first {limits.CELLS:,} of {len(cells):,} cells are shown.")
    for cell in cells[: limits.CELLS]:
        if part.size > limits.PAGE:
            part.notice("The document is very long: its end is left out here, the source has it.")
            return
        shown = _shown(part, cell, language)
        if shown:
            yield shown


def _shown(part: Part, cell: dict[str, Any], language: str) -> TextCell | CodeCell | None:
    tags = cell["metadata"].get("tags")
    marks = {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()
    if marks & _REMOVE_CELL:
        return None
    if cell["cell_type"] == "code":
        return _code_cell(part, cell, language, marks)
    html = cell_html(part, cell)
    if not html:
        return None
    part.size += len(html)
    return TextCell(cell["id"], html)


def _code_cell(part: Part, cell: dict[str, Any], language: str, marks: set[str]) -> CodeCell | None:
    jupyter = cell["metadata"].get("jupyter")
    hidden = isinstance(jupyter, dict) and jupyter.get("outputs_hidden") is True
    source = "" if marks & _REMOVE_INPUT else cell["source"].strip("\n")
    outputs = [] if marks & _REMOVE_OUTPUT else list(_outputs(part, cell))
    if not source.strip() and not outputs:
        return None
    own = code_language(source, language)
    code = _code(part, source, own) if source.strip() else ""
    part.size += len(code)
    return CodeCell(
        id=cell["id"],
        number=cell["number"],
        language=display_name(own),
        lines=source.count("\n") + 1,
        code=code,
        outputs=outputs,
        folded=bool(hidden or marks & (_HIDE_OUTPUT | _HIDE_CELL)),
    )


def _code(part: Part, source: str, language: str) -> str:
    """Highlighted code, or plain where a lexer can't get through it."""
    try:
        with part.patience.piece():
            return highlighted(source, language)
    except TooSlow:
        return highlighted(source, "")


def _outputs(part: Part, cell: dict[str, Any]) -> Iterator[str]:
    joined = list(_with_boxes(_joined(cell["outputs"])))
    for output in joined[: limits.OUTPUTS_PER_CELL]:
        if part.size > limits.PAGE:
            return
        if html := _output(part, output, cell):
            part.size += len(html)
            yield html
    if len(joined) > limits.OUTPUTS_PER_CELL:
        left = len(joined) - limits.OUTPUTS_PER_CELL
        yield f'<p class="notice">{left:,} more outputs of this cell are left out.</p>'


def _output(part: Part, output: dict[str, Any], cell: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        part.searchable(terminal_text(output["text"][:2_000]))
        text = terminal_html(output["text"])
        return f'<pre class="stream {output["name"]}">{text}</pre>' if text.strip() else ""
    if output["output_type"] == "error":
        return _error(output)
    try:
        with part.patience.piece():
            return show(Output(part, output, cell))
    except (TooSlow, RecursionError):
        part.notice("An output is too intricate to be shown; the source has it.")
        return '<p class="notice">This output is too intricate to be shown.</p>'


def _error(output: dict[str, Any]) -> str:
    """A traceback, folded under its last line."""
    name, value = terminal_text(output["ename"]), terminal_text(output["evalue"])
    said = f"{name}: {value}" if value else name
    summary = escape((said.splitlines() or [""])[0][:300] or "Error", quote=False)
    trace = terminal_html("\n".join(output["traceback"]) or said)
    return f'<details class="error"><summary>{summary}</summary><pre>{trace}</pre></details>'


def _with_boxes(outputs: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Bokeh writes a box and the script that fills it as two outputs; one is nothing without the other."""
    box: dict[str, Any] | None = None
    for output in outputs:
        data = output.get("data", {})
        if box and _BOKEH_RUN in data:
            output = {**output, "data": {**box["data"], **data}}
        elif box:
            yield box
        html = data.get("text/html")
        is_box = isinstance(html, str) and _BOKEH_BOX in html and _BOKEH_RUN not in data
        box = output if is_box else None
        if not is_box:
            yield output
    if box:
        yield box


def _joined(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
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
