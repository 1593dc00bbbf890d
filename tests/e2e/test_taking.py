"""Posts taken along, in a real browser: opened from disk without a network, presented, cited."""

import base64
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Person
from tests.e2e.notebooks import PLOTLY, code, notebook, text
from tests.git_client import Clone
from tests.knowledge.notebooks import png

PRESS = "document.getElementById('said').textContent += ' done'"
HANDLER = {
    "text/html": f'<p id="said">not yet</p><button onclick="{PRESS}">Press</button>'
    f'<div id="more"></div><script>more.innerHTML = `<button onclick="{PRESS}">Press</button>`;'
    "const later = document.createElement('script');"
    "later.text = \"document.body.dataset.made = 'yes'\"; document.head.append(later);</script>"
}
REQUIRED = {
    "text/html": '<div id="box"></div><script>require(["plotly"], (Plotly) =>'
    ' Plotly.newPlot("box", [{y: [1, 2]}]))</script>'
}


def as_slide(cell: dict[str, Any], kind: str) -> dict[str, Any]:
    return {**cell, "metadata": {"slideshow": {"slide_type": kind}}}


TALK = notebook(
    as_slide(text("---\ntitle: The south orders more\ntldr: Five against three.\n---"), "skip"),
    as_slide(text("## What we saw\n\nThe share is $\\frac{5}{8}$.\n\n![beside](map.png)"), "slide"),
    as_slide(text("It was so [all year](notes.csv)."), "fragment"),
    as_slide(text("Mention the weather."), "notes"),
    as_slide(code("px.bar(orders)  # the chart", PLOTLY), "subslide"),
    as_slide(text("## Pictures"), "slide"),
    code("plot(read_csv('orders.csv'))", {"image/png": base64.b64encode(png()).decode()}),
    as_slide(code("widget()", HANDLER, REQUIRED), "slide"),
    as_slide(text("## Much\n\n" + "\n\n".join(f"Line {n}, and what it says." for n in range(60))), "slide"),
)
FILES: dict[str, str | bytes] = {
    "talks/talk.ipynb": TALK,
    "talks/map.png": png(300, 200),
    "talks/notes.csv": "month,orders\n1,8\n",
    "talks/orders.csv": "region,orders\nsouth,5\n",
}


@pytest.fixture
def space() -> str:
    return f"talks-{uuid4().hex[:6]}"


@pytest.fixture
def talk(meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], space: str) -> Person:
    """bob, before the post."""
    clone = clone_of("alice", space)
    clone.commit(FILES)
    assert clone.push().code == 0
    bob = meet("bob")
    page = bob.goto(f"/s/{space}/talks/talk.ipynb")
    page.wait_for_function("() => !document.querySelector('[hx-get]')", timeout=60_000)
    return bob


def taken(person: Person, entry: str, folder: Path) -> Path:
    """What the menu's entry downloads."""
    person.page.get_by_text("Take it along", exact=True).click()
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=re.compile(f"^{entry}")).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


class Opened:
    """A file opened from disk, with all that it said and asked for."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda message: self.said.append(message.text))
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        self.page = context.new_page()
        self.page.goto(file.as_uri())

    def outside(self, file: Path) -> list[str]:
        inline = ("data:", "blob:", "about:")
        return [url for url in self.asked if not url.startswith(inline) and url != file.as_uri()]


def frame_with(page: Page, number: int) -> Any:
    frame = page.locator("iframe.output-frame").nth(number)
    frame.scroll_into_view_if_needed()
    return frame.content_frame


def test_the_page_in_one_file_opens_from_disk_and_asks_nobody(
    talk: Person, browser: Browser, tmp_path: Path, space: str
) -> None:
    file = taken(talk, "Web page", tmp_path)
    assert file.name == "talk-r1.html"
    opened = Opened(browser, file)
    page = opened.page
    expect(page.get_by_role("heading", name="The south orders more")).to_be_visible()
    expect(page.locator(".katex").first).to_be_visible()
    for image in page.locator("article img").all():
        assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") in {300, 400}
    expect(frame_with(page, 0).locator(".main-svg").first).to_be_visible()
    buttons = frame_with(page, 1)
    for button in (0, 1):  # as the output wrote it, and as its script did
        buttons.get_by_role("button", name="Press").nth(button).click()
    expect(buttons.locator("#said")).to_have_text("not yet done done")
    expect(buttons.locator("body")).to_have_attribute("data-made", "yes")
    expect(frame_with(page, 2).locator(".main-svg").first).to_be_visible()
    assert file.read_text().count("plotly.js v") <= 2  # each library once, however many frames use it
    address = page.locator(".taken-foot a").get_attribute("href")
    assert address == f"{talk.portal.url}/s/{space}/talks/talk.ipynb@1"
    linked = page.get_by_role("link", name="all year").get_attribute("href") or ""
    assert re.fullmatch(rf"{talk.portal.url}/f/{space}/[0-9a-f]{{40}}/talks/notes.csv", linked)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert opened.said == []
    assert opened.outside(file) == []


def test_what_attacks_in_a_saved_page_runs_in_a_frame_or_not_at_all(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], browser: Browser, tmp_path: Path
) -> None:
    attack = (
        "<pre id=result></pre><script>const told = [];"
        "try { parent.document.title; told.push('parent') } catch {}"
        "try { localStorage.length; told.push('storage') } catch {}"
        "fetch('http://127.0.0.1:9/x').then(() => told.push('fetch'), () => 0).then(() => {"
        "result.textContent = JSON.stringify(told) })</script>"
    )
    clone = clone_of("alice", "attacks")
    words = "<script>alert(1)</script><img src=x onerror=alert(1)> </script></style></title><!-- <script>"
    header = text(f"---\ntitle: {json.dumps(words)}\n---")
    clone.commit({"a.ipynb": notebook(header, code("x", {"text/html": attack}), text(words))})
    assert clone.push().code == 0
    bob = meet("bob")
    page = bob.goto("/s/attacks/a.ipynb")
    page.wait_for_function("() => !document.querySelector('[hx-get]')", timeout=60_000)
    file = taken(bob, "Web page", tmp_path)
    html = file.read_text()
    # Were there an opening in what cleaning leaves, the policy would still run nothing.
    hole = (
        "<p id=ran>no</p><img src=x onerror=\"ran.textContent='yes'\"><script>ran.textContent='yes'</script>"
    )
    file.write_text(html.replace("</article>", f"{hole}</article>"))
    opened = Opened(browser, file)
    result = frame_with(opened.page, 0).locator("#result")
    expect(result).to_have_text("[]")
    expect(opened.page.locator("#ran")).to_have_text("no")
    assert [url for url in opened.outside(file) if not url.endswith("/x")] == []


def test_the_archive_holds_original_figures_data_and_page(talk: Person, tmp_path: Path) -> None:
    file = taken(talk, "Zip", tmp_path)
    with ZipFile(BytesIO(file.read_bytes())) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "talk-r1/README.txt",
            "talk-r1/figures/cell-7-1.png",
            "talk-r1/source/talks/map.png",
            "talk-r1/source/talks/notes.csv",
            "talk-r1/source/talks/orders.csv",
            "talk-r1/source/talks/talk.ipynb",
            "talk-r1/talk-r1.bib",
            "talk-r1/talk-r1.html",
        ]
        assert archive.read("talk-r1/source/talks/talk.ipynb").decode() == TALK
        assert archive.read("talk-r1/figures/cell-7-1.png") == png()


def test_slides_turn_by_the_keyboard_at_once_and_lead_back(talk: Person, space: str) -> None:
    page = talk.page
    page.get_by_text("Take it along", exact=True).click()
    page.get_by_role("link", name="Slides").click()
    slides = page.frame_locator("iframe.deck")
    expect(slides.get_by_role("heading", name="The south orders more")).to_be_visible()
    expect(slides.locator(".reveal.ready")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(slides.get_by_role("heading", name="What we saw")).to_be_visible()
    expect(slides.locator("section.present .katex").first).to_be_visible()
    beside = slides.locator("section.present img")
    assert beside.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 300
    later = slides.locator(".fragment", has_text="It was so")
    expect(later).to_have_css("opacity", "0")
    page.keyboard.press("Space")
    expect(later).to_have_css("opacity", "1")
    expect(slides.locator("aside.notes", has_text="Mention the weather.")).not_to_be_visible()
    page.keyboard.press("s")
    expect(slides.locator(".speaker-notes")).to_contain_text("Mention the weather.")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    expect(slides.locator("section.present pre", has_text="px.bar")).to_be_visible()
    expect(
        slides.frame_locator("section.present iframe.output-frame").locator(".main-svg").first
    ).to_be_visible()
    page.keyboard.press("c")
    expect(slides.locator("section.present pre", has_text="px.bar")).not_to_be_visible()
    page.keyboard.press("End")
    expect(slides.get_by_role("heading", name="Much")).to_be_visible()
    assert slides.locator("section.present.tall").last.evaluate(
        "(slide) => slide.scrollHeight > slide.clientHeight"
    )
    page.get_by_role("link", name="Back to the post").click()
    expect(page).to_have_url(f"{talk.portal.url}/s/{space}/talks/talk.ipynb@1")
    assert talk.console == []
    assert talk.outside == []


def test_keys_pressed_while_the_slides_load_are_not_lost(talk: Person) -> None:
    page = talk.page
    held: list[Route] = []
    page.route(re.compile(r"/r/\d+/slides/deck"), lambda route: held.append(route))
    page.get_by_text("Take it along", exact=True).click()
    with page.expect_request(re.compile("/slides/deck")):
        page.get_by_role("link", name="Slides").click(no_wait_after=True)
    expect(page.get_by_role("link", name="Back to the post")).to_be_visible()
    page.keyboard.press("ArrowRight")
    held[0].continue_()
    slides = page.frame_locator("iframe.deck")
    expect(slides.get_by_role("heading", name="What we saw")).to_be_visible()


def test_slides_are_printed_one_a_sheet(talk: Person) -> None:
    page = talk.page
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.get_by_text("Take it along", exact=True).click()
    page.get_by_role("link", name="Slides").click()
    slides = page.frame_locator("iframe.deck")
    expect(slides.locator(".reveal.ready")).to_be_visible()
    page.keyboard.press("Control+p")  # the slides have the keyboard
    page.wait_for_url(re.compile("/slides/handout"))
    page.wait_for_function("() => window.printed", timeout=60_000)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheets = page.locator(".handout > .opening, .handout > section > section")
    assert sheets.count() == 6
    assert {sheet.evaluate("sheet => getComputedStyle(sheet).breakAfter") for sheet in sheets.all()[:-1]} == {
        "page"
    }
    expect(sheets.filter(has_text="What we saw").locator(".katex").first).to_be_visible()
    expect(page.get_by_text("px.bar(orders)")).to_be_visible()
    expect(page.get_by_text("Mention the weather.")).to_be_hidden()
    expect(page.get_by_role("link", name="Back to the slides")).to_be_hidden()
    assert talk.console == []


def test_slides_opened_by_themselves_lead_to_their_window(talk: Person) -> None:
    revision = re.search(r"/r/(\d+)/", talk.page.content())
    assert revision
    page = talk.goto(f"/r/{revision[1]}/slides/deck")
    expect(page).to_have_url(f"{talk.portal.url}/r/{revision[1]}/slides")


def test_how_to_cite_is_told_in_a_box_that_needs_no_script(
    talk: Person, meet: Callable[..., Person], space: str
) -> None:
    carol = meet("carol")
    for person in (talk, carol):
        page = person.goto(f"/s/{space}/talks/talk.ipynb")
        page.get_by_text("Take it along", exact=True).click()
        page.get_by_role("button", name="Cite").click()
        box = page.get_by_role("region", name="Cite this post")
        expect(box).to_contain_text(", revision 1, ")
        expect(box).to_contain_text(f"@misc{{{space}-talks-talk-r1,")
        page.keyboard.press("Escape")
        expect(box).not_to_be_visible()
