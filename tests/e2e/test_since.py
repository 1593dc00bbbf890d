"""A reader comes back to a post that moved on, with scripts and without."""

import copy

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, as_bytes

POST = "/s/returning/late.ipynb"


def edited(*names: str) -> dict[str, str | bytes]:
    notebook = copy.deepcopy(base())
    for name in names:
        EDITS[name](notebook)
    return {"late.ipynb": as_bytes(notebook)}


def test_a_returning_reader_is_led_to_what_changed_and_puts_it_away(meet, clone_of) -> None:
    clone = clone_of("alice", "returning")
    clone.commit(edited())
    assert clone.push().code == 0
    carol: Person = meet("carol")
    carol.goto(POST)
    with carol.page.expect_response("**/since") as first:
        carol.page.reload()
    assert first.value.status == 204
    plain: Person = meet("carol", java_script_enabled=False)
    expect(plain.goto(POST).get_by_role("link", name="What changed since")).to_have_count(0)

    clone.commit(edited("a word of the text", "a figure", "a table's value", "printed numbers"))
    assert clone.push().code == 0
    page = carol.goto(POST)
    line = page.locator(".since summary")
    expect(line).to_contain_text("(revision 1): 1 conclusion, 1 figure and 2 numbers changed", timeout=15_000)
    expect(page.locator(".since-news")).to_be_hidden()
    line.click()
    expect(page.locator(".since-news ins").first).to_have_text("six")
    for image in page.locator(".since-news img").all():
        expect(image).to_have_js_property("complete", value=True)
        assert image.evaluate("image => image.naturalWidth") > 0
    page.locator(".since-place a", has_text="Figure").click()
    expect(page.locator("#fig-c-0005-1")).to_be_in_viewport()

    without = plain.goto(POST)
    without.get_by_role("link", name="What changed since you last read").click()
    expect(without.locator(".since-news ins").first).to_have_text("six")

    page.get_by_role("button", name="I have seen it").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".since")).to_have_count(0)
    expect(without.locator("h1")).to_have_text("What changed since you last read")
    for person in (carol, plain):
        assert (person.console, person.dialogs, person.outside) == ([], [], [])


def test_a_page_in_the_background_is_not_read(meet) -> None:
    carol: Person = meet("carol")
    carol.page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => !window.isLookedAt });"
    )
    asked: list[str] = []
    carol.page.on("request", lambda request: asked.append(request.url) if "/since" in request.url else None)
    page = carol.goto("/s/growth/retention/free-delivery.ipynb")
    page.wait_for_load_state("networkidle")
    assert asked == []
    with page.expect_response("**/since"):
        page.evaluate("isLookedAt = true; document.dispatchEvent(new Event('visibilitychange'))")
