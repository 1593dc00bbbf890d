"""Documents made to exhaust the renderer: shown in part, within seconds, and with a word about it."""

import time

import pytest

from knowledge.rendering import limits, patience, render
from knowledge.rendering.patience import Patience, TooSlow
from knowledge.rendering.sanitizer import TooNested, clean, make_cleaner
from tests.knowledge.notebooks import code, display, notebook, stream, text
from tests.knowledge.rendering.structure import faults_of

# It may ring in a callback of the collector, where Python can only report it; it rings again a second later.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """The same rules with shorter times, so that the tests take less of ours."""
    monkeypatch.setattr(patience, "PIECE", 0.3)
    monkeypatch.setattr(patience, "DOCUMENT", 1.0)


def shown_quickly(source: bytes, path: str = "a.ipynb", seconds: float = 6):
    start = time.process_time()
    rendering = render(path, source)
    assert time.process_time() - start < seconds
    assert faults_of(rendering.html) == []
    return rendering


@pytest.mark.parametrize("piece", ["\\begin{a}", "[a](b", "# a\n", "![", "<div>", "\\\\["])
def test_markdown_that_parsers_choke_on_is_shown_as_written(piece):
    rendering = shown_quickly(notebook(text(piece * 20_000)))
    assert rendering.html
    assert len(rendering.headings) <= limits.HEADINGS


@pytest.mark.parametrize("piece", ["[", "<![CDATA[", "- " * 200 + "\n", "> "])
def test_markdown_files_are_held_to_the_same(piece):
    assert shown_quickly((piece * 20_000).encode()[:200_000], "a.md").html


def test_many_slow_texts_share_one_allowance(monkeypatch):
    monkeypatch.setattr(patience, "PIECE", 2.0)
    slow = text("a [link](to/it) and *more* " * 2_000)
    assert shown_quickly(notebook(slow)).notices == ()
    rendering = shown_quickly(notebook(*[slow] * 40))
    assert "too intricate" in rendering.notices[0]


def test_patience_ends_a_piece_and_leaves_no_timer_behind():
    allowance = Patience()
    with pytest.raises(TooSlow), allowance.piece():
        _work(60)
    assert allowance.left < 1
    _work(0.6)


def _work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_nesting_beyond_a_limit_is_not_parsed():
    cleaner = make_cleaner(lambda url: url)
    with pytest.raises(TooNested):
        clean(cleaner, "<div>" * 100_000)
    with pytest.raises(TooNested):
        clean(cleaner, ("<b>" * 50_000) + "</b>" * 50_000)
    assert clean(cleaner, "<table>" + "<tr><td>1<td>2" * 5_000 + "</table>").count("<td>") == 10_000


def test_an_output_that_nests_too_deeply_is_said_to():
    rendering = shown_quickly(notebook(code("1", display(text_html="<div>" * 100_000))))
    assert "nests too deeply" in rendering.html


def test_a_table_too_large_to_clean_is_framed():
    table = "<table><tr>" + "<td>1</td>" * 200_000 + "</tr></table>"
    assert len(shown_quickly(notebook(code("1", display(text_html=table)))).outputs) == 1


@pytest.mark.parametrize(
    "html", ["<script>" * 200_000 + "plotly", "<style scoped>" * 100_000, "<iframe src=http://x " * 50_000]
)
def test_unclosed_elements_cost_no_more_than_their_length(html):
    rendering = shown_quickly(notebook(code("1", display(text_html=html))))
    assert len(rendering.html) < 1_000
    assert sum(len(output.data) for output in rendering.outputs) < len(html) + 50_000


def test_too_many_cells_and_outputs_are_counted_and_cut():
    many = shown_quickly(notebook(*[text("x")] * (limits.CELLS + 1)))
    assert many.notices == (f"Only the first {limits.CELLS:,} of {limits.CELLS + 1:,} cells are shown.",)
    pictures = [display(text_html=f"<b>{n}</b>") for n in range(limits.OUTPUTS_PER_CELL + 7)]
    assert "7 more outputs of this cell are left out" in shown_quickly(notebook(code("1", *pictures))).html


def test_a_page_that_grows_too_long_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(limits, "PAGE", 2_000_000)
    line = "\x1b[31mx\x1b[0m" * 12_000
    rendering = shown_quickly(notebook(*[code("1", stream(line))] * 40))
    assert len(rendering.html) < limits.PAGE * 1.2
    assert "very long" in rendering.notices[-1]


def test_a_document_ends_where_its_frames_become_too_many_and_says_so():
    frames = [
        code("1", display(text_html=f"<svg></svg><script>{n}</script>"))
        for n in range(limits.OUTPUT_DOCUMENTS + 1)
    ]
    rendering = shown_quickly(notebook(*frames))
    assert len(rendering.outputs) == limits.OUTPUT_DOCUMENTS
    assert "left out" in rendering.notices[0]
