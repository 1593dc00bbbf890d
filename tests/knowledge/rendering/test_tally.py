"""The table of what outputs became."""

from collections import Counter

from knowledge.rendering.tally import tally
from tests.knowledge.notebooks import code, display, notebook, png64, stream


def test_each_output_counts_under_the_types_that_it_offers() -> None:
    source = notebook(
        code(
            "1",
            stream("words"),
            display(image_png=png64(), text_plain="<Figure>"),
            display(text_html="<table><tr><td>1</td></tr></table>", text_plain="1"),
            display(text_html="<svg></svg><script>1</script>"),
            display(text_plain="42"),
            display(**{"application/x-unheard-of": {"a": 1}, "text/plain": "a thing"}),
            {"output_type": "error", "ename": "E", "evalue": "oh", "traceback": ["oh"]},
        )
    )
    assert tally("a.ipynb", source) == Counter(
        {
            ("stream", "text"): 1,
            ("image/png", "image"): 1,
            ("text/html", "table"): 1,
            ("text/html", "drawn in a frame"): 1,
            ("text/plain", "text"): 1,
            ("application/x-unheard-of", "a word on why not, and its text"): 1,
            ("error", "traceback under its last line"): 1,
        }
    )


def test_what_has_no_outputs_or_cannot_be_read_counts_for_nothing() -> None:
    assert tally("a.md", b"words") == Counter()
    assert tally("a.ipynb", b"{") == Counter()
