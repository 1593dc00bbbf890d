"""R Markdown and Quarto: text and chunks."""

import time

import pytest

from knowledge.documents import Notebook, read_document, read_head
from knowledge.rendering import render


def cells(text: str, path: str = "a.qmd"):
    content = read_document(path, text.encode()).content
    assert isinstance(content, Notebook)
    return content.cells


def text_of(text: str) -> str:
    (cell,) = cells(text)
    assert cell["cell_type"] == "markdown"
    return str(cell["source"])


def chunk(options: str, body: str = "x <- 1"):
    (cell,) = cells(f"```{{{options}}}\n{body}\n```\n")
    return cell


def test_chunks_are_cells_of_code_and_the_rest_is_text():
    found = cells("# Title\n\n```{r}\nx <- 1\n```\n\nThen\n\n```{python}\ny = 2\n```\n")
    assert [(cell["cell_type"], cell["source"]) for cell in found] == [
        ("markdown", "# Title"),
        ("code", "x <- 1"),
        ("markdown", "Then"),
        ("code", "y = 2"),
    ]
    assert [cell["metadata"].get("language") for cell in found] == [None, "r", None, "python"]


def test_the_language_of_the_document_is_that_of_its_first_chunk():
    assert read_document("a.qmd", b"```{julia}\n1\n```").language == "julia"
    assert read_document("a.Rmd", b"---\noutput: html_document\n---\nText").language == "r"
    assert read_document("a.qmd", b"Text").language == ""


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("r cars", "cars"),
        ("r, cars, echo=TRUE", "cars"),
        ('r label="a plot.1"', "a-plot-1"),
        ("r fig.cap='a, (b', echo=TRUE", None),
    ],
)
def test_a_named_chunk_is_a_cell_of_that_id(options, name):
    found = chunk(options)["id"]
    assert found == name if name else found.startswith("n")


@pytest.mark.parametrize(
    ("options", "body", "tags"),
    [
        ("r", "x", []),
        ("r, echo=FALSE", "x", ["hide_input"]),
        ("r a, echo = F, eval=TRUE", "x", ["hide_input"]),
        ("r setup, include=FALSE", "x", ["remove_cell"]),
        ("python", "#| echo: false\n#| label: fig-a\nx", ["hide_input"]),
        ("ojs", "//| echo: false\nx", ["hide_input"]),
        ("sql", "--| include: false\nx", ["remove_cell"]),
        ("r eval=FALSE", "x", []),
        ("r fig.cap='echo=FALSE, include=FALSE'", "x", []),
    ],
)
def test_what_its_options_leave_out_is_left_out(options, body, tags):
    found = chunk(options, body)
    assert (found["metadata"]["tags"], found["source"]) == (tags, "x")


def test_plain_fences_stay_text_whatever_is_in_them():
    text = "````\n```{r}\nx\n```\n````"
    assert text_of(text) == text
    assert text_of('```{.python filename="a.py"}\nx\n```') == "```python\nx\n```"


def test_a_chunk_within_a_list_stays_in_the_list():
    assert text_of("- one\n\n    ```{r}\n    x\n    ```\n\n- two") == (
        "- one\n\n    ```r\n    x\n    ```\n\n- two"
    )


def test_a_chunk_that_nothing_closes_is_text():
    assert text_of("```{r}\nx <- 1") == "```{r}\nx <- 1"


def test_diagrams_and_markup_are_text_not_code():
    assert text_of("```{mermaid}\ngraph LR\n```") == "```mermaid\ngraph LR\n```"
    assert text_of("```{=html}\n<b>x</b>\n```") == "<b>x</b>"


def test_callouts_become_alerts():
    assert text_of('::: {.callout-tip title="Do"}\nThis.\n\n- and\n:::\n\nAfter') == (
        "> [!TIP]\n> **Do**\n>\n> This.\n> \n> - and\n\n\nAfter"
    )
    assert "> **Mind**" in text_of("::: {.callout-warning}\n## Mind\nThis.\n:::")


def test_other_divs_leave_what_is_in_them():
    assert text_of("::: {.panel-tabset}\n## One\ntext\n:::").strip() == "## One\ntext"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("![Sales](a.png){width=50% #fig-a}", "![Sales](a.png)"),
        ("[small]{.smallcaps} words", "small words"),
        ("## Results {.unnumbered}", "## Results"),
        ("## Results {#sec-r}", '## <a id="sec-r"></a>Results'),
        ("{{< video https://a.example/v >}}", "[video: https://a.example/v](https://a.example/v)"),
        ("{{< include _part.qmd >}}", "[_part.qmd](<_part.qmd>)"),
        ("a{{< pagebreak >}}b", "ab"),
        ("{{< meta title >}}", "`{{< meta title >}}`"),
        ("as @knuth84 says, me@here.example", "as @knuth84 says, me@here.example"),
        ("`code {.x}` and `r nrow(x)`", "`code {.x}` and `r nrow(x)`"),
    ],
)
def test_what_only_pandoc_knows_reads_well(written, read):
    assert text_of(written) == read


def test_cross_references_are_numbered_in_the_order_of_what_they_lead_to():
    text = "See @fig-b, [@fig-a], @sec-end and @tbl-none.\n\n```{r}\n#| label: fig-a\nx\n```\n"
    text += "\n![B](b.png){#fig-b}\n\n## The *end* {#sec-end}\n"
    assert cells(text)[0]["source"] == "See Figure 2, Figure 1, [The end](#sec-end) and @tbl-none."


def test_equations_keep_their_labels_for_the_renderer_to_number():
    text = "See @eq-one and [@eq-none].\n\n$$ x $$ {#eq-one}"
    assert text_of(text) == "See Equation @eq-one and [@eq-none].\n\n$$ x $$ {#eq-one}"
    html = render("a.qmd", text.encode()).html
    assert r'id="eq-eq-one">\[ x \tag{1}\]' in html
    assert 'See Equation <a href="#eq-eq-one">(1)</a>' in html


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ('"`r Sys.Date()`"', None),
        ("today", None),
        ("last-modified", None),
        ("2026-10-06", "2026-10-06"),
        ("'June 29, 2016'", "2016-06-29"),
        ("29 June 2016", "2016-06-29"),
        ("2016/06/29", "2016-06-29"),
    ],
)
def test_dates_are_read_as_people_write_them_and_computed_ones_are_none(date, day):
    document = read_document("a.Rmd", f"---\ntitle: T\ndate: {date}\n---\n".encode())
    found = document.header.created_at
    assert (found.date().isoformat() if found else None) == day
    assert document.faults == ()


def test_ingest_learns_the_same_as_rendering():
    source = b"---\nauthor: Jo\n---\n\n```{r}\n# no title\n```\n\n# Title\n"
    document, head = read_document("a.Rmd", source), read_head("a.Rmd", source)
    assert (head.header, head.title, head.faults) == (document.header, "Title", document.faults)


@pytest.mark.parametrize(
    "piece",
    ["```{r}\n", "~~~~\n```\n", "[", "{{<", "::: {.callout-note}\n", "@fig-a", "# a {", "`" * 50 + "\n"],
)
def test_reading_takes_linear_time(piece):
    started = time.process_time()
    read_document("a.qmd", (piece * (300_000 // len(piece))).encode())
    assert time.process_time() - started < 2
