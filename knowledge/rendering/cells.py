"""Cells of a notebook, prepared for the template: what is shown of each, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from knowledge.rendering import limits
from knowledge.rendering.fragments import finished, with_anchors, words
from knowledge.rendering.highlight import code_language, display_name, highlighted
from knowledge.rendering.markdown import cell_markup
from knowledge.rendering.outputs import Output, show
from knowledge.rendering.page import Page
from knowledge.rendering.terminal import shortened, terminal_html, terminal_text

_BOKEH_RUN = "application/vnd.bokehjs_exec.v0+json"
_REMOVE_CELL = {"remove_cell", "remove-cell"}
_REMOVE_INPUT = {"remove_input", "remove-input", "hide_input", "hide-input"}
_REMOVE_OUTPUT = {"remove_output", "remove-output"}
_HIDE_OUTPUT = {"hide_output", "hide-output"}
_HIDE_CELL = {"hide_cell", "hide-cell"}
_RAW_MARKUP = {"text/html", "text/markdown"}


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


def shown_cells(page: Page, cells: list[dict[str, Any]], language: str) -> Iterator[TextCell | CodeCell]:
    """The cells that have something to show, one at a time."""
    if len(cells) > limits.CELLS:
        page.notice(f"Only the first {limits.CELLS:,} of {len(cells):,} cells are shown.")
    for cell in cells[: limits.CELLS]:
        if page.size > limits.PAGE:
            page.notice("The document is very long: its end is left out here, the source has it.")
            return
        shown = _shown(page, cell, language)
        if shown:
            yield shown


def _shown(page: Page, cell: dict[str, Any], language: str) -> TextCell | CodeCell | None:
    tags = cell["metadata"].get("tags")
    marks = {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()
    if marks & _REMOVE_CELL:
        return None
    if cell["cell_type"] == "code":
        return _code_cell(page, cell, language, marks)
    html = _narrative(page, cell)
    if not html.strip():
        return None
    page.size += len(html)
    return TextCell(cell["id"], html)


def _narrative(page: Page, cell: dict[str, Any]) -> str:
    source = cell["source"]
    if cell["cell_type"] == "raw" and _raw_kind(cell) not in _RAW_MARKUP:
        return _raw_text(cell)
    html = source if _raw_kind(cell) == "text/html" else markup(page, source)
    html = with_anchors(page, finished(page, html, cell.get("attachments")))
    page.prose.append(words(html))
    return html


def _raw_kind(cell: dict[str, Any]) -> str:
    if cell["cell_type"] != "raw":
        return "text/markdown"
    metadata = cell["metadata"]
    kind = metadata.get("raw_mimetype") or metadata.get("format")
    return kind.lower() if isinstance(kind, str) else ""


def _raw_text(cell: dict[str, Any]) -> str:
    """Raw text for no format in particular is shown as it is; for LaTeX and others it is left out."""
    if _raw_kind(cell) or not cell["source"].strip():
        return ""
    return f'<pre class="result">{escape(shortened(cell["source"]), quote=False)}</pre>'


def markup(page: Page, source: str) -> str:
    """A Markdown cell as markup that is yet to be cleaned; its source where a parser can't follow it."""
    if len(source) > limits.MARKDOWN:
        page.notice("A very long text is cut short; the source has all of it.")
    try:
        return cell_markup(source)
    except RecursionError:
        page.notice("A text nests too deeply to be read as Markdown; it is shown as it was written.")
        return f"<pre>{escape(source[: limits.TERMINAL], quote=False)}</pre>"


def _code_cell(page: Page, cell: dict[str, Any], language: str, marks: set[str]) -> CodeCell | None:
    jupyter = cell["metadata"].get("jupyter")
    hidden = isinstance(jupyter, dict) and jupyter.get("outputs_hidden") is True
    source = "" if marks & _REMOVE_INPUT else cell["source"].strip("\n")
    outputs = [] if marks & _REMOVE_OUTPUT else list(_outputs(page, cell))
    if not source.strip() and not outputs:
        return None
    own = code_language(source, language)
    code = highlighted(source, own) if source.strip() else ""
    page.size += len(code) + sum(map(len, outputs))
    return CodeCell(
        id=cell["id"],
        number=cell["number"],
        language=display_name(own),
        lines=source.count("\n") + 1,
        code=code,
        outputs=outputs,
        folded=bool(hidden or marks & (_HIDE_OUTPUT | _HIDE_CELL)),
    )


def _outputs(page: Page, cell: dict[str, Any]) -> Iterator[str]:
    joined = list(_joined(cell["outputs"]))
    for output in joined[: limits.OUTPUTS_PER_CELL]:
        html = _output(page, output, cell)
        if html:
            yield html
    if len(joined) > limits.OUTPUTS_PER_CELL:
        left = len(joined) - limits.OUTPUTS_PER_CELL
        yield f'<p class="notice">{left:,} more outputs of this cell are left out.</p>'


def _output(page: Page, output: dict[str, Any], cell: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        page.searchable(terminal_text(output["text"][:2_000]))
        text = terminal_html(output["text"])
        return f'<pre class="stream {output["name"]}">{text}</pre>' if text.strip() else ""
    if output["output_type"] == "error":
        return _error(output)
    return show(Output(page, output, cell))


def _error(output: dict[str, Any]) -> str:
    """A traceback, folded under its last line."""
    name, value = terminal_text(output["ename"]), terminal_text(output["evalue"])
    said = f"{name}: {value}" if value else name
    summary = escape((said.splitlines() or [""])[0][:300] or "Error", quote=False)
    trace = terminal_html("\n".join(output["traceback"]) or said)
    return f'<details class="error"><summary>{summary}</summary><pre>{trace}</pre></details>'


def _joined(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Neighbouring pieces of one stream as one, and Bokeh's box together with the script that fills it."""
    previous: dict[str, Any] | None = None
    pieces: list[str] = []
    for output in outputs:
        if output["output_type"] == "stream" and previous and previous.get("name") == output["name"]:
            pieces.append(output["text"])
            continue
        if previous:
            yield _with_pieces(previous, pieces)
        previous, pieces = output, [output["text"]] if output["output_type"] == "stream" else []
        if _BOKEH_RUN in output.get("data", {}):
            previous = output
    if previous:
        yield _with_pieces(previous, pieces)


def _with_pieces(output: dict[str, Any], pieces: list[str]) -> dict[str, Any]:
    return {**output, "text": "".join(pieces)} if len(pieces) > 1 else output
