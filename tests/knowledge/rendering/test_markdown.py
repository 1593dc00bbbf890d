"""Markdown files to pages."""

import re

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
