"""Markdown files to pages."""

import re
import time

import pytest

from knowledge.rendering import Rendering, render
from knowledge.rendering.fragments import OUTSIDE_IMAGES
from tests.knowledge.notebooks import notebook, png64, text
from tests.knowledge.rendering.structure import faults_of


def show(source: str) -> Rendering:
    rendering = render("post.md", source.encode())
    assert faults_of(rendering.html) == []
    return rendering


def show_cell(source: str) -> Rendering:
    rendering = render("post.ipynb", notebook(text(source)))
    assert faults_of(rendering.html) == []
    return rendering


both = pytest.mark.parametrize("shown", [show, show_cell], ids=["file", "cell"])


@both
def test_tables_scroll_in_their_box_and_align_as_written(shown):
    html = shown("Sales:\n\n| a | b |\n|---|--:|\n| x | 1,5 |\n").html
    assert '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert '<td align="right">1,5</td>' in html


@both
def test_fenced_code_has_the_colours_of_its_language(shown):
    html = shown("```python\nimport x\n```").html
    assert '<pre class="highlight"><code><span class="kn">import</span>' in html


@both
def test_task_lists_show_what_is_done(shown):
    html = shown("- [x] done\n- [ ] open\n").html
    assert '<span class="task">☑</span> done' in html
    assert '<span class="task">☐</span> open' in html


@both
def test_formulas_are_kept_whole_for_the_browser(shown):
    html = shown("Inline $a_1 < b_2$ and\n\n$$ x * y * z $$\n\nend").html
    assert r'<span class="math">\(a_1 &lt; b_2\)</span>' in html
    assert r'<div class="math">\[ x * y * z \]</div>' in html


@both
def test_the_contents_name_a_formula_without_its_marks(shown):
    rendering = shown("# One\n\n## Which $k$ to take\n")
    assert rendering.headings[-1].text == "Which k to take"
    assert r"\(k\)" in rendering.html


@both
def test_environments_that_the_browser_does_not_know_get_their_newer_name(shown):
    html = shown("\n\\begin{eqnarray}\na \\label{eq:1}\n\\end{eqnarray}\n").html
    assert r"\begin{align}" in html
    assert "label" not in html


@both
def test_an_environment_of_lines_is_a_block_between_single_dollars_too(shown):
    html = shown("\n$\\begin{align}\na & = b\n\\end{align}$\n").html
    assert r"\[\begin{align}" in html
    assert r"\end{align}\]" in html


@both
def test_images_from_other_sites_are_links_and_the_page_says_so(shown):
    rendering = shown(
        "![a chart](https://other.example/c.png) [![badge](http://b.example/x.svg)](https://b.example)"
    )
    assert '<a href="https://other.example/c.png" rel="noopener noreferrer">a chart</a>' in rendering.html
    assert '<a href="https://b.example" rel="noopener noreferrer">badge</a>' in rendering.html
    assert rendering.notices == (OUTSIDE_IMAGES,)


@both
def test_relative_addresses_lead_to_files_near_the_post(shown):
    html = shown("![plot](images/a%20b.png) [data](../data.csv#L3) [x](//other.example/y)").html
    assert '<img src="almanac-file:images/a%20b.png" alt="plot"' in html
    assert 'href="almanac-file:../data.csv#L3"' in html
    assert 'href="https://other.example/y"' in html


@both
def test_a_link_to_a_place_in_another_document_names_the_anchor_it_has_there(shown):
    html = shown("[a](b.ipynb#The-%22odd%22-Part) <a href='x y.csv#Sheet 1'>b</a>").html
    assert 'href="almanac-file:b.ipynb#h-the-odd-part"' in html
    assert 'href="almanac-file:x%20y.csv#Sheet%201"' in html


@both
def test_links_within_the_page_find_anchors_and_headings_however_they_are_spelled(shown):
    html = shown(
        '<a name="own"></a>\n\n# Top\n\n## What We-Saw!\n\n[a](#own) [b](#What-We-Saw!) [c](#what-we-saw)'
    ).html
    assert '<a id="u-own"' in html
    assert 'href="#u-own"' in html
    assert html.count('href="#h-what-we-saw"') == 2


@both
def test_markup_of_authors_is_kept_as_far_as_it_only_reads(shown):
    html = shown(
        '<div class="alert alert-info evil" onclick="x" style="position:fixed"><b>Note</b></div>\n'
    ).html
    assert '<div class="alert alert-info"><b>Note</b></div>' in html


def test_a_file_has_footnotes_and_notes():
    html = show('Claim[^1].\n\n[^1]: Source.\n\n!!! note "Mind"\n    this\n').html
    assert re.search(r'href="#(u-fn-text-[0-9a-f]+-1)".*<li id="\1">', html, re.DOTALL)
    assert '<p class="admonition-title">Mind</p>' in html


def test_the_header_is_no_part_of_the_text():
    rendering = show("---\ntitle: T\ntldr: short\n---\n\nBody text\n")
    assert rendering.html == '<div class="cell text" id="cell-text"><p>Body text</p></div>\n'
    assert rendering.words == 2


def test_a_thumbnail_may_be_counted_in_the_header():
    images = f"![](data:image/png;base64,{png64(300, 2)})\n\n![](data:image/png;base64,{png64(300, 3)})\n"
    rendering = show(f"---\nthumbnail: 1\n---\n{images}")
    assert rendering.thumbnail == rendering.assets[1].digest
    assert show(images).thumbnail == show(images).assets[0].digest


@both
@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_alerts_say_in_words_what_they_are(shown, kind):
    html = shown(f"> [!{kind.upper()}]\n> Some **text**\n>\n> - item\n").html
    assert f'<div class="alert alert-{kind}"><p class="alert-title">{kind.capitalize()}</p>' in html
    assert "<p>Some <strong>text</strong></p>" in html
    assert "[!" not in html
    assert "blockquote" not in html


@both
def test_alerts_one_after_another_stay_apart_and_quotations_stay_what_they_are(shown):
    html = shown("> [!NOTE]\n> one\n\n> [!TIP]\n> two\n\ntext\n\n> three\n>\n> > [!NOTE]\n> > four\n").html
    assert re.findall("alert alert-([a-z]+)", html) == ["note", "tip", "note"]
    assert html.count("<blockquote>") == 1


@both
def test_admonitions_of_myst_are_alerts(shown):
    html = shown('```{tip}\nuse *it*\n```\n\n```{admonition} My "own"\n:class: warning\n\ntext\n```\n').html
    assert '<div class="alert alert-tip"><p class="alert-title">Tip</p>\n<p>use <em>it</em></p>' in html
    assert '<div class="alert alert-warning"><p class="alert-title">My "own"</p>\n<p>text</p>' in html


@both
def test_directives_that_nobody_carries_out_are_shown_with_their_name(shown):
    html = shown("```{figure} a.png\n:name: x\n```\n\n```{eval} plot\n```\n\n```\n```\n\nend\n").html
    assert "<code>{figure} a.png\n:name: x</code>" in html
    assert "<code>{eval} plot</code>" in html
    assert "<p>end</p>" in html


def test_boxes_of_colons_are_alerts_where_they_are_named_so():
    html = show(":::{important}\nA\n:::\n\n::: warning\nB\n:::\n\n:::{table} of C\nD\n:::\n").html
    assert re.findall(r"alert alert-([a-z]+)", html) == ["important", "warning"]
    assert "<p>of C</p>" in html
    assert ":::" not in html


@both
def test_footnotes_have_their_own_names_and_lead_there_and_back(shown):
    html = shown("One[^a] and[^b].\n\n[^a]: First.\n[^b]: Second.\n").html
    called = re.findall(r'id="(u-fnref-[^"]*)"><a href="#(u-fn-[^"]*)"', html)
    told = re.findall(r'<li id="(u-fn-[^"]*)">', html)
    assert [to for _, to in called] == told
    assert len(told) == 2
    for name, _ in called:
        assert f'href="#{name}"' in html


def test_footnotes_of_the_same_name_in_two_cells_are_two():
    cells = [text("One[^1].\n\n[^1]: First."), text("One[^1].\n\n[^1]: First.")]
    html = render("post.ipynb", notebook(*cells)).html
    assert len(set(re.findall(r'<li id="([^"]*)"', html))) == 2


def test_notes_are_numbered_through_the_notebook_and_lead_from_cell_to_cell_and_back():
    cells = ["One[^a] and two[^b].", "Again[^b].", "Own[^x].\n\n[^x]: Mine.", "[^a]: First.\n[^b]: Second."]
    html = render("post.ipynb", notebook(*map(text, cells))).html
    called = re.findall(r'<sup id="([^"]*)"><a href="#([^"]*)"[^>]*>(\d+)</a>', html)
    told = re.findall(r'<li id="([^"]*)">.*? <a href="#([^"]*)"', html)
    assert [number for _, _, number in called] == ["1", "2", "3", "4"]
    assert [(to, back) for back, to, _ in called] == told
    assert len(dict(told)) == 4
    assert re.findall(r'<ol start="(\d+)">', html) == ["1", "3", "4"]


@both
def test_notes_have_names_in_any_script_and_as_many_calls_as_their_author_likes(shown):
    html = shown("A[^é.1], b[^é.1] and[^注].\n\n[^é.1]: First.\n[^注]: Second.\n").html
    called = re.findall(r'href="#(u-fn-[^"]*)"[^>]*>(\d+)<', html)
    told = re.findall(r'<li id="([^"]*)">', html)
    assert called == [(told[0], "1"), (told[0], "1"), (told[1], "2")]


@both
def test_definitions_marks_and_strikes(shown):
    html = shown("Term\n: Meaning\n\n~~gone~~ ==kept== and a == b\n").html
    assert "<dt>Term</dt>" in html
    assert "<dd>Meaning</dd>" in html
    assert "<del>gone</del> <mark>kept</mark> and a == b" in html


@both
def test_contents_are_listed_where_the_author_wants_them(shown):
    html = shown("Words.\n\n[TOC]\n\n## One\n\n### Two\n").html
    assert '<ul><li><a href="#h-one">One</a><ul><li><a href="#h-two">Two</a></li></ul></li></ul>' in html


@both
def test_short_codes_are_emoji_but_not_in_code_nor_in_times(shown):
    html = shown("Go :rocket: at 10:100:00 `:rocket:` :nothing: [:+1:](https://a.example/:rocket:)").html
    assert "Go 🚀 at 10:100:00 <code>:rocket:</code> :nothing:" in html
    assert 'href="https://a.example/:rocket:"' in html
    assert ">👍</a>" in html


@both
def test_text_from_right_to_left_runs_from_right_to_left(shown):
    html = shown("Left\n\nשלום עולם\n\n- مرحبا\n\n| א | b |\n|---|---|\n| 1 | ב |\n").html
    assert "<p>Left</p>" in html
    assert '<p dir="auto">שלום עולם</p>' in html
    assert '<ul dir="rtl">\n<li dir="auto">مرحبا</li>' in html
    assert '<table dir="rtl">' in html
    assert '<h2 id="h-עברית" dir="auto">' in shown("Words\n\n## עברית\n").html


@both
def test_mermaid_is_drawn_in_a_frame_of_its_own(shown):
    rendering = shown("Words\n\n```mermaid\ngraph TD; A-->|$x$|B\n```\n")
    assert 'src="almanac-output:0"' in rendering.html
    assert b"graph TD; A--" in rendering.outputs[0].data
    assert b"$x$" in rendering.outputs[0].data


@both
def test_markdown_within_html_and_folded_text(shown):
    html = shown("<details>\n<summary>More</summary>\n\n**bold** words\n\n</details>\n").html
    assert "<summary>More</summary>" in html
    assert "<p><strong>bold</strong> words</p>" in html


@both
@pytest.mark.parametrize("blanks", [2, 4])
def test_lists_nest_however_far_they_are_indented_and_need_no_empty_line_before(shown, blanks):
    html = shown(f"Words:\n- a\n{' ' * blanks}- b\n{' ' * 2 * blanks}- c\n\n{' ' * blanks}more\n- d\n").html
    assert html.count("<ul>") == 3
    assert "<p>Words:</p>" in html
    assert re.search(r"<p>more</p>.*d", html, re.DOTALL)


@both
def test_code_in_lists_and_between_tildes_keeps_its_blanks(shown):
    html = shown("1. one\n   ~~~\n   a\n     b\n   ~~~\n2. two\n\n~~~r\nx <- 1\n~~~\n").html
    assert "<code>a\n  b</code>" in html
    assert html.count("<ol>") == 1
    assert 'x &lt;- <span class="m">1</span>' in html


@both
def test_sizes_alignment_and_colours_survive_without_styles(shown):
    html = shown(
        '![](a.png){width=300} <img src="b.png" style="width: 50%; border: 0">\n\n'
        '<p style="text-align:center; color: Red">x</p>\n\n<b>y</b> <font color="#00f">z</font>\n'
    ).html
    assert '<img src="almanac-file:a.png" alt="" width="300"' in html
    assert '<img src="almanac-file:b.png" alt="" width="50%"' in html
    assert '<p align="center" class="ansi-red-fg">x</p>' in html
    assert '<span class="ansi-blue-fg">z</span>' in html
    assert "style" not in html


@both
def test_what_is_embedded_from_elsewhere_is_a_link(shown):
    html = shown(
        'Words\n\n<iframe width="560" src="https://www.youtube.com/embed/x"></iframe>\n\n'
        '<video src="m/film.mp4" controls></video>\n'
    ).html
    assert '<a href="https://www.youtube.com/embed/x"' in html
    assert '<a href="almanac-file:m/film.mp4" rel="noopener noreferrer">Video: film.mp4</a>' in html


@both
def test_links_of_knowledge_repo_lead_to_its_addresses(shown):
    assert '<a href="/post/project/a.kp" ' in shown("[a](knowledge:project/a.kp)").html


def test_what_quarto_and_pandoc_write_is_read_or_left_out():
    html = show(
        '# One {-}\n\n::: {.callout-tip title="Try"}\nsome *text*\n:::\n\n'
        "\\newpage\n\nA note^[Like this.] [@cite]\n\n"
        "```{r setup, echo=FALSE}\nx <- 1\n```\n\n```{=html}\n<b>raw</b>\n```\n"
    ).html
    assert re.search(
        r'<div class="alert alert-tip">\s*<p class="alert-title">Try</p>\s*<p>some <em>text', html
    )
    assert "newpage" not in html
    assert "[@cite]" in html
    assert "Like this." in html
    assert '<span class="m">1</span>' in html
    assert "<b>raw</b>" in html
    assert ":::" not in html


def test_what_is_for_a_printed_book_only_is_left_out():
    html = show(
        "Big\\index{big!{\\tt data}|page} `\\index{x}`.\n\n\\newline\nMore^[Of\nthis.]\n\n\\backmatter\n"
    ).html
    assert "<p>Big <code>\\index{x}</code>.</p>" in html
    assert re.search(r"<p>More<sup[^>]*><a[^>]*>1</a></sup></p>", html)
    assert "Of this." in html
    assert "backmatter" not in html


def test_comments_of_myst_are_left_out():
    html = show("{ref}`x` and\n\n% hidden $x$\n%:::{note}\n\nshown\n").html
    assert "hidden" not in html
    assert "note" not in html
    assert "<p>shown</p>" in html
    assert "% kept" in show("% kept\n").html


@pytest.mark.parametrize(
    "piece",
    ["- a\n", "  - a\n", "> [!NOTE]\n", "<div>\n\n", "::: {.x}\n", "```{tip}\n", ":a:", "[^1]", "==a"],
)
def test_much_of_one_thing_is_read_in_its_time(piece):
    start = time.process_time()
    render("post.md", (piece * (20_000 // len(piece))).encode())
    render("post.ipynb", notebook(text(piece * (20_000 // len(piece)))))
    assert time.process_time() - start < 9
