"""Tables of outputs in a real browser: their bar, what it copies and saves, and how long ones open."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.knowledge.notebooks import code, display, notebook, text

PEOPLE = """
<div><table class="dataframe"><thead>
<tr><th></th><th>name</th><th colspan="2">sales, in €</th></tr></thead><tbody>
<tr><th rowspan="2">North</th><td>=HYPERLINK("http://x")</td><td>-1,204.5</td><td>+3</td></tr>
<tr><td>said "no", twice</td><td>@sum</td><td>-a</td></tr>
<tr><th>...</th><td>...</td><td>...</td><td>...</td></tr>
</tbody></table><p>5000 rows × 3 columns</p></div>
"""
ROWS = "".join(f"<tr><th>{n}</th><td>{n * n}</td></tr>" for n in range(600))
LONG = f"<table><thead><tr><th></th><th>square</th></tr></thead><tbody>{ROWS}</tbody></table>"
WIDE = "<table>" + 2 * ("<tr>" + "".join(f"<td>column {n}</td>" for n in range(100)) + "</tr>") + "</table>"
POLARS = """
<small>shape: (9_000, 2)</small><table class="dataframe"><thead><tr><th>day</th><th>sum</th></tr>
<tr><td>date</td><td>f64</td></tr></thead>
<tbody><tr><td>2026-01-02</td><td>-$3.50</td></tr><tr><td>&hellip;</td><td>&hellip;</td></tr></tbody></table>
"""
R = """
<table class="dataframe"><caption>A tibble: 2 × 2</caption><thead>
<tr><th scope=col>was</th><th scope=col>is</th></tr>
<tr><th scope=col>&lt;chr&gt;</th><th scope=col>&lt;dbl&gt;</th></tr></thead>
<tbody><tr><td>a<br>-b; =c</td><td>-Inf</td></tr><tr><td colspan=2>+49 30 1234</td></tr></tbody></table>
"""


@pytest.fixture
def page(meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]) -> Page:
    cells = [
        text("# Sums & tables"),
        *(code("1", display(text_html=html)) for html in (PEOPLE, LONG, WIDE, POLARS, R)),
    ]
    clone = clone_of("alice", "tables")
    clone.commit({"sums.ipynb": notebook(*cells)})
    clone.push("main")
    permissions = ["clipboard-read", "clipboard-write"]
    person = meet("carol", viewport={"width": 390, "height": 800}, permissions=permissions)
    shown = person.goto("/s/tables/sums.ipynb")
    expect(shown.locator(".table-bar")).to_have_count(5)
    assert person.console == []
    return shown


def test_tables_are_copied_saved_and_unfolded(page: Page) -> None:
    bars = page.locator(".table-bar")
    assert [bars.nth(at).locator("span").inner_text() for at in range(5)] == [
        "5,000 × 3, 2 shown",
        "600 × 1",
        "2 × 100",
        "9,000 × 2, 1 shown",
        "2 × 2",
    ]
    assert page.locator("p", has_text="5000 rows").is_hidden()
    _saves_without_formulas(page)
    _saves_what_is_seen(page)
    _copies_for_a_spreadsheet(page)
    _unfolds(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def saved(page: Page, number: int) -> tuple[str, list[list[str]]]:
    """What a table's file is called, and its rows."""
    with page.expect_download() as download:
        page.locator(".table-bar").nth(number).get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    return download.value.suggested_filename, list(csv.reader(io.StringIO(text, newline="")))


def _saves_what_is_seen(page: Page) -> None:
    """Not the types of columns; lines that are broken; what is as wide as the table once."""
    assert saved(page, 3)[1] == [["day", "sum"], ["2026-01-02", "-$3.50"], ["…", "…"]]
    assert saved(page, 4)[1] == [["was", "is"], ["a\n'-b;' =c", "-Inf"], ["+49 30 1234", ""]]


def _saves_without_formulas(page: Page) -> None:
    name, rows = saved(page, 0)
    assert name.startswith("sums-tables-table-")
    assert name.endswith("-1.csv")
    assert rows == [
        ["", "name", "sales, in €", "sales, in €"],
        ["North", '\'=HYPERLINK("http://x")', "-1,204.5", "+3"],
        ["North", 'said "no", twice', "'@sum", "'-a"],
        ["...", "...", "...", "..."],
    ]


def _copies_for_a_spreadsheet(page: Page) -> None:
    bar = page.locator(".table-bar").first
    bar.get_by_role("button", name="Copy").click()
    expect(bar.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith(
        '\tname\tsales, in €\tsales, in €\nNorth\t\'=HYPERLINK("http://x")\t-1,204.5\t+3\n'
    )


def _unfolds(page: Page) -> None:
    last = page.locator("tbody.rest tr").last
    box = page.locator(".long > .table-scroll")
    assert last.is_hidden()
    assert box.evaluate("box => box.clientHeight") < 600
    box.evaluate("box => box.scrollTo(0, 1500)")
    top = "element => element.getBoundingClientRect().top"
    assert abs(box.locator("thead").evaluate(top) - box.evaluate(top)) < 3
    page.get_by_text("All 600 rows").click()
    assert last.is_visible()
