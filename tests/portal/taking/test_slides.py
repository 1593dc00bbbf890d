"""How cells become slides."""

import re

import pytest

from portal.taking.slides import sections


def shape(*cells):
    """Slides as "a|b" beside each other, "a/b" below each other; {fragments}, (notes)."""
    html = "".join(sections(cells))
    assert html.count("<section>") == html.count("</section>")
    assert html.count("<div") == html.count("</div>")
    for markup, sign in (
        ("</div></section></section><section><section>", "|"),
        ("</div></section><section>", "/"),
        ('<div class="fragment">', "{"),
        ('<aside class="notes">', "("),
        ("</aside>", ")"),
    ):
        html = html.replace(markup, sign)
    html = re.sub("</?section>|" + re.escape('<div class="fit prose">'), "", html)
    return html.removesuffix("</div>").replace("</div>", "}")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([], ""),
        ([("slide", "a"), ("slide", "b")], "a|b"),
        ([("slide", "a"), ("", "b"), ("subslide", "c"), ("slide", "d")], "ab/c|d"),
        ([("", "a"), ("", "b"), ("slide", "c")], "ab|c"),
        ([("subslide", "a"), ("subslide", "b")], "a/b"),
        ([("slide", "a"), ("fragment", "b"), ("", "c"), ("fragment", "d"), ("slide", "e")], "a{bc}{d}|e"),
        ([("fragment", "a"), ("notes", "b"), ("", "c")], "{a}(b)c"),
        ([("slide", "a"), ("fragment", "b")], "a{b}"),
        ([("notes", "a")], "(a)"),
    ],
)
def test_cells_begin_slides_as_they_say_and_go_on_with_the_last(cells, expected):
    assert shape(*cells) == expected
