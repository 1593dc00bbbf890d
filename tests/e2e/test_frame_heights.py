"""Frames take the height of what is in them: folded, come back to, printed, later, large."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.knowledge.notebooks import code, display, notebook, text

TALL = display(text_html='<style>p { height: 900px; margin: 0 }</style><p id="tall">Tall</p>')
WOBBLE = display(
    text_html="""<p>Wobbles</p><script>
let n = 0;
setInterval(() => {
  n += 1;
  parent.postMessage({ almanac: "height", height: n % 2 ? 40 : 700 }, "*");
}, 40);
</script>"""
)
COUNTED = """() => {
  window.shrinks = 0;
  const frame = document.querySelector("iframe.output-frame");
  const count = ({ oldValue }) => { window.shrinks += Number(oldValue) > Number(frame.height); };
  const watch = { attributeFilter: ["height"], attributeOldValue: true };
  new MutationObserver((changes) => changes.forEach(count)).observe(frame, watch);
}"""
LONG_TEXT = "\n\n".join("Words of a paragraph that says no more than others. " * 20 for _ in range(120))


@pytest.fixture
def show(meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]) -> Callable[..., Page]:
    """The post of these cells, to carol."""

    def show(name: str, *cells: object) -> Page:
        clone = clone_of("alice", f"heights-{name}")
        clone.commit({f"{name}.ipynb": notebook(text("# Heights"), *cells)})
        clone.push("main")
        return meet("carol").goto(f"/s/heights-{name}/{name}.ipynb")

    return show


def has_its_height(page: Page, number: int = 0) -> None:
    frame = page.locator("iframe.output-frame").nth(number)
    frame.scroll_into_view_if_needed()
    expect(frame).to_have_attribute("height", "908", timeout=30_000)


def test_a_frame_in_a_folded_output_has_its_height_once_that_opens_and_on_paper(
    show: Callable[..., Page],
) -> None:
    page = show("folded", code("1", TALL, tags=["hide_output"]), code("2", TALL, tags=["hide_output"]))
    page.locator("details.folded-outputs > summary").first.click()
    has_its_height(page)
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_text("Take it along", exact=True).click()
    page.get_by_role("button", name="Print or save as PDF").click()
    page.wait_for_function("() => window.printed", timeout=60_000)
    frames = page.locator("iframe.output-frame")
    heights = frames.evaluate_all("all => all.map(frame => [frame.height, 'told' in frame.dataset])")
    assert heights == [["908", True], ["908", True]]


def test_frames_have_their_height_after_going_away_and_coming_back(show: Callable[..., Page]) -> None:
    page = show("back", code("1", TALL))
    has_its_height(page)
    page.goto(page.url.split("/s/")[0])
    page.go_back()
    has_its_height(page)
    page.reload()
    has_its_height(page)


def test_a_frame_of_a_part_that_comes_later_has_its_height(show: Callable[..., Page]) -> None:
    page = show("later", *(text(LONG_TEXT) for _ in range(3)), code("1", TALL))
    expect(page.locator(".part-placeholder").first).to_be_attached()
    here = "left => document.querySelectorAll('.part-placeholder').length < left"
    while left := page.locator(".part-placeholder").count():
        page.evaluate("document.querySelector('.part-placeholder')?.scrollIntoView()")
        page.wait_for_function(here, arg=left, timeout=60_000)
    has_its_height(page)


def test_the_large_view_fills_the_window_and_leaves_the_page_as_it_was(show: Callable[..., Page]) -> None:
    page = show("large", code("1", TALL))
    has_its_height(page)
    figure = page.locator(".figure")
    figure.hover()
    figure.get_by_role("button", name="Enlarge").click()
    expect(page.frame_locator("dialog.viewer iframe").locator("#tall")).to_be_visible()
    room = page.locator(".viewer-stage").evaluate("stage => stage.clientHeight")
    assert page.locator("dialog.viewer iframe").evaluate("frame => frame.clientHeight") > room / 2
    page.keyboard.press("Escape")
    has_its_height(page)


def test_a_frame_that_wobbles_without_an_end_comes_to_rest_at_its_tallest(show: Callable[..., Page]) -> None:
    page = show("wobble", code("1", WOBBLE))
    frame = page.locator("iframe.output-frame")
    page.evaluate(COUNTED)
    page.wait_for_function("() => window.shrinks >= 30", timeout=60_000)
    expect(frame).to_have_attribute("height", "700")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.shrinks") <= 60
    expect(frame).to_have_attribute("height", "700")
