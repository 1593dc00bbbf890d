"""Notebooks to pages: what a reader sees of each kind of cell and output."""

import re
from hashlib import sha256

import pytest

from knowledge.rendering import Heading, Rendering, render
from tests.knowledge.notebooks import code, display, notebook, png, png64, raw, stream, text
from tests.knowledge.rendering.structure import faults_of

PLOTLY = {"data": [{"y": [1, 2]}], "layout": {"height": 320}}


def show(*cells, **fields) -> Rendering:
    rendering = render("post.ipynb", notebook(*cells, **fields))
    assert faults_of(rendering.html) == []
    return rendering


def test_a_text_cell_becomes_prose_with_an_anchor_for_each_heading():
    rendering = show(text("Intro."), text("## What we saw\n\nIt *grew*.\n\n## What we saw", id="second"))
    assert '<div class="cell text" id="cell-second"><h2 id="h-what-we-saw">What we saw</h2>' in rendering.html
    assert rendering.headings == (
        Heading(2, "What we saw", "h-what-we-saw"),
        Heading(2, "What we saw", "h-what-we-saw-2"),
    )
    assert rendering.words == 9


def test_a_first_heading_that_is_the_title_is_left_to_the_page():
    rendering = show(text("# A **bold** find\n\nBecause."), text("## Why"))
    assert "bold" not in rendering.html
    assert [heading.text for heading in rendering.headings] == ["Why"]


def test_a_cell_that_held_only_the_title_leaves_nothing_behind():
    shown = show(text("# Title"), text("Body", id="body"))
    assert shown.html == '<div class="cell text" id="cell-body"><p>Body</p></div>\n'


def test_a_heading_that_differs_from_the_headers_title_stays():
    rendering = show(raw("---\ntitle: Growth\n---"), text("# Shrinkage"))
    assert '<h1 id="h-shrinkage">' in rendering.html


def test_code_is_folded_under_how_much_of_what_it_is():
    html = show(code("import pandas as pd\nx = 1"), language="python").html
    assert '<details class="code"><summary>Code · 2 lines · Python<span class="cell-no">cell 1</span>' in html
    assert '<pre class="highlight"><code><span class="kn">import</span>' in html


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("R", "x <- c(1)", "· R<"),
        ("julia", "f(x) = x", "· Julia<"),
        ("python", "%%sql\nselect 1", "· SQL<"),
        ("python", "%%bash\necho hi", "· Bash<"),
        ("klingon", "qapla'", "· Klingon<"),
        ("", "x", "· Code<"),
    ],
)
def test_code_is_named_by_its_language(language, source, shown):
    assert shown in show(code(source), language=language).html


@pytest.mark.parametrize(
    ("tag", "gone", "left"),
    [
        ("remove_cell", ["secret", "printed"], []),
        ("remove_input", ["secret"], ["printed"]),
        ("hide_input", [], ["secret", '<details class="code tucked">', "printed"]),
        ("remove-output", ["printed"], ["secret"]),
        (
            "hide_output",
            [],
            ["secret", '<details class="folded-outputs"><summary>Output</summary>', "printed"],
        ),
    ],
)
def test_tags_decide_what_of_a_cell_is_shown(tag, gone, left):
    html = show(code("secret", stream("printed"), tags=[tag]), text("x")).html
    assert not [word for word in gone if word in html]
    assert not [word for word in left if word not in html]


def test_neighbouring_pieces_of_a_stream_are_one():
    html = show(code("1", stream("a"), stream("b"), stream("c", "stderr"), stream("d"))).html
    assert '<pre class="stream stdout">ab</pre><pre class="stream stderr">c</pre>' in html


def test_a_traceback_is_folded_under_its_last_line():
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no <b>",
        "traceback": ["\x1b[31mat 1\x1b[0m"],
    }
    html = show(code("1", error)).html
    assert '<details class="error"><summary>ValueError: no &lt;b&gt;</summary>' in html
    assert '<pre><span class="ansi-red-fg">at 1</span></pre>' in html


def test_an_image_becomes_an_asset_and_the_thumbnail():
    rendering = show(
        text(f"![logo](data:image/png;base64,{png64(200, 50)})"), code("1", display(image_png=png64()))
    )
    digest = sha256(png()).hexdigest()
    assert rendering.thumbnail == digest
    assert [(asset.media_type, asset.width, asset.height) for asset in rendering.assets] == [
        ("image/png", 200, 50),
        ("image/png", 400, 300),
    ]
    assert rendering.assets[1].data == png()
    assert (
        f'<div class="plate"><img src="almanac-asset:{digest}.png" width="400" height="300"' in rendering.html
    )
    assert "base64" not in rendering.html


def test_an_image_is_shown_at_the_size_and_with_the_words_its_author_gave():
    asked = {"image/png": {"width": 200, "height": 150}, "alt": "Sales by month"}
    html = show(code("1", display(asked, image_png=png64()))).html
    assert 'width="200" height="150"' in html
    assert 'alt="Sales by month"' in html


@pytest.mark.parametrize("data", ["not base64!", "PHNjcmlwdD4=", png64(60_000, 1)[:60]])
def test_what_is_no_image_falls_back_to_text_with_a_notice(data):
    rendering = show(code("1", display(image_png=data, text_plain="<Figure>")))
    assert rendering.assets == () or rendering.assets[0].width
    if not rendering.assets:
        assert "&lt;Figure&gt;" in rendering.html
        assert "An image is left out" in rendering.notices[0]


def test_an_image_that_declares_a_bomb_is_left_out():
    rendering = show(code("1", display(image_png=png64(1, 1).replace(png64(1, 1)[20:28], "AQAAAAEA"))))
    assert all(asset.width * asset.height < 60_000_000 for asset in rendering.assets)


def test_a_pandas_table_stands_on_the_page_with_its_numbers_aligned():
    table = (
        "<style scoped>.dataframe{}</style><table border='1' class='dataframe'>"
        "<thead><tr><th></th><th>sales</th></tr></thead><tbody><tr><th>a</th><td>1,204.5</td></tr></tbody></table>"
    )
    rendering = show(code("1", display(text_html=table, text_plain="sales")))
    assert not rendering.outputs
    assert re.search(
        r'<div class="table-scroll" id="fig-\w+-1" tabindex="0" role="group" aria-label="Table">'
        r'<table class="dataframe">',
        rendering.html,
    )
    assert '<th></th><th class="num">sales</th>' in rendering.html
    assert '<td class="num">1,204.5</td>' in rendering.html


@pytest.mark.parametrize(
    ("bundle", "needs"),
    [
        ({"application/vnd.plotly.v1+json": PLOTLY}, "plotly-2"),
        ({"application/vnd.plotly.v1+json": {"data": [{"y": {"bdata": "AQ", "dtype": "i1"}}]}}, "plotly-3"),
        ({"application/vnd.vegalite.v5+json": {"mark": "bar"}}, "vega-lite-5"),
        ({"application/vnd.vegalite.v4+json": {"mark": "bar"}}, "vega-lite-4"),
        ({"application/vnd.vegalite.v6+json": {"mark": "bar"}}, "vega-embed-7"),
        ({"application/vnd.vega.v5+json": {"marks": []}}, "vega-5"),
        ({"image/svg+xml": "<?xml version='1.0'?><svg><circle r='3'/></svg>"}, "<svg>"),
        ({"text/html": "<div id='x'></div><script>draw()</script>"}, "<script>draw()</script>"),
        ({"text/html": "<style>td{color:red}</style><table><td>1</td></table>"}, "<style>td{color:red}"),
        ({"application/javascript": "element.text('hi')"}, "element.text('hi')"),
    ],
)
def test_what_draws_or_runs_becomes_an_output_document(bundle, needs):
    rendering = show(code("1", display(**bundle, text_plain="as text")))
    assert "as text" not in rendering.html
    assert '<iframe class="output-frame" src="almanac-output:0"' in rendering.html
    (output,) = rendering.outputs
    page = output.data.decode()
    assert needs in page
    assert output.digest == sha256(output.data).hexdigest()
    assert output.label.endswith(", cell 1")
    assert 'almanac: "height"' in page
    assert '<base target="_blank">' in page


def test_a_figure_keeps_the_height_it_asks_for():
    assert show(code("1", display(**{"application/vnd.plotly.v1+json": PLOTLY}))).outputs[0].height == 328


def test_a_drawing_has_the_height_it_says():
    assert (
        show(code("1", display(**{"image/svg+xml": '<svg width="9" height="150pt"/>'}))).outputs[0].height
        == 208
    )
    assert show(code("1", display(**{"image/svg+xml": '<svg viewBox="0 0 9 9"/>'}))).outputs[0].height == 428


def test_json_in_an_output_document_cannot_end_its_script():
    figure = {"data": [{"name": "</script><script>alert(1)</script>"}]}
    page = show(code("1", display(**{"application/vnd.plotly.v1+json": figure}))).outputs[0].data.decode()
    assert "alert(1)</script>" not in page


def test_a_box_of_bokeh_is_framed_together_with_its_script():
    box = display(text_html='<div id="b1" data-root-id="p1"></div>')
    run = {"application/javascript": "Bokeh.embed()", "application/vnd.bokehjs_exec.v0+json": ""}
    rendering = show(code("1", stream("x"), box, display(**run), stream("y")))
    (output,) = rendering.outputs
    assert b'id="b1"' in output.data
    assert b"almanac-vendor:bokeh-3" in output.data
    assert rendering.html.count("<pre") == 3


@pytest.mark.parametrize(
    ("html", "javascript", "frames"),
    [
        ('<div id="chart"></div>', 'd3.select("#chart").append("svg")', 1),
        ("<svg id='chart'></svg>", "document.getElementById('chart').append('x')", 1),
        ('<div id="chart">Words.</div>', 'element.text("chart")', 1),
        ('<div id="chart">Words.</div>', 'element.text("charts")', 2),
        ('<table id="chart"><tr><td>1</td></tr></table>', 'd3.select("#chart")', 1),
    ],
)
def test_a_box_and_the_script_that_names_it_share_a_frame(html, javascript, frames):
    outputs = display(text_html=html), display(**{"application/javascript": javascript})
    rendering = show(code("1", *outputs))
    shared = [html in output.data.decode() for output in rendering.outputs]
    assert len(rendering.outputs) + ("Words." in rendering.html) == frames
    assert any(shared) is (frames == 1 and "<table" not in html)


def test_a_drawing_that_nothing_fills_says_so():
    html = show(code("1", display(text_html='<svg id="chart" width="200"></svg>'))).html
    assert "An empty drawing stands here" in html
    assert "<iframe" not in html


@pytest.mark.parametrize("version", ["0.12.4", "0.13.0", "1.3.4", "2.0.1", "3.1.0"])
def test_a_chart_of_bokeh_brings_the_library_of_its_own_major(version):
    chart = f'Bokeh.embed({{"title":"Bokeh Application","version":"{version}"}})'
    run = {"application/javascript": chart, "application/vnd.bokehjs_exec.v0+json": ""}
    (output,) = show(code("1", display(**run))).outputs
    major = version.rsplit(".", 1)[0] if version.startswith("0") else version[0]
    assert f"almanac-vendor:bokeh-{major}." in output.data.decode()


@pytest.mark.parametrize(("version", "is_kept"), [("0.12.14", False), ("1.4.0", True)])
def test_what_the_bokeh_that_draws_a_chart_would_refuse_is_taken_out(version, is_kept):
    source = '{"column_names":["x","y"],"data":{"column_names":3}}'
    chart = f'docs_json = {{"roots":[{source}],"title":"Bokeh","version":"{version}"}}'
    run = {"application/javascript": chart, "application/vnd.bokehjs_exec.v0+json": ""}
    (output,) = render("a.ipynb", notebook(code("show(p)", display(**run)))).outputs
    assert (b'{"column_names":["x","y"],"data"' in output.data) is is_kept
    assert b'"data":{"column_names":3}' in output.data


def test_what_only_loads_bokeh_leaves_no_empty_frame():
    loading = '<div class="bk-root"><span>Loading BokehJS ...</span></div>'
    library = {"application/javascript": "window._bokeh_is_loading = 1"}
    rendering = show(code("1", display(text_html=loading), display(**library)))
    assert not rendering.outputs
    assert "Loading" not in rendering.html


def test_a_widget_leaves_its_text_and_a_word_why():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    html = show(code("1", display(**widget, text_plain="IntSlider()"))).html
    assert "A widget stood here" in html
    assert "IntSlider()" in html
    assert "A widget stood here" in show(code("1", display(**widget))).html


def test_an_output_that_only_loads_plotly_leaves_no_empty_frame():
    assert show(code("1", display(text_html="<script>window.plotly = 1</script>"))).outputs == ()


def test_a_frame_from_another_site_becomes_a_link():
    rendering = show(code("1", display(text_html='<iframe width=1 src="https://video.example/7"></iframe>')))
    assert rendering.outputs == ()
    assert '<a href="https://video.example/7"' in rendering.html


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"$\displaystyle x < 1$", r'<div class="math">\[ x &lt; 1\]</div>'),
        (r"$$x$$", r'<div class="math">\[x\]</div>'),
        (r"\begin{align}a\end{align}", r'<div class="math">\[\begin{align}a \tag{1}\end{align}\]</div>'),
        (
            "Where $x$ is\n\n$$x$$",
            r'<p>Where <span class="math">\(x\)</span> is</p><div class="math">\[x\]</div>',
        ),
        (r"\begin{tabular}{l}a\end{tabular}", '<pre class="result">plain</pre>'),
    ],
)
def test_formulas_are_kept_for_the_browser_and_other_latex_is_not_shown(latex, shown):
    assert shown in show(code("1", display(text_plain="plain", **{"text/latex": latex}))).html


def test_attachments_become_assets_and_a_missing_one_is_said():
    attached = {"a b.png": {"image/png": png64()}, "x.svg": {"image/svg+xml": "PHN2Zy8+"}}
    rendering = show(text("![one](attachment:a%20b.png) ![two](attachment:gone.png)", attachments=attached))
    assert len(rendering.assets) == 1
    assert "Image missing: two" in rendering.html


def test_raw_text_is_shown_as_it_is_unless_it_is_for_another_format():
    html = show(raw("a <b>"), raw("\\latex", metadata={"format": "text/latex"})).html
    assert '<pre class="result">a &lt;b&gt;</pre>' in html
    assert "latex" not in html


def test_the_same_bytes_always_render_the_same():
    source = notebook(
        text("# A"), code("1", display(image_png=png64()), display(text_html="<script>x</script>"))
    )
    assert render("a.ipynb", source) == render("elsewhere/b.ipynb", source)


def test_text_for_search_holds_narrative_and_results_but_no_marks():
    text_found = show(text("We **saw** growth"), code("x", stream("\x1b[1mtotal 41\x1b[0m"))).text
    assert "We saw growth" in text_found
    assert "total 41" in text_found
    assert "\x1b" not in text_found


def test_the_summary_is_the_first_paragraph_that_says_something():
    words = "Customers who met free delivery in their first month order again more often."
    assert show(text("# T\n\nShort.\n\n" + words)).summary == words
    assert show(text("long word " * 100)).summary.endswith("…")
