"""Side by side with nbconvert: whatever its HTML says in a cell, ours says in that cell.

Where it is meant otherwise, `ELSEWHERE` says why; docs/corpus.md repeats the reasons.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeAlias

import nbformat
import pytest
from nbconvert import HTMLExporter

from knowledge.documents import Notebook, read_document
from knowledge.rendering import limits, render
from knowledge.rendering.result import Rendering
from tests.knowledge.notebooks import code, display, notebook, stream, text

# nbconvert and nbformat warn of whatever they put right.
pytestmark = pytest.mark.filterwarnings("ignore")

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
# One in so many is compared: WHOLE_CORPUS=1 compares each, which takes a minute and more.
EVERY = 1 if os.environ.get("WHOLE_CORPUS") else 3
_WORD = re.compile(r"\w+")
_UNREAD = {"script", "style", "template", "title"}
_VOID = {"br", "hr", "img", "input", "wbr", "col", "link", "meta", "source", "area", "embed", "track", "base"}
_IN_LINE_NAMES = """
    a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup tt u var
"""
_IN_LINE = {*_IN_LINE_NAMES.split()}
_PROMPTS = frozenset({"jp-InputPrompt", "jp-OutputPrompt"})
_CELL = re.compile(r"cell-[\w-]+")
_OUTPUT = re.compile(r"almanac-output:(\d+)")


class Words(HTMLParser):
    """The words that markup shows, as one count, or by the cell of ours that they stand in."""

    def __init__(self, *, skipped: frozenset[str] = frozenset()) -> None:
        super().__init__(convert_charrefs=True)
        self.skipped = skipped
        self.open: list[tuple[str, bool]] = []
        self.cell = ""
        self.pieces: dict[str, list[str]] = {}
        self.frames: dict[str, list[int]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = (given.get("class") or "").split()
        if "cell" in names and _CELL.fullmatch(given.get("id") or ""):
            self.cell = given["id"] or ""
        if tag == "iframe" and (number := _OUTPUT.fullmatch(given.get("src") or "")):
            self.frames.setdefault(self.cell, []).append(int(number[1]))
        if tag not in _IN_LINE:
            self.handle_data(" ")
        if tag not in _VOID:
            self.open.append((tag, tag in _UNREAD or bool(self.skipped & {*names})))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass
        if tag not in _IN_LINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if not any(unread for _, unread in self.open):
            self.pieces.setdefault(self.cell, []).append(data)


def read(html: str, *, skipped: frozenset[str] = frozenset()) -> Words:
    reader = Words(skipped=skipped)
    reader.feed(html)
    reader.close()
    return reader


def words_in(pieces: list[str]) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall("".join(pieces)))


def ours(rendering: Rendering) -> dict[str, Counter[str]]:
    """The words of each cell by its id: text, code, outputs, and what its output documents say."""
    page = read("".join(rendering.parts))
    shown = {cell: words_in(pieces) for cell, pieces in page.pieces.items()}
    for cell, numbers in page.frames.items():
        for number in numbers:
            document = read(rendering.outputs[number].data.decode())
            shown.setdefault(cell, Counter()).update(words_in(document.pieces.get("", [])))
    return shown


def theirs(exporter: HTMLExporter, notebook: Any, cell: Any) -> Counter[str]:
    """The words that nbconvert shows of one cell, its prompts aside."""
    alone = nbformat.from_dict({**notebook, "cells": [cell]})
    html, _ = exporter.from_notebook_node(alone)
    return words_in(read(html, skipped=_PROMPTS).pieces.get("", []))


def outputs_of(cell: Any) -> list[Any]:
    return list(cell.get("outputs", []))


def skipped(cell: Any) -> bool:
    """Slides of the kind "skip", and what its tags remove: the author doesn't want it read."""
    tags = set(cell.metadata.get("tags", []))
    slide = cell.metadata.get("slideshow", {}).get("slide_type")
    return slide == "skip" or bool(tags & {"remove_cell", "remove-cell", "remove_input", "remove-input"})


def rewritten(cell: Any) -> bool:
    """A terminal's cursor moved: progress bars show their last state."""
    return any(re.search(r"[\r\b]|\x1b\[\d*[A-K]", output.get("text", "")) for output in outputs_of(cell))


def only_loads(cell: Any) -> bool:
    """Outputs that make a library known to a notebook's page; each frame brings its own."""
    return any("BokehJS" in str(output.get("data", {}).get("text/html", "")) for output in outputs_of(cell))


def too_long(cell: Any) -> bool:
    """Beyond limits.TERMINAL the page shows the beginning and the end, and says so."""
    texts = ["".join(output.get("traceback", [])) + output.get("text", "") for output in outputs_of(cell)]
    return any(len(text) > limits.TERMINAL for text in texts)


def numbered_formula(cell: Any) -> bool:
    r"""`\label` and `eqnarray` are written as KaTeX knows them, and references as their numbers."""
    return bool(re.search(r"\\label|\\begin\{eqnarray", cell.source))


def directive(cell: Any) -> bool:
    """MyST's fences such as ```{tip} become boxes, and what is in them text instead of code."""
    return bool(re.search(r"^\s*(`{3,}|:{3,})\{", cell.source, re.MULTILINE))


def film_or_sound(cell: Any) -> bool:
    """What an element says to browsers that can't play it; ours has a link to the file instead."""
    return cell.cell_type == "markdown" and bool(re.search("<(audio|video)", cell.source))


def map_of_its_own(cell: Any) -> bool:
    """nbconvert shows the name of the Python object where ours draws the map."""
    return any("application/geo+json" in output.get("data", {}) for output in outputs_of(cell))


# Words of theirs that ours may lack in a cell of that kind; the whole cell is let off, so these are narrow.
Reason: TypeAlias = Callable[[Any], bool]
ELSEWHERE: list[Reason] = [
    skipped,
    rewritten,
    only_loads,
    too_long,
    numbered_formula,
    directive,
    film_or_sound,
    map_of_its_own,
]


def missing_from(path: Path, exporter: HTMLExporter, reasons: Sequence[Reason] = ELSEWHERE) -> Iterator[str]:
    """Each cell of which nbconvert says more, and what."""
    source = path.read_bytes()
    notebook = nbformat.reads(source.decode("utf-8-sig"), as_version=4)
    notebook["metadata"].pop("widgets", None)
    document, shown = read_document(path.name, source), ours(render(path.name, source))
    assert isinstance(document.content, Notebook)
    title = words_in([document.title])
    for cell in document.content.cells:
        original = notebook.cells[cell["number"] - 1]
        if any(reason(original) for reason in reasons):
            continue
        missing = theirs(exporter, notebook, original) - shown.get(f"cell-{cell['id']}", Counter()) - title
        del missing["displaystyle"]  # a formula of its own line is in that style anyway
        if missing:
            yield f"{path.name}, cell {cell['number']}: {' '.join(list(missing)[:12])}"


def exporter() -> HTMLExporter:
    """nbconvert's own markup of cells, without the page around them."""
    return HTMLExporter(template_name="lab", template_file="base.html.j2")


def test_nothing_that_nbconvert_shows_of_the_fixtures_is_missing(tmp_path: Path) -> None:
    table = "<table><tr><td>north</td><td>3</td></tr></table>"
    drawing = "<svg><text>drawn</text></svg><script>1</script>"
    fault = {
        "output_type": "error",
        "ename": "ZeroDivisionError",
        "evalue": "oh",
        "traceback": ["line 1", "oh"],
    }
    fixture = notebook(
        text("# Title\n\nWords with **weight** and $x^2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        code("print('hello')", stream("hello\n"), stream("careful", "stderr")),
        code("table", display(text_html=table, text_plain="north 3")),
        code("plot", display(text_html=drawing, text_plain="<Plot>")),
        code("1/0", fault),
    )
    path = tmp_path / "fixture.ipynb"
    path.write_bytes(fixture)
    assert list(missing_from(path, exporter())) == []


def test_a_word_that_is_missing_is_found(tmp_path: Path) -> None:
    """The comparison itself: a cell that only one of the two shows is told, by its number."""
    path = tmp_path / "fixture.ipynb"
    path.write_bytes(notebook(text("# Title"), code("gone", slideshow={"slide_type": "skip"})))
    assert list(missing_from(path, exporter(), reasons=[])) == ["fixture.ipynb, cell 2: gone"]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this checkout")
def test_nothing_that_nbconvert_shows_of_the_corpus_is_missing() -> None:
    compared, missing = 0, list[str]()
    real = [path for path in sorted(CORPUS.rglob("*.ipynb")) if "derived" not in path.parts]
    for path in filter(_both_read, real[::EVERY]):
        compared += 1
        missing += missing_from(path, exporter())
    assert compared > 130 / EVERY
    assert not missing, "\n".join(missing)


def _both_read(path: Path) -> bool:
    """nbconvert refuses some that ours reads (what its schema doesn't allow); none the other way round."""
    try:
        source = path.read_bytes()
        notebook = nbformat.reads(source.decode("utf-8-sig"), as_version=4)
        exporter().from_notebook_node(nbformat.from_dict({**notebook, "cells": notebook.cells[:1]}))
    except Exception:  # noqa: BLE001 (it raises whatever it trips over)
        return False
    return True
