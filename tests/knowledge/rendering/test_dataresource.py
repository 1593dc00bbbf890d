"""Tables that come as data."""

import pytest

from knowledge.rendering.dataresource import Data, of_csv, of_kotlin, of_table_schema
from tests.knowledge.rendering.structure import faults_of

PANDAS = {
    "schema": {
        "fields": [{"name": "sales", "type": "number"}, {"name": "month", "type": "string"}],
        "primaryKey": ["month"],
        "pandas_version": "1.4.0",
    },
    "data": [{"month": "May", "sales": 41.5}, {"month": "<June>", "sales": None}],
}


def html_of(table: Data | None) -> str:
    assert table
    return table.html()


def test_a_table_schema_names_its_rows_by_its_key():
    html = html_of(of_table_schema(PANDAS))
    assert "<thead><tr><th>month</th><th>sales</th></tr></thead>" in html
    assert "<tr><th>May</th><td>41.5</td></tr><tr><th>&lt;June&gt;</th><td></td></tr>" in html
    assert faults_of(html) == []


def test_rows_may_come_as_lists_and_the_whole_as_text():
    text = '{"schema":{"fields":[{"name":"a"},{"name":"b"}]},"data":[[1,true],"no row"]}'
    assert "<tbody><tr><td>1</td><td>true</td></tr></tbody>" in html_of(of_table_schema(text))


@pytest.mark.parametrize(
    "value",
    [None, 1, "{", [], {}, {"data": [], "schema": 1}, {"data": [], "schema": {"fields": "x"}}, {"data": 1}],
)
def test_what_is_no_table_is_none(value):
    assert of_table_schema(value) is None
    assert of_kotlin(value) is None


def test_a_kotlin_frame_has_its_columns_in_order_and_tells_nested_ones_by_size():
    text = (
        '{"metadata":{"columns":["b","a"],"nrow":891},"kotlin_dataframe":'
        '[{"a":1,"b":{"metadata":{"kind":"DataFrame"},"data":[{},{}]}},{"a":[1,"x"],"b":null}]}'
    )
    html = html_of(of_kotlin(text))
    assert "<th>b</th><th>a</th>" in html
    assert "<td>2 rows</td><td>1</td>" in html
    assert '<td></td><td>[1,"x"]</td>' in html
    assert html.endswith("<p>891 rows × 2 columns</p>")
    assert "<th>z</th>" in html_of(of_kotlin({"kotlin_dataframe": [{"z": 1}]}))


def test_comma_separated_text_is_a_table_if_it_has_rows():
    assert "<tr><td>1</td><td>x, y</td></tr>" in html_of(of_csv('a,b\r\n1,"x, y"\r\n'))
    assert "<td>2</td>" in html_of(of_csv("a\tb\n1\t2\n", "\t"))
    assert of_csv("\r\n") is None
    assert of_csv("only a line") is None
    assert of_csv("a\n" + "x" * 200_000) is None


def test_a_table_of_a_million_cells_is_cut_and_says_what_it_is_of():
    html = html_of(of_csv(",".join("abcdefghij") + "\n" + "1,2,3,4,5,6,7,8,9,10\n" * 100_000))
    assert html.count("<tr>") == 5_001
    assert html.endswith("<p>100,000 rows × 10 columns</p>")
    wide = html_of(
        of_table_schema({"schema": {"fields": [{"name": str(n)} for n in range(900)]}, "data": []})
    )
    assert wide.count("<th>") == 500


def test_columns_that_pandas_numbers_are_columns_too():
    value = {
        "schema": {
            "fields": [{"name": "index"}, {"name": 0}, {"name": 1, "type": "datetime"}],
            "primaryKey": ["index"],
        },
        "data": [
            {"index": 0, "0": -1.5, "1": "2026-01-02T10:00:00.250Z"},
            {"index": 1, "1": "2026-01-02T10:00:00.000"},
        ],
    }
    html = html_of(of_table_schema(value))
    assert "<th>index</th><th>0</th><th>1</th>" in html
    assert "<tr><th>0</th><td>-1.5</td><td>2026-01-02 10:00:00.25Z</td></tr>" in html
    assert "<tr><th>1</th><td></td><td>2026-01-02 10:00:00</td></tr>" in html


def test_text_with_decimal_commas_is_separated_by_semicolons():
    html = html_of(of_csv("\ufeffname;n\nx;1,5\ny;-2\n"))
    assert "<th>name</th><th>n</th>" in html
    assert "<td>x</td><td>1,5</td>" in html
