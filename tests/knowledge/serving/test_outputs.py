"""Tables as rows of texts."""

import pytest

from knowledge.serving.outputs import MOST_CELLS, table_of


def row(*cells: str, tag: str = "td") -> str:
    return (
        "<tr>"
        + "".join(cell if cell.startswith("<t") else f"<{tag}>{cell}</{tag}>" for cell in cells)
        + "</tr>"
    )


def test_heads_of_several_rows_are_one_line_and_spans_are_repeated() -> None:
    head = row("<th></th>", '<th colspan="2">2026</th>') + row(
        "<th>market</th>", "<th>Q1</th>", "<th>Q2</th>"
    )
    body = row('<th rowspan="2">FR</th>', "1", "2") + row("3", "4") + row("<th>DE</th>", "5")
    found = table_of(f"<table><thead>{head}</thead><tbody>{body}</tbody></table>")
    assert found.columns == ["market", "2026 / Q1", "2026 / Q2"]
    assert found.rows == [["FR", "1", "2"], ["FR", "3", "4"], ["DE", "5", ""]]


@pytest.mark.parametrize(
    ("html", "columns", "rows"),
    [
        (row("a", "b", tag="th") + row("1", "2"), ["a", "b"], [["1", "2"]]),
        (row("1", "2") + row("3", "4"), ["1", "2"], [["1", "2"], ["3", "4"]]),
        (row("x", tag="th"), ["1"], [["x"]]),
        ("", [], []),
        (row("&lt;NA&gt; <b>1\n  2</b>&nbsp;"), ["1"], [["<NA> 1 2\N{NO-BREAK SPACE}"]]),
    ],
)
def test_tables_without_a_head_of_their_own(html: str, columns: list[str], rows: list[list[str]]) -> None:
    found = table_of(f"<table>{html}</table>")
    assert (found.columns, found.rows) == (columns, rows)


def test_cells_that_span_very_much_stay_bounded() -> None:
    html = "".join(row(*['<td colspan="999">x</td>'] * 10) for _ in range(100))
    assert sum(map(len, table_of(f"<table>{html}</table>").rows)) < 4 * MOST_CELLS
