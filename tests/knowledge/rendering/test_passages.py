"""What can be found and quoted of a document: plain, bounded, and with the place that it stands at."""

import re
import shutil
import time

import pytest

from knowledge.rendering import Passage, limits, render
from knowledge.rendering.cache import CellCache
from tests.knowledge.documents.files import docx, heading, paragraph, pdf
from tests.knowledge.notebooks import code, display, notebook, png64, raw, stream, text

FENCE = "```"


def passages(source: bytes | str, path: str = "post.md") -> list[tuple[str, str, str]]:
    rendering = render(path, source.encode() if isinstance(source, str) else source)
    anchors = {"", *re.findall(r' id="([^"]+)"', rendering.html)}
    assert {passage.anchor for passage in rendering.passages} <= anchors
    return [(kind, anchor, words) for kind, anchor, words in rendering.passages]


def of_cells(*cells: dict[str, object]) -> list[tuple[str, str, str]]:
    return passages(notebook(*cells), "post.ipynb")


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("One *two* `three`\nfour.\n\nFive", ["One two three four.", "Five"]),
        ("- a\n- b\n    - c\n\nAfter", ["a b c", "After"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["a b 1 2"]),
        ("> said <b>she</b>", ["said she"]),
        ("[words](https://x.example/?a=b) ![alt](a.png)", ["words"]),
        ("With $p < 0.05$ and $\\alpha_1 \\le R^2$", ["With p < 0.05 and α₁ ≤ R²"]),
        ("The $\\frac{a}{b}$ of it\n\n$$\\sum_i x_i$$", ["The … of it"]),
        ("Fish &amp; chips &lt;b&gt;", ["Fish & chips <b>"]),
        ("Noted[^1]\n\n[^1]: Where", ["Noted", "Where"]),
        ("![x](attachment:gone.png) Left", ["Left"]),
        ("Left ![](https://x.example/a.png) right", ["Left right"]),
        ("---\n\n$$x$$\n\n<br>", []),
    ],
)
def test_narrative_is_plain_a_passage_for_each_block(markdown, found):
    assert [words for _, _, words in passages(markdown)] == found


def test_a_text_stands_under_the_heading_before_it_and_a_heading_at_itself():
    assert passages(
        f"Before\n\n## One *more* $x$\n\nUnder\n\n{FENCE}python\nif a < 1:\n    b\n{FENCE}\n"
    ) == [
        ("narrative", "", "Before"),
        ("heading", "h-one-more-x", "One more x"),
        ("narrative", "h-one-more-x", "Under"),
        ("code", "h-one-more-x", "if a < 1:\n    b"),
    ]


def test_the_title_is_no_passage_and_what_follows_it_stands_at_the_top():
    assert passages("---\ntitle: Why\n---\n# Why\n\nBecause") == [("narrative", "", "Because")]


def test_passages_of_a_notebook_lead_to_its_cells():
    assert of_cells(
        text("---\ntitle: T\n---"),
        text("## Part\n\nOne\n\n- two", id="first"),
        code("x = 1\nprint(x)\n", stream("1\n")) | {"id": "second"},
        raw("Raw words", id="third"),
    ) == [
        ("heading", "h-part", "Part"),
        ("narrative", "cell-first", "One"),
        ("narrative", "cell-first", "two"),
        ("code", "cell-second", "x = 1\nprint(x)"),
        ("output", "cell-second", "1"),
        ("narrative", "cell-third", "Raw words"),
    ]


ERROR = {
    "output_type": "error",
    "ename": "KeyError",
    "evalue": "'fare'",
    "traceback": ["\x1b[31mlong\x1b[0m"],
}
TABLE = "<table><tr><th>city</th><th>n</th></tr><tr><td>Rome &amp; co</td><td>3</td></tr></table>"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (stream("\x1b[1mbold\x1b[0m\n10%\r100%"), "bold\n100%"),
        (display(text_plain="42.5"), "42.5"),
        (display(text_html=TABLE, text_plain="x"), "city n\nRome & co 3"),
        (display(text_html=f"<style>td {{color: red}}</style>{TABLE}"), "city n Rome & co 3"),
        (ERROR, "KeyError: 'fare'"),
        (display(**{"text/markdown": "It **is** $x$"}), "It is x"),
        (display(text_plain="<Figure size 640x480 with 1 Axes>", image_png=png64()), None),
        (display(text_plain="[<matplotlib.lines.Line2D at 0x7f00>]"), None),
        (display(text_plain="b'" + "QUJD" * 100 + "'"), "b'…'"),
        (display(text_html="<script>draw()</script>", text_plain="Chart"), None),
    ],
)
def test_outputs_are_found_by_what_a_person_reads_in_them(output, said):
    found = [words for kind, _, words in of_cells(code("f()", output)) if kind == "output"]
    assert found == ([said] if said else [])


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["hide_input"], ["code", "output"]),
        (["remove_input"], ["code", "output"]),
        (["remove_output"], ["code"]),
        (["remove_cell"], ["code"]),
    ],
)
def test_code_that_is_hidden_is_found_and_outputs_that_are_removed_are_not(tags, found):
    said = of_cells(text("Why\n\n## H"), code("secret_sauce()", stream("out"), tags=tags))[2:]
    assert [kind for kind, _, _ in said] == found
    assert said[0][1] == ("h-h" if tags == ["remove_cell"] else said[-1][1])


def test_a_long_text_is_cut_between_sentences_or_words():
    sentences = " ".join(f"Sentence number {n} says little." for n in range(100))
    found = [words for _, _, words in passages(f"{sentences}\n\n{'word ' * 600}\n\n{'x' * 3_000}")]
    assert all(len(words) <= limits.PASSAGE for words in found)
    assert found[0].endswith("little.")
    assert found[1].startswith("Sentence")
    assert "".join(found).replace(" ", "") == f"{sentences}{'word ' * 600}{'x' * 3_000}".replace(" ", "")


def test_every_kind_has_its_limit():
    cells = [code("a = 1\n" * 12_000 + f"{n}", stream(f"{n} " * 4_000)) for n in range(20)]
    cells += [text(f"{n}\n\n{'word ' * 20_000}") for n in range(10)]
    said = of_cells(*cells)
    for kind, most in limits.PASSAGES.items():
        assert sum(len(words) for each, _, words in said if each == kind) <= most
    assert max(len(words) for kind, _, words in said if kind == "output") <= limits.OUTPUT_PASSAGE
    assert {kind for kind, _, _ in said} == {"code", "output", "narrative"}


PAGE = """<!doctype html><head><title>T</title><style>p {}</style></head><nav>Menu</nav><H1 id=x>One</H1>
<p>Words <b>and</b> mo<i>re</i> <span class="math inline">\\(\\alpha\\)</span><script>x</script>
<ul><li>a<li>b</ul>
<pre class="r"><code>f &lt;- 1
g()</code></pre>"""


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        (
            "a.html",
            PAGE.encode(),
            [
                ("heading", "", "One"),
                ("narrative", "", "Words and more α"),
                ("narrative", "", "a b"),
                ("code", "", "f <- 1\ng()"),
            ],
        ),
        ("a.pdf", pdf("Hello there"), [("narrative", "", "Hello there")]),
        (
            "a.docx",
            docx(heading("Findings") + paragraph("Churn fell.")),
            [("narrative", "", "Churn fell.")],
        ),
        (
            "a.Rmd",
            b"---\ntitle: T\n---\n# A\n\nText\n\n```{r setup, include=FALSE}\nlibrary(x)\n```\n",
            [("heading", "h-a", "A"), ("narrative", "*", "Text"), ("code", "h-a", "library(x)")],
        ),
        (
            "a.py",
            b"# ---\n# title: T\n# ---\n\n# %% [markdown]\n# Text\n\n# %%\nimport os\n",
            [("narrative", "*", "Text"), ("code", "*", "import os")],
        ),
    ],
)
def test_every_format_has_passages(path, source, found):
    said = passages(source, path)
    assert [(kind, words) for kind, _, words in said] == [(kind, words) for kind, _, words in found]
    for (_, anchor, _), (_, wanted, _) in zip(said, found, strict=True):
        assert anchor == wanted or (wanted == "*" and anchor.startswith("cell-"))


@pytest.mark.skipif(not shutil.which("pandoc"), reason="needs pandoc")
def test_org_has_passages():
    assert passages("* Findings\nChurn fell.\n* More\n- a\n- b\n", "a.org")[-2:] == [
        ("heading", "h-more", "More"),
        ("narrative", "h-more", "a b"),
    ]


def test_cells_from_the_cache_give_the_same_passages():
    cells = [text("Why\n\n## A\n\nOne"), code("x", stream("1")), text("## A\n\nTwo")]
    cache = CellCache()
    first = render("a.ipynb", notebook(*cells), cache=cache)
    again = render("a.ipynb", notebook(text("## A"), *cells), cache=cache)
    fresh = render("a.ipynb", notebook(text("## A"), *cells))
    assert again.passages == fresh.passages
    assert [words for _, _, words in first.passages] == ["Why", "A", "One", "x", "1", "A", "Two"]
    assert Passage("heading", "h-a-2", "A") in again.passages


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.html", "<nav" * 100_000),
        ("a.html", "<nav>" * 50_000 + "</nav>"),
        ("a.html", '<a "' * 100_000),
        ("a.html", "<pre>" * 100_000),
        ("a.html", '<span class="math">' * 50_000),
        ("a.md", "\x00&#0;&#xd800;&#xfdd0;\ufdd0heading:7\ufdd0 words"),
        ("a.md", "<ul><li>" * 200 + "deep"),
        ("a.md", "x" * 250_000),
    ],
)
def test_hostile_text_takes_no_time_and_leaves_no_mark(path, source):
    start = time.process_time()
    said = passages(source.encode(errors="surrogatepass"), path)
    assert time.process_time() - start < 3
    assert not any(re.search("[\x00\ud800-\udfff\ufdd0\ufdd1]", words) for _, _, words in said)
