"""What earlier outputs make known goes to the later ones that use it, and to no others."""

import pytest

from knowledge.rendering.preludes import is_only_for_later, preludes_of
from tests.knowledge.notebooks import code, display


def preludes(*outputs):
    return preludes_of([code("c", output) for output in outputs])


@pytest.mark.parametrize(
    "html",
    [
        "<script>window.SHAP = {}</script>",
        "<div align='center'><img src='data:image/png;base64,xx'></div><script>function draw(x) {}</script>"
         "<script>" + "a;" * 12_000 + "</script>",
        '<div id="a"></div><script data-lets-plot-script="library">document.getElementById("a")</script>',
        '<div id="k"/><script>window.kotlinQueues = {}; (s => find("k").append(s))()</script>',
        "<style>.container { width: 100% }</style>",
        '<script type="esms-options">{"shimMode": true}</script><style>a {}</style>',
        '<script>require.config({paths: {d3: "https://d3js.org/d3.v5.min"}})</script>',
        '<script type="module">const { tidy } = await window._tables; tidy()</script>',
    ],
)  # fmt: skip
def test_what_only_loads_or_defines_has_nothing_to_show(html):
    assert is_only_for_later(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>words</p><script>window.A = 1</script>",
        "<script>Plotly.newPlot('x', [])</script>",
        '<div id="fig"></div><script>load(document.createElement("script")); draw("fig")</script>',
        "<svg></svg><script>window.A = 1</script>",
        "<table></table>",
        "<script>element.append('x')</script>",
    ],
)
def test_what_draws_or_reads_is_shown(html):
    assert not is_only_for_later(html)


def test_a_prelude_is_used_by_those_that_name_what_it_defines():
    (found,) = preludes(display(text_html="<script>window.SHAP = {}</script>"))
    assert found.is_used_by("<script>SHAP.draw()</script>")
    assert not found.is_used_by("<script>SHAPE.draw()</script>")
    assert not found.is_used_by("<script>window.SHAP = window.SHAP || {}</script>")


def test_modules_and_functions_are_known_by_their_names():
    paths = "require.config({paths: {'d3': 'https://d3js.org/d3.v5.min'}})"
    (first, second) = preludes(
        display(**{"application/javascript": paths}),
        display(text_html="<script>\nfunction HoloViewsWidget() {}\n</script>"),
    )
    assert first.is_used_by("require(['d3'], d3 => 1)")
    assert second.is_used_by("new HoloViewsWidget()")


def test_the_same_prelude_counts_once_and_changes_its_digest_with_its_text():
    same = display(text_html="<script>window.SHAP = {}</script>")
    other = display(text_html="<script>window.SHAP = { a: 1 }</script>")
    assert len(preludes(same, same)) == 1
    assert len({prelude.digest for prelude in preludes(same, other)}) == 2


def test_what_kotlin_loads_is_kept_for_those_that_call_it_whatever_it_is():
    (found,) = preludes(
        display(text_html="<div id='k'/><script>window.kotlinQueues = {}; window.call_L = f => f();"
                          "load('plotly.js v1', document.getElementById('k'))</script>")
    )  # fmt: skip
    assert found.is_used_by("<script>call_L(() => draw())</script>")


def test_bokeh_and_plotly_are_no_preludes_for_their_figures_bring_them():
    assert preludes(display(**{"application/javascript": "window._bokeh_is_loading = 1"})) == ()
    assert preludes(display(text_html="<script>window.X = 'plotly.js v2'</script>")) == ()


def test_scripts_that_never_end_are_looked_through_in_no_time():
    assert not is_only_for_later("<p>" + "<script " * 200_000)
    assert preludes(display(text_html="<script>" * 200_000)) == ()
