"""Outputs by MIME bundle: the richest form that can be shown, and a word where none can."""

import base64
import json
import re

import pytest

from knowledge.rendering import Rendering, render
from tests.knowledge.notebooks import code, display, notebook, png64, stream
from tests.knowledge.rendering.structure import faults_of

GEO = {"type": "Point", "coordinates": [13.4, 52.5]}
RECORDS = {"schema": {"fields": [{"name": "a"}]}, "data": [{"a": 1}]}
KOTLIN = {"kotlin_dataframe": [{"a": 1}]}
PDF = base64.b64encode(b"%PDF-1.4\n<</Type/Page/MediaBox [0 0 400 200]>>").decode()
WAV = base64.b64encode(b"RIFF\x00\x00\x00\x00WAVEfmt ").decode()


def show(*outputs, **metadata) -> Rendering:
    rendering = render("post.ipynb", notebook(code("1", *outputs, **metadata)))
    assert faults_of(rendering.html) == []
    return rendering


def shown(*outputs) -> str:
    found = re.search(r'<div class="outputs">(.*)</div></div>', show(*outputs).html, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("bundle", "needs"),
    [
        ({"application/geo+json": GEO}, "<iframe"),
        ({"application/vnd.dataresource+json": RECORDS}, "<th>a</th>".replace(">a", ' class="num">a')),
        ({"application/kotlindataframe+json": KOTLIN}, '<td class="num">1</td>'),
        ({"text/csv": "a,b\n1,x\n"}, "<td>x</td>"),
        ({"text/tab-separated-values": "a\tb\n1\tx\n"}, "<td>x</td>"),
        ({"application/json": {"key": 1}}, '<div class="json">'),
        ({"application/pdf": PDF}, '<iframe class="output-frame paper-frame"'),
        ({"audio/wav": WAV}, "<iframe"),
        ({"video/mp4": WAV}, "<iframe"),
        ({"image/bmp": png64()}, "<img"),
        ({"text/markdown": "*soon*"}, "<em>soon</em>"),
    ],
)
def test_a_richer_form_is_shown_in_place_of_the_name_of_an_object(bundle, needs):
    html = shown(display(**bundle, text_plain="<IPython.core.display.Thing object>"))
    assert needs in html
    assert "Thing" not in html


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"text/html": "<p>one</p>"}, {"application/vnd.dataresource+json": RECORDS}),
        ({"text/html": "<p>one</p>"}, {"application/kotlindataframe+json": KOTLIN}),
        ({"text/html": "<p>one</p>"}, {"text/markdown": "two"}),
        ({"image/png": png64()}, {"application/pdf": PDF}),
        ({"text/latex": "$x$"}, {"image/png": png64()}),
        ({"application/geo+json": GEO}, {"text/html": "<p>two</p>"}),
    ],
)
def test_the_richest_form_wins_whatever_their_order(first, second):
    alone = shown(display(**first))
    assert shown(display(**first, **second)) == alone
    assert shown(display(**second, **first)) == alone


@pytest.mark.parametrize(
    ("mime", "value"),
    [
        ("application/geo+json", {"type": "Nothing"}),
        ("application/vnd.dataresource+json", {"data": 7}),
        ("application/kotlindataframe+json", "{"),
        ("application/pdf", base64.b64encode(b"<html>").decode()),
        ("application/pdf", "no base64"),
        ("audio/wav", '"><script>alert(1)</script>'),
        ("text/csv", "one line"),
        ("image/avif", "AAAA"),
    ],
)
def test_a_form_that_is_not_what_it_says_gives_way_to_the_text(mime, value):
    rendering = show(display(**{mime: value}, text_plain="as text"))
    assert '<pre class="result">as text</pre>' in rendering.html
    assert rendering.outputs == ()


def test_an_output_of_an_unknown_type_names_it_and_shows_its_text():
    html = shown(display(**{"application/vnd.idea.swing": "1", "x/<b>": 1}, text_plain="JFrame()"))
    assert "can’t be shown here: it is of the type application/vnd.idea.swing, x/&lt;b&gt;." in html
    assert '<pre class="result">JFrame()</pre>' in html
    assert "type application/x-foo." in shown(display(**{"application/x-foo": {"a": 1}}))


def test_an_unknown_type_beside_something_richer_is_not_worth_a_word():
    assert "notice" not in shown(display(**{"application/x-foo": 1}, text_html="<p>there</p>"))


@pytest.mark.parametrize(
    "bundle",
    [
        {"application/papermill.record/image/png": png64(), "application/papermill.record/text/plain": "x"},
        {"application/scrapbook.scrap.json+json": {"name": "n", "data": 1}},
        {"application/vnd.almanac.insight+json": {"name": "n", "value": 1}},
        {"text/plain": " \n"},
        {"text/html": "", "text/plain": ""},
        {},
    ],
)
def test_records_for_programs_and_empty_outputs_leave_nothing(bundle):
    assert '<div class="outputs">' not in show(display(**bundle)).html


def test_an_output_that_only_makes_a_library_known_leaves_not_even_its_name():
    html = show(
        display(
            text_html="<script>window.plotly = 1</script>", text_plain="<IPython.core.display.HTML object>"
        )
    ).html
    assert "outputs" not in html


def test_a_damaged_image_alone_is_said_to_be_missing():
    rendering = show(display(image_png="AAAA"))
    assert "can’t be shown here: it is of the type image/png" in rendering.html


@pytest.mark.parametrize("mime", ["text/x-rst", "text/latex", "text/x-python"])
def test_text_in_a_language_that_nobody_draws_is_shown_as_written(mime):
    html = shown(display(**{mime: "\\begin{tabular} <b>"}))
    assert html == '<pre class="result">\\begin{tabular} &lt;b&gt;</pre>'


def test_a_tree_keeps_the_text_that_came_with_it():
    html = shown(display(**{"application/json": {"line": ["%cd"]}}, text_plain="Available magics:\n%cd"))
    assert html.startswith('<pre class="result">Available magics:\n%cd</pre><div class="json">')


def test_a_tree_takes_its_name_and_state_from_its_metadata_and_text_for_json():
    told = {"application/json": {"root": "model", "expanded": True}}
    html = shown(display(told, **{"application/json": '{"a": {"b": {"c": {}, "d": [1]}}}'}))
    assert '<span class="json-key">model</span>' in html
    assert "<details>" not in html
    assert "json-str" in shown(display(**{"application/json": "[no json"}))


def test_a_map_is_an_output_document_that_runs_nothing_of_the_authors():
    feature = {"type": "Feature", "geometry": GEO, "properties": {"n": "</script><script>alert(1)"}}
    (output,) = show(display(**{"application/geo+json": feature})).outputs
    page = output.data.decode()
    assert "<svg" in page
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert output.label.startswith("Map, cell ")


def test_a_paper_is_an_output_document_of_its_own_type_as_tall_as_its_page():
    (output,) = show(display(**{"application/pdf": PDF})).outputs
    assert output.media_type == "application/pdf"
    assert output.data == base64.b64decode(PDF)
    assert output.height == 430


def test_film_keeps_its_size_and_sound_is_a_bar():
    film, sound = show(
        display({"video/mp4": {"width": 320, "height": 200}}, **{"video/mp4": WAV}),
        display(**{"audio/ogg": WAV}),
    ).outputs
    assert b'width="320" src="data:video/mp4;base64,' in film.data
    assert film.height == 200
    assert b'<audio controls src="data:audio/ogg;base64,' in sound.data


def test_one_side_of_an_image_decides_the_other():
    assert 'width="200" height="150"' in shown(display({"image/png": {"width": 200}}, image_png=png64()))
    assert 'width="200" height="150"' in shown(display({"image/png": {"height": 150}}, image_png=png64()))


@pytest.mark.parametrize(
    ("of_output", "of_cell"),
    [
        ({"image/png": {"alt": "Sales"}}, {}),
        ({"alt": "Sales"}, {}),
        ({}, {"alt": "Sales"}),
        ({}, {"fig-alt": "Sales"}),
    ],
)
def test_an_image_has_the_words_that_its_author_gave_it(of_output, of_cell):
    assert 'alt="Sales"' in show(display(of_output, image_png=png64()), **of_cell).html


def test_every_figure_and_table_has_an_address_of_its_own():
    table = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    svg = {"image/svg+xml": "<svg></svg>"}
    html = show(display(image_png=png64()), display(text_html=table * 2), display(**svg)).html
    ids = re.findall(r'id="(fig-[\w-]+)"', html)
    assert [name.rpartition("-")[2] for name in ids] == ["1", "2", "3", "4"]


ROW = "<tr><th>0</th><td>1</td></tr>"


@pytest.mark.parametrize(
    "style",
    [
        "<style scoped>.dataframe tbody{}</style>",
        "<style>\n.dataframe > thead > tr, .dataframe > tbody > tr { text-align: right; }\n</style>",
        "<style>\n.list-inline {list-style: none}\n.list-inline>li:after {content: '·'}</style>",
        "<style>\n.dl-inline {width: auto}</style>",
        "<style>\r\n.dni-code-hint { font-style: italic; }\r\ntable td {text-align: start}</style>",
    ],
)
def test_styles_that_come_with_every_table_do_not_send_it_to_a_frame(style):
    rendering = show(display(text_html=f"{style}<table>{ROW}</table>"))
    assert rendering.outputs == ()
    assert "text-align" not in rendering.html


def test_a_style_of_the_authors_own_and_one_beside_a_script_are_kept_in_a_frame():
    styled = '<style>#T_1_row0 {color: red}</style><table id="T_1"></table>'
    assert b"#T_1_row0" in show(display(text_html=styled)).outputs[0].data
    running = "<style>.dataframe{}</style><p>Drawn:</p><script>draw()</script>"
    assert b"<style>.dataframe{}" in show(display(text_html=running)).outputs[0].data


def test_vectors_of_r_stand_in_a_line():
    html = shown(display(text_html="<ol class=list-inline><li>1</li><li>2</li></ol>"))
    assert '<ol class="list-inline">' in html


def test_long_outputs_are_folded_and_say_how_long_they_are():
    assert '<div class="long"><pre class="stream stdout">' in shown(stream("x\n" * 41))
    html = shown(display(text_html=f"<table><tbody>{ROW * 41}</tbody></table>"))
    assert html.startswith('<div class="rich"><div class="long"><div class="table-scroll" id="fig-')
    assert "<summary>All 41 rows</summary>" in html
    assert "long" not in shown(stream("x\n" * 40))


def test_data_in_many_forms_is_searched_for_its_words():
    for bundle in ({"application/json": {"word": "heron"}}, {"text/csv": "a,b\nheron,1\n"}):
        assert "heron" in show(display(**bundle)).text


def test_bundles_of_odd_values_never_fail():
    odd: list[object] = [None, 1, True, [], {}, [1], {"a": [{}]}, "", "x", [["x"]]]
    types = ["text/csv", "application/json", "application/pdf", "audio/wav", "image/png", "text/html", "x"]
    types += ["application/geo+json", "application/vnd.dataresource+json", "application/kotlindataframe+json"]
    outputs = [display(**{mime: json.loads(json.dumps(value))}) for mime in types for value in odd]
    assert show(*outputs).html


def test_a_film_that_lies_beside_the_notebook_is_put_into_its_frame():
    (output,) = show(display(text_html='<video src="films/a b.mp4" controls></video>')).outputs
    assert b'<video src="almanac-inline:films/a%20b.mp4" controls>' in output.data
    (outside,) = show(display(text_html='<video src="data:video/mp4;base64,AAAA"></video>')).outputs
    assert b'src="data:video/mp4;base64,AAAA"' in outside.data


def test_a_list_of_words_is_a_tree_and_json_saved_as_lines_is_put_together():
    assert '"north"</span></li><li>' in shown(display(**{"application/json": ["north", "south"]}))
    assert "json-key" in shown(display(**{"application/json": ["{\n", '  "key": 1\n', "}"]}))


def test_a_damaged_image_is_told_where_it_stood_beside_its_plain_text():
    html = render("a.ipynb", notebook(code("1", display(image_png="no base64", text_plain="a plot")))).html
    assert "can’t be shown here: it is of the type image/png" in html
    assert "a plot" in html


def test_what_loads_plotly_is_not_shown_as_text_and_not_missed():
    loads = "<script>require(['plotly'], function(plotly) {window.Plotly = plotly;});</script>"
    bundle = {"text/html": loads, "text/vnd.plotly.v1+html": loads}
    html = render("a.ipynb", notebook(code("1", display(**bundle)))).html
    assert "require(" not in html
    assert "notice" not in html
