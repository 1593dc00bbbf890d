"""Tables as each library writes them, on the page. All of them are our own, in the form of theirs."""

import pytest

from knowledge.rendering import render
from tests.knowledge.notebooks import code, display, notebook


def shown(**data: object) -> str:
    rendering = render("a.ipynb", notebook(code("1", display(**data))))
    return "".join(rendering.parts)


def test_a_styler_that_only_formats_and_hides_is_a_table_of_the_page():
    html = shown(
        text_html='<style type="text/css">\n</style>\n<table id="T_5b77c">\n'
        "<caption>Sold</caption><thead><tr>"
        '<th class="blank level0" >&nbsp;</th><th id="T_5b77c_level0_col0" class="col_heading" >n</th></tr>'
        '<tr><th class="index_name level0" >key</th><th class="blank col0" >&nbsp;</th></tr></thead>'
        '<tbody><tr><th id="T_5b77c_level0_row0" >x</th><td id="T_5b77c_row0_col0" >$-1.50</td></tr></tbody>'
        "</table>"
    )
    assert "<iframe" not in html
    assert '<table class="dataframe"><caption>' in html.replace("\n", "")
    assert "<caption>Sold</caption>" in html
    assert ">key</th>" in html.partition("</tr>")[0]
    assert 'class="num">n</th>' in html
    assert 'class="num">$-1.50</td>' in html


def test_a_styler_with_colours_keeps_them_in_a_frame():
    html = shown(
        text_html='<style>#T_1_row0_col0 {color: red}</style><table id="T_1"><tr><td>1</td></tr></table>'
    )
    assert "<iframe" in html
    assert "<table" not in html


JULIA = (
    '<div><div style = "float: left;"><span>2×2 DataFrame</span></div></div>'
    '<div class = "data-frame"><table class = "data-frame" style = "margin-bottom: 6px;"><thead>'
    '<tr class = "header"><th class = "rowNumber" style = "text-align: right;">Row</th>'
    '<th style = "text-align: left;">n</th><th style = "text-align: left;">who</th></tr>'
    '<tr class = "subheader headerLastRow"><th class = "rowNumber"></th>'
    '<th title = "Union{Missing, Int64}">Int64?</th><th title = "String">String</th></tr>'
    '</thead><tbody><tr><td class = "rowNumber" style = "text-align: right;">1</td>'
    '<td style = "text-align: right;">-7</td><td style = "text-align: left;">Ann</td></tr>'
    '<tr><td class = "rowNumber">2</td><td style = "font-style: italic;">missing</td><td>Bo</td></tr>'
    "</tbody></table></div>"
)


def test_julia_tells_types_apart_from_rows_and_numbers_stand_in_columns():
    html = shown(text_html=JULIA)
    assert '<th class="num">n</th><th>who</th></tr>' in html
    assert "Int64?</td><td>String</td></tr></thead>" in html
    assert '<td class="num">-7</td><td>Ann</td>' in html
    assert '<td class="num">missing</td><td>Bo</td>' in html


def test_values_of_net_are_words_and_numbers_not_boxes():
    html = shown(
        text_html="<table><thead><tr><th><i>index</i></th><th>Age</th></tr></thead><tbody><tr>"
        '<td><i><div class="dni-plaintext"><pre>0</pre></div></i></td>'
        '<td><div class="dni-plaintext"><pre>41</pre></div></td></tr></tbody></table>'
        "<style>\n.dni-plaintext { text-align: left; }\n</style>"
    )
    assert '<td class="num">41</td>' in html
    assert "<pre>" not in html


def test_a_query_for_one_column_has_a_head():
    html = shown(text_html="<table>\n<tr>\n<th>count(*)</th>\n</tr>\n<tr>\n<td>5</td>\n</tr>\n</table>")
    assert '<thead><tr>\n<th class="num">count(*)</th>\n</tr></thead><tbody>' in html


def test_a_first_row_of_heads_is_the_head_unless_it_spans_rows():
    html = shown(
        text_html="<table><tr><td></td><th>a</th><th>b</th></tr><tr><th>x</th><td>1</td></tr></table>"
    )
    assert "</thead><tbody>" in html
    html = shown(text_html='<table><tr><th rowspan="2">x</th><th>b</th></tr><tr><td>1</td></tr></table>')
    assert "<thead>" not in html


def test_a_table_of_names_beside_values_has_no_head():
    """As statsmodels and others sum up."""
    row = "<tr><th>Model:</th><td>OLS</td><th>R-squared:</th><td>0.93</td></tr>"
    html = shown(text_html=f"<table>{row}{row}</table>")
    assert "<thead>" not in html
    assert html.count('<td class="num">0.93</td>') == 2


MONEY = "-$5.00|$-5.00|(1,204.50)|($5)|5 €|-3%|¥ 12|1&nbsp;204,5 €|2026-10-01T08:30:00Z"


@pytest.mark.parametrize("text", MONEY.split("|"))
def test_money_and_moments_stand_in_columns(text: str):
    assert f'<td class="num">{text}</td>' in shown(text_html=f"<table><tr><td>{text}</td></tr></table>")


def test_a_long_run_of_blanks_after_a_number_takes_no_time():
    assert "<td>1" in shown(text_html=f"<table><tr><td>1{'&nbsp; ' * 20_000}x</td></tr></table>")


def test_tables_of_julia_that_never_end_take_no_time():
    opening = '<table class = "data-frame"><tr class = "subheader">'
    assert "nests too deeply" in shown(text_html=opening * 5_000)


# library -> a table as it writes it, and a piece of what becomes of it
SOURCES = {
    "geopandas": (
        (
            '<table border="1" class="dataframe"><thead><tr><th></th><th>area</th><th>geometry</th></tr>'
            "</thead><tbody><tr><th>0</th><td>3.5</td><td>POINT (-1.00000 2.00000)</td></tr></tbody></table>"
        ),
        '<td class="num">3.5</td><td>POINT (-1.00000 2.00000)</td>',
    ),
    "dask": (
        (
            "<div><strong>Dask DataFrame Structure:</strong></div>"
            "<div><style scoped>.dataframe tbody tr th { vertical-align: top; }</style>"
            '<table class="dataframe"><thead>'
            '<tr style="text-align: right;"><th></th><th>n</th></tr><tr><th>npartitions=2</th><th></th></tr>'
            "</thead><tbody><tr><th></th><td>int64</td></tr><tr><th></th><td>...</td></tr></tbody></table></div>"
            "<div>Dask Name: from_pandas, 1 graph layer</div>"
        ),
        "<th>npartitions=2</th><th>n</th>",
    ),
    "data.table": (
        (
            '<table class="dataframe">\n<caption>A data.table: 1 × 2</caption>\n<thead>\n'
            "\t<tr><th scope=col>g</th><th scope=col>n</th></tr>\n"
            "\t<tr><th scope=col>&lt;fct&gt;</th><th scope=col>&lt;int&gt;</th></tr>\n</thead>\n"
            "<tbody>\n\t<tr><td>low</td><td>-3</td></tr>\n</tbody>\n</table>"
        ),
        '<th scope="col" class="type num">&lt;int&gt;</th>',
    ),
    "spark": (
        "<table border='1'>\n<tr><th>name</th><th>n</th></tr>\n<tr><td>Ann</td><td>-7</td></tr>\n</table>",
        '<thead><tr><th>name</th><th class="num">n</th></tr></thead>',
    ),
    "pandas with classes and links": (
        (
            '<table class="dataframe table table-striped"><thead><tr><th>a</th></tr></thead><tbody><tr>'
            '<td><a href="https://example.org/x" target="_blank">x</a></td></tr></tbody></table>'
        ),
        '<td><a href="https://example.org/x" rel="noopener noreferrer">x</a></td>',
    ),
}


@pytest.mark.parametrize("library", SOURCES)
def test_tables_of_a_library_are_tables_of_the_page(library: str):
    written, piece = SOURCES[library]
    html = shown(text_html=written)
    assert "<iframe" not in html
    assert 'class="table-scroll" id="fig-' in html
    assert piece in html
