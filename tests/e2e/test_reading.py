"""The reading page, as readers and authors use it: code, contents, figures, long documents, paper."""

import base64
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Person
from tests.e2e.notebooks import PLOTLY, code, notebook, text
from tests.git_client import Clone
from tests.portal_process import Portal

Meet = Callable[..., Person]
PHONE = {"width": 390, "height": 800}
WIDE = {"width": 1400, "height": 900}
SENTENCE = "The share of customers who order again falls with each month. "


def picture(width: int, height: int) -> dict[str, str]:
    """A grey PNG as an output."""
    rows = (b"\0" + b"\xaa" * width) * height
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    made = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return {"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(made)).decode()}


def tagged(cell: dict[str, Any], *tags: str) -> dict[str, Any]:
    return {**cell, "metadata": {"tags": list(tags)}}


def printing(source: str, lines: str) -> dict[str, Any]:
    return {**code(source), "outputs": [{"output_type": "stream", "name": "stdout", "text": lines}]}


READING = notebook(
    text("---\ntitle: Code and figures\nauthors: [alice]\n---"),
    text(f"## First\n\n{SENTENCE * 20}"),
    code("first_code()", picture(700, 300)),
    tagged(code("tucked_code()"), "hide_input"),
    text(f"### Deeper\n\n{SENTENCE * 20}"),
    tagged(code("folded()", picture(300, 200)), "hide_output"),
    printing("train()", "".join(f"epoch {number}\n" for number in range(200))),
    text(f"## Second\n\n```python\nfenced_code()\n```\n\n{SENTENCE * 60}"),
    code("px.bar(orders)", PLOTLY),
    text(f"## Third\n\n{SENTENCE * 60}"),
)

CHAPTERS = 40
LONG = notebook(
    text("---\ntitle: A long one\n---"),
    *(
        cell
        for number in range(CHAPTERS)
        for cell in (
            text(f"## Chapter {number}\n\n" + f"{SENTENCE * 20}\n\n" * 10),
            printing(f"code_{number}()", f"printed in {number}\n" * 5),
        )
    ),
    text("## The very end\n\nThat is all, $x_0$."),
)


@pytest.fixture(scope="module")
def posts(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a space with the posts of these tests, readable."""
    portal.errand("create_space", "reading", "--maintainer", "alice")
    token = portal.errand("create_token", "alice", "--scope", "write").split()[-1]
    remote = portal.url.replace("://", f"://alice:{token}@")
    clone = Clone(tmp_path_factory.mktemp("reading") / "work", f"{remote}/git/reading.git")
    clone.commit({"short.ipynb": READING, "long.ipynb": LONG})
    assert clone.push().code == 0
    return "/s/reading/"


@pytest.fixture
def read(meet: Meet, posts: str) -> Callable[..., Page]:
    """Open a post as someone: `read("carol", "short.ipynb#h-second")`; asserts a quiet console at the end."""

    def read(username: str, address: str, **options: Any) -> Page:
        person = meet(username, **{"viewport": WIDE, **options})
        page = person.goto(posts + address)
        expect(page.locator("article.post-text")).to_be_visible()
        return page

    return read


def is_open(page: Page, cell: int) -> bool:
    return bool(page.locator(f"#cell-cell-{cell} details.code").evaluate("details => details.open"))


def test_code_is_folded_for_readers_and_open_for_its_author(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    assert not is_open(page, 2)
    page = read("alice", "short.ipynb")
    assert is_open(page, 2)
    assert not is_open(page, 3)  # its author wanted that one folded


def test_code_is_switched_by_a_key_and_what_was_chosen_stays(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    page.keyboard.press("c")
    assert (is_open(page, 2), is_open(page, 3)) == (True, False)
    page.locator("#cell-cell-2 details.code > summary").click()
    page.locator("#cell-cell-3 details.code > summary").click()
    page.reload()
    assert (is_open(page, 2), is_open(page, 3), is_open(page, 5)) == (False, True, True)
    page.keyboard.press("c")  # all, and the exceptions are forgotten
    page.keyboard.press("c")
    assert (is_open(page, 2), is_open(page, 3)) == (True, False)


def test_an_address_says_whether_code_is_shown_and_changes_no_choice(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb?code=1")
    assert is_open(page, 2)
    page = read("alice", "short.ipynb?code=0")
    assert not is_open(page, 2)
    page.goto(page.url.replace("?code=0", ""))
    assert is_open(page, 2)


def test_code_is_copied_without_its_marks(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb?code=1", permissions=["clipboard-read", "clipboard-write"])
    for box, source in (("#cell-cell-2", "first_code()"), ("#cell-cell-7", "fenced_code()")):
        page.locator(box).get_by_role("button", name="Copy this code").click()
        expect(page.locator(box).get_by_text("Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == source


def test_the_contents_tell_what_is_being_read_and_how_far(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    current = page.locator(".outline a[aria-current]")
    page.locator(".outline").get_by_role("link", name="Second").click()
    expect(current).to_have_text("Second")
    before = page.evaluate("Number(document.querySelector('.outline').style.getPropertyValue('--read'))")
    page.keyboard.press("j")
    expect(current).to_have_text("Third")
    expect(page.get_by_role("heading", name="Third")).to_be_in_viewport()
    after = page.evaluate("Number(document.querySelector('.outline').style.getPropertyValue('--read'))")
    assert 0 < before < after <= 1
    page.keyboard.press("k")
    expect(current).to_have_text("Second")


def test_on_a_phone_the_contents_stick_as_a_line_that_unfolds(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for column in ("dt", "dd"):  # what a fact is called, and what it says
        places = page.locator(f".facts {column}").evaluate_all("all => all.map(one => one.offsetLeft)")
        assert len(set(places)) == 1
    page.locator("#h-second").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    line = page.locator(".outline > summary")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("Second")
    line.click()
    page.locator(".outline").get_by_role("link", name="First").click()
    expect(page.get_by_role("heading", name="First")).to_be_in_viewport()
    expect(page.locator(".outline nav")).to_be_hidden()


def test_a_figure_opens_large_and_the_keyboard_walks_through_all_of_them(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#cell-cell-2 .plate img").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.get_by_text("1 of 3")).to_be_visible()
    figure = page.locator("#cell-cell-2 .figure").get_attribute("id")
    viewer.get_by_role("button", name="Copy link").click()
    expect(viewer.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{page.url}#{figure}"
    with page.expect_download() as download:
        viewer.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".png")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_text("3 of 3")).to_be_visible()
    expect(page.frame_locator("dialog.viewer iframe").locator(".main-svg").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_a_frame_that_is_there_before_the_script_that_listens_takes_its_height(
    meet: Meet, posts: str
) -> None:
    carol = meet("carol", viewport={"width": 1400, "height": 4000})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    carol.context.route("**/js/post-frames*.js", hold)
    carol.page.goto(f"{carol.portal.url}{posts}short.ipynb", wait_until="commit")
    drawn = carol.page.frame_locator("iframe.output-frame").locator(".main-svg").first
    expect(drawn).to_be_visible()
    carol.page.wait_for_timeout(500)  # it says its height, to nobody
    held[0].continue_()
    expect(carol.page.locator("iframe.output-frame")).to_have_attribute("data-told", "")


def test_an_address_of_a_figure_opens_what_hides_it(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    figure = page.locator("#cell-cell-5 .figure").get_attribute("id")
    assert figure
    assert re.match(r"fig-.+-\d+$", figure)
    page.goto(f"{page.url}#{figure}")
    expect(page.locator(f"#{figure} img")).to_be_in_viewport()
    page.goto(page.url.split("#")[0] + "#cell-cell-8")
    expect(page.get_by_text("px.bar(orders)")).to_be_in_viewport()


def test_a_broken_address_is_no_error(meet: Meet, posts: str) -> None:
    carol = meet("carol")
    page = carol.goto(f"{posts}short.ipynb#%E0%A4%A")
    expect(page.locator("article.post-text")).to_be_visible()
    carol.goto(f"{posts}long.ipynb#nothing-has-this-name")
    expect(page.get_by_role("heading", name="Chapter 0")).to_be_visible()
    assert carol.console == []


def test_long_output_shows_all_when_asked(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    box = page.locator("#cell-cell-6 .outputs pre")
    short = box.bounding_box()
    page.locator("#cell-cell-6 .long summary").click()
    whole = box.bounding_box()
    assert short
    assert whole
    assert whole["height"] > 3 * short["height"]


def parts_here(page: Page) -> list[int]:
    return [
        int(part) for part in page.locator(".part").evaluate_all("all => all.map(part => part.dataset.part)")
    ]


def test_a_long_post_comes_in_parts_as_it_is_read(meet: Meet, posts: str) -> None:
    carol = meet("carol", viewport=WIDE)
    page = carol.goto(f"{posts}long.ipynb")
    assert parts_here(page) == [0]
    waiting = page.locator(".part-placeholder").count()
    assert waiting >= 2
    # straight to the end: what lies between stays away
    page.locator(".outline").get_by_role("link", name="The very end").click()
    expect(page.get_by_text("That is all")).to_be_in_viewport()
    expect(page.locator("#h-the-very-end ~ p .katex")).to_be_visible()
    assert 1 not in parts_here(page)
    # and by scrolling all of it
    page.keyboard.press("Home")
    page.mouse.move(700, 400)
    for _ in range(120):
        if not page.locator(".part-placeholder").count():
            break
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(60)
    assert parts_here(page) == list(range(waiting + 1))
    titles = page.locator("article h2").evaluate_all("all => all.map(title => title.firstChild.textContent)")
    assert titles == [*(f"Chapter {number}" for number in range(CHAPTERS)), "The very end"]
    assert carol.console == []


def test_an_address_leads_into_a_part_that_is_not_here_yet(read: Callable[..., Page]) -> None:
    late = 2 * CHAPTERS
    page = read("carol", f"long.ipynb#cell-cell-{late}")
    expect(page.locator(f"#cell-cell-{late}")).to_be_in_viewport()
    assert 1 not in parts_here(page)
    assert is_open(page, late)


def test_whoever_loads_a_long_post_again_finds_the_place(read: Callable[..., Page]) -> None:
    page = read("carol", "long.ipynb#h-chapter-25")
    expect(page.get_by_role("heading", name="Chapter 25")).to_be_in_viewport()
    page.mouse.move(700, 400)
    for _ in range(8):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(60)
    at = "document.elementsFromPoint(700, 200).map(found => found.closest('.cell')?.id).find(Boolean)"
    page.wait_for_timeout(1000)  # parts that came near take their height
    left = page.evaluate(at)
    page.reload()
    page.wait_for_function(f"() => {at} === '{left}'")
    assert left != "cell-cell-51"


def test_a_part_that_does_not_come_says_so_and_comes_when_asked_again(meet: Meet, posts: str) -> None:
    carol = meet("carol", viewport=WIDE)
    carol.context.route("**/parts/1?*", lambda route: route.abort())
    page = carol.goto(f"{posts}long.ipynb")
    page.locator(".part-placeholder").first.scroll_into_view_if_needed()
    expect(page.get_by_text("could not be loaded")).to_be_visible()
    carol.context.unroute("**/parts/1?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".part[data-part='1']")).to_be_attached()


PAPER = "document.adoptedStyleSheets.map(sheet => [...sheet.cssRules].map(rule => rule.cssText)).join()"


def test_printing_loads_all_of_it_and_shows_no_code(read: Callable[..., Page]) -> None:
    page = read("alice", "long.ipynb")
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_text("Take it along").click()
    page.get_by_role("button", name="Print or save as PDF").click()
    page.wait_for_function("() => window.printed", timeout=60_000)
    assert page.locator(".part-placeholder").count() == 0
    page.emulate_media(media="print")
    expect(page.get_by_text("code_1()", exact=True)).to_be_hidden()
    expect(page.get_by_text("printed in 30").first).to_be_visible()
    assert re.search(r"@bottom-left.*/s/reading/long\.ipynb@1 · revision 1", page.evaluate(PAPER))


def test_on_paper_what_was_folded_is_open(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#cell-cell-5 .figure img")).to_be_visible()
    whole = page.locator("#cell-cell-6 .outputs pre").bounding_box()
    assert whole
    assert whole["height"] > 2000
    for hidden in (".bar", ".outline", ".facts", ".tools", "#cell-cell-2 details.code"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_on_paper_nothing_is_cut_at_the_edge(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    page.evaluate("() => { document.querySelector('.figure.frame').style.marginInlineEnd = '-60px'; }")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for wide in page.locator(".prose iframe.output-frame, .prose .table-scroll > table").all():
        box = wide.bounding_box()
        assert box
        assert box["width"] < 670  # and a border, on screens
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    frame = page.locator(".prose iframe.output-frame").first
    assert frame.get_attribute("style") is None


WIDE_TABLE = """() => {
    const cells = (tag, text) =>
        Array.from({length: 30}, (_, n) => `<${tag}>${text} ${n}</${tag}>`).join("");
    const rows = [0, 1, 2, 3].map((n) => `<tr><th>row ${n}</th>${cells("td", "12345.67")}</tr>`).join("");
    const head = `<tr><th></th><th colspan="30">all</th></tr><tr><th></th>${cells("th", "column")}</tr>`;
    document.querySelector(".post-text .cell").insertAdjacentHTML("beforeend",
        `<div class="table-scroll" id="wide"><table class="dataframe">
         <thead>${head}</thead><tbody>${rows}</tbody></table></div>`);
    dispatchEvent(new Event("beforeprint"));
}"""


def test_on_paper_a_table_that_is_too_wide_goes_on_below_with_its_rows_named(
    read: Callable[..., Page],
) -> None:
    page = read("carol", "short.ipynb")
    page.evaluate(WIDE_TABLE)
    page.emulate_media(media="print")
    expect(page.locator("#wide")).to_be_hidden()
    groups = page.locator("table.group")
    seen: list[str] = []
    for group in groups.all():
        assert group.locator("tbody th").all_inner_texts() == [f"row {n}" for n in range(4)]
        box = group.bounding_box()
        assert box
        assert box["width"] < 670
        assert float(group.evaluate("table => table.style.zoom")) >= 0.85
        seen += group.locator("thead tr").nth(1).locator("th").all_inner_texts()[1:]
    assert seen == [f"column {n}" for n in range(30)]
    expect(page.get_by_text(re.compile(r"^Columns 1–\d+ of 30$"))).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert groups.count() == 0
    page.emulate_media(media="screen")
    expect(page.locator("#wide")).to_be_visible()


def test_on_a_phone_the_menu_keeps_to_the_text_and_everything_is_large_enough_to_touch(
    read: Callable[..., Page],
) -> None:
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    page = read("carol", "short.ipynb?code=1", **phone)
    page.get_by_text("Take it along").click()
    menu = page.locator(".tools .menu-list").bounding_box()
    assert menu
    assert (menu["x"], menu["x"] + menu["width"]) == (16, 374)
    page.keyboard.press("Escape")
    for target in (".tools .menu > summary", "details.code > summary", ".figure-tools .tool", ".switch"):
        box = page.locator(target).first.bounding_box()
        assert box
        assert box["height"] >= 40, target


def test_without_scripts_all_of_it_can_be_read(read: Callable[..., Page]) -> None:
    page = read("carol", "long.ipynb", java_script_enabled=False)
    page.get_by_role("link", name=re.compile("Go on reading")).first.click()
    assert page.url.endswith("?part=1")
    expect(page.locator(".part h2").first).to_be_visible()
    page.locator(".outline > summary").click(force=True)
    page.locator(".outline").get_by_role("link", name="The very end").click()
    expect(page.get_by_text("That is all")).to_be_visible()
    page.goto(page.url.replace("long", "short").split("?")[0])
    page.locator("#cell-cell-2 details.code > summary").click()
    expect(page.get_by_text("first_code()")).to_be_visible()


def test_the_keys_are_listed(read: Callable[..., Page]) -> None:
    page = read("carol", "short.ipynb")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#cell-cell-2 .figure").scroll_into_view_if_needed()
    page.keyboard.press("f")
    expect(page.locator("dialog.viewer")).to_be_visible()
