"""Tables as they stand on the page."""

import pytest

from knowledge.rendering.tables import as_outputs, tables


def test_a_table_scrolls_in_a_box_of_its_own():
    assert tables("<table><tbody><tr><td>a</td></tr></tbody></table>") == (
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
        "<table><tbody><tr><td>a</td></tr></tbody></table></div>"
    )


NUMBERS = (
    "7|-1.5|−0.2|1,204.5|69 %|€ 12|1e-05|2026-10-01|2026-10-01 08:30|NaN|&lt;NA&gt;|<strong>3.92</strong>"
)


@pytest.mark.parametrize("text", NUMBERS.split("|"))
def test_numbers_and_dates_stand_in_columns(text):
    assert f'<td class="num">{text}</td>' in tables(f"<table><tr><td>{text}</td></tr></table>")


@pytest.mark.parametrize("text", ["", "seven", "r7", "1 of 9", "10.1.x"])
def test_words_do_not(text):
    assert f"<td>{text}</td>" in tables(f"<table><tr><td>{text}</td></tr></table>")


def test_the_name_of_the_index_stands_in_the_row_of_the_columns():
    html = tables(
        '<table class="dataframe"><thead><tr><th></th><th>aisle</th><th>who</th></tr>'
        "<tr><th>goods</th><th></th><th></th></tr></thead>"
        "<tbody><tr><th>Baby</th><td>19</td><td>Farid</td></tr></tbody></table>"
    )
    assert '<thead><tr><th>goods</th><th class="num">aisle</th><th>who</th></tr></thead>' in html


def test_an_index_name_beside_a_name_of_the_columns_keeps_its_row():
    html = tables(
        "<table><thead><tr><th>delivery</th><th>free</th></tr><tr><th>month</th><th></th></tr></thead>"
        "<tbody><tr><th>1</th><td>62.3%</td></tr></tbody></table>"
    )
    assert '<tr><th>delivery</th><th class="num">free</th></tr>' in html
    assert '<tr><th>month</th><th class="num"></th></tr>' in html


def test_heads_that_span_columns_are_left_and_those_below_find_theirs():
    html = tables(
        '<table><thead><tr><th></th><th colspan="2">price</th></tr>'
        "<tr><th></th><th>mean</th><th>name</th></tr></thead>"
        "<tbody><tr><th>milk</th><td>1.10</td><td>m</td></tr></tbody></table>"
    )
    assert '<th colspan="2">price</th>' in html
    assert '<th class="num">mean</th><th>name</th>' in html


def test_a_table_without_a_head_has_its_first_row_for_one_if_that_is_all_heads():
    html = tables(
        "<table><tbody><tr><td></td><th>coef</th><th>z</th></tr>"
        "<tr><th>Intercept</th><td>11.4</td><td>65.1</td></tr></tbody></table>"
    )
    assert '<td></td><th class="num">coef</th><th class="num">z</th>' in html


def test_a_number_above_a_column_of_words_stands_like_the_words():
    html = tables(
        "<table><thead><tr><th>0</th><th>2025</th></tr></thead>"
        "<tbody><tr><td>milk</td><td>7</td></tr></tbody></table>"
    )
    assert '<th>0</th><th class="num">2025</th>' in html


def test_every_table_of_a_text_gets_its_own_heads():
    one = "<table><thead><tr><th>{}</th></tr></thead><tbody><tr><td>{}</td></tr></tbody></table>"
    html = tables(one.format("words", "a") + one.format("numbers", "1"))
    assert "<th>words</th>" in html
    assert '<th class="num">numbers</th>' in html


def test_a_table_in_a_table_is_left_as_it_is():
    inner = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    assert '<th class="num">' not in tables(f"<table><tr><td>{inner}</td></tr></table>")


def test_what_is_missing_from_a_column_of_numbers_stands_where_they_do():
    html = tables(
        "<table><thead><tr><th>n</th><th>who</th></tr></thead><tbody><tr><td>null</td><td>null</td></tr>"
        "<tr><td>1</td><td>Ann</td></tr><tr><td>...</td><td>...</td></tr></tbody></table>"
    )
    assert '<th class="num">n</th><th>who</th>' in html
    assert '<tr><td class="num">null</td><td>null</td></tr>' in html
    assert '<tr><td class="num">...</td><td>...</td></tr>' in html


def test_the_types_that_r_tells_of_columns_are_marked():
    html = tables(
        '<table><thead><tr><th></th><th scope="col">mpg</th></tr>'
        '<tr><th></th><th scope="col">&lt;dbl&gt;</th></tr>'
        "</thead><tbody><tr><th>Mazda</th><td>21.0</td></tr></tbody></table>"
    )
    assert '<th scope="col" class="num">mpg</th>' in html
    assert '<th scope="col" class="type num">&lt;dbl&gt;</th>' in html
    assert "type" not in tables("<table><tr><td>&lt;a tag&gt;</td></tr></table>")


def rows(count: int, cells: str = "<td>1</td>") -> str:
    return f"<table><thead><tr><th>a</th></tr></thead><tbody>{f'<tr>{cells}</tr>' * count}</tbody></table>"


def test_output_tables_are_named_and_long_ones_folded():
    names = iter("xyz")
    html = as_outputs(tables(rows(2) + rows(60)), lambda: f"fig-{next(names)}")
    assert '<div class="table-scroll" id="fig-x" tabindex="0"' in html
    assert html.count('<div class="long">') == 1
    assert html.endswith('</div><details class="all"><summary>All 60 rows</summary></details></div>')


def test_a_browser_need_not_lay_out_all_of_a_very_long_table():
    html = as_outputs(tables(rows(5_000)), lambda: "fig-x")
    first, rest = html.split('</tbody><tbody class="rest">')
    assert first.count("<tr>") == 101
    assert rest.count("<tr>") == 4_900
    assert "rest" not in as_outputs(tables(rows(150)), lambda: "fig-x")


def test_cells_that_span_rows_keep_a_long_table_whole():
    assert '"rest"' not in as_outputs(tables(rows(5_000, '<td rowspan="2">1</td>')), lambda: "fig-x")
