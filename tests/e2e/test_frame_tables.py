"""Tables in frames, in a real browser: their bar is the page's, which believes nothing that a frame says."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.knowledge.notebooks import code, display, notebook, text

ROWS = "".join(
    f'<tr><th>{n}</th><td class="low">{"-" if n else ""}{n}.5</td><td>row<br>{n}, "so"</td></tr>'
    for n in range(60)
)
STYLED = (
    "<style>#T_1 .low { background: #fdd } #T_1 caption { font-weight: 700 }</style>"
    '<table id="T_1"><caption>Sales</caption><thead><tr><th></th><th colspan="2">all of it</th></tr></thead>'
    f'<tbody>{ROWS}<tr><th>=1+1</th><td>-$5</td><td>a; =HYPERLINK("x")</td></tr></tbody></table>'
)
TWO = (
    "<style>td { color: #123 }</style><table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    '<table><thead><tr><td colspan="2">A title</td></tr><tr><th>b</th><th>c</th></tr></thead>'
    "<tbody><tr><td>2</td><td><img alt=up> 3</td></tr></tbody></table>"
)
LIES = """<p id="asked">not yet</p><script>
const say = (tables) => parent.postMessage({ almanac: "tables", tables, alone: "yes" }, "*");
say([["<img src=x onerror=alert(1)>", 2], [1e99, 1], [-1, 2], "x", null, [3, 4]]);
const answer = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function () {
  asked.textContent = "asked";
  const cells = [[["\\t=1+1", 1, 1e9], 5, ["+cmd|' /C calc'!A0", "x", -1]], "row", [["<b>bold</b>"]]];
  for (let n = 0; n < 3; n += 1) answer.call(this, JSON.stringify(cells));
};
</script>"""
FLOOD = """<p>Much to say</p><script>
setInterval(() => {
  for (let n = 0; n < 400; n += 1) parent.postMessage({ almanac: "height", height: n % 2 ? 40 : 4000 }, "*");
}, 1);
</script>"""

Show = Callable[..., Page]


@pytest.fixture
def show(meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]) -> Show:
    """The post of these outputs, to carol."""

    def show(name: str, *outputs: str) -> Page:
        clone = clone_of("alice", f"frames-{name}")
        cells = (code("1", display(text_html=html)) for html in outputs)
        clone.commit({f"{name}.ipynb": notebook(text("# Tables in frames"), *cells)})
        clone.push("main")
        person = meet("carol", permissions=["clipboard-read", "clipboard-write"])
        return person.goto(f"/s/frames-{name}/{name}.ipynb")

    return show


def saved(page: Page, bar: Locator) -> list[list[str]]:
    with page.expect_download() as download:
        bar.get_by_role("button", name="CSV").click()
    content = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def inside(page: Page) -> Frame:
    frame = page.locator("iframe.output-frame").element_handle().content_frame()
    assert frame
    return frame


def test_a_styled_table_is_copied_saved_and_unfolded_as_one_of_the_page(show: Show) -> None:
    page = show("styled", STYLED)
    bar = page.locator(".table-bar")
    expect(bar.get_by_title("rows × columns")).to_have_text("61 × 2", timeout=30_000)
    rows = saved(page, bar)
    assert rows[:2] == [["", "all of it", "all of it"], ["0", "0.5", 'row\n0, "so"']]
    assert rows[61] == ["'=1+1", "-$5", 'a;\' =HYPERLINK("x")']
    bar.get_by_role("button", name="Copy").click()
    expect(bar.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('\tall of it\tall of it\n0\t0.5\t"row\n0, ""so"""\n1\t-1.5\t')
    _head_stays(page)
    frame = page.locator("iframe.output-frame")
    short = frame.evaluate("frame => frame.clientHeight")
    bar.get_by_role("button", name="All 61 rows").click()
    assert frame.evaluate("frame => frame.clientHeight") > 2 * short


def _head_stays(page: Page) -> None:
    frame = inside(page)
    frame.evaluate("scrollTo(0, 900)")
    frame.wait_for_function("() => document.querySelector('thead').getBoundingClientRect().top === 0")
    assert (
        frame.evaluate("getComputedStyle(document.querySelector('.low')).backgroundColor")
        == "rgb(255, 221, 221)"
    )


def test_of_several_tables_in_a_frame_the_reader_chooses_one(show: Show) -> None:
    page = show("two", TWO)
    bar = page.locator(".table-bar")
    choice = bar.get_by_label("Which table")
    expect(choice.locator("option")).to_have_text(["Table 1: 1 × 1", "Table 2: 1 × 2"], timeout=30_000)
    assert saved(page, bar) == [["a"], ["1"]]
    choice.select_option("Table 2: 1 × 2")
    assert saved(page, bar) == [["A title", ""], ["b", "c"], ["2", "up 3"]]


def test_what_a_frame_says_of_its_tables_is_never_more_than_text(show: Show) -> None:
    page = show("lies", LIES)
    bar = page.locator(".table-bar")
    expect(bar.get_by_title("rows × columns")).to_have_text("3 × 4", timeout=30_000)
    assert page.locator(".folded-frame, .figure img").count() == 0
    assert inside(page).locator("#asked").inner_text() == "not yet"
    rows = saved(page, bar)
    assert rows[0][0] == rows[0][999] == "'=1+1"
    assert rows[0][1000:] == ["", "'+cmd|' /C calc'!A0"]
    assert rows[1][0] == "<b>bold</b>"


def test_a_frame_that_floods_the_page_is_stopped_and_the_page_goes_on(show: Show) -> None:
    page = show("flood", FLOOD, STYLED)
    expect(page.get_by_text("This output was stopped")).to_be_visible(timeout=30_000)
    bar = page.locator(".table-bar")
    bar.scroll_into_view_if_needed()
    assert len(saved(page, bar)) == 62


def test_a_table_that_turns_pages_is_saved_with_all_of_them(show: Show) -> None:
    rows = ",".join(f'[{n}, "<b>row</b> {n}", "&amp;"]' for n in range(120))
    page = show(
        "paged",
        '<table id="p"><thead><tr><th>n</th><th>what</th><th>sign</th></tr></thead></table>'
        '<script type="module">'
        "import DataTable from 'https://cdn.jsdelivr.net/npm/dt_for_itables@2.0.0/dt_bundle.js';"
        f'new DataTable("#p", {{ data: [{rows}], order: [[0, "desc"]] }});</script>',
    )
    bar = page.locator(".table-bar")
    expect(bar.get_by_title("rows × columns")).to_have_text("120 × 3", timeout=30_000)
    saved_rows = saved(page, bar)
    assert len(saved_rows) == 121
    assert saved_rows[:2] == [["n", "what", "sign"], ["119", "row 119", "&"]]
    inside(page).get_by_label("Search").fill("7")
    expect(bar.get_by_title("rows × columns")).not_to_have_text("120 × 3")
