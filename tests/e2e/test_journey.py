"""The path that everything else stands on, as people walk it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.e2e.notebooks import JOURNEY, notebook, text
from tests.git_client import Clone
from tests.portal_process import Portal, command_of

Meet = Callable[..., Person]
CloneOf = Callable[[str, str], Clone]


def new_space(page: Page, name: str) -> str:
    """Make a space by its form and return the remote with a token, as the setup page shows it."""
    page.get_by_role("link", name="Spaces").first.click()
    page.get_by_role("link", name="New space").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make the space").click()
    page.get_by_role("button", name="Make a token and fill it in").click()
    lines = page.locator("#lines").inner_text()
    found = re.search(r"git remote add almanac (\S+)", lines)
    assert found, lines
    return found[1]


def test_a_push_becomes_a_post_that_a_colleague_reads(meet: Meet, tmp_path) -> None:
    alice = meet("alice")
    remote = new_space(alice.page, "Journey")

    clone = Clone(tmp_path / "work", remote)
    clone.commit(
        {"orders.ipynb": JOURNEY, "notes.md": "---\ntitle: [broken\n---\n# Notes\n\nStill readable."}
    )
    said = clone.push()
    assert said.code == 0, said.err
    answer = "\n".join(said.remote)
    assert f"{alice.portal.url}/s/journey/orders.ipynb" in answer
    assert re.search(r"notes\.md.*line", answer), answer

    bob = meet("bob")
    page = bob.goto("/s/journey/orders.ipynb")
    expect(page.get_by_role("heading", level=1)).to_have_text("The south orders more")
    expect(page.get_by_text("Five orders against three.")).to_be_visible()
    # the formula is drawn, the plot draws inside its frame
    expect(page.locator(".katex").first).to_be_visible()
    frame = page.frame_locator("iframe.output-frame")
    expect(frame.locator(".main-svg").first).to_be_visible()
    expect(frame.locator(".bars .point").first).to_be_attached()
    # and takes the height that it needs: nothing in it is left to scroll
    page.wait_for_function("document.querySelector('.output-frame').height > 200")
    beyond = "element => element.scrollHeight - element.ownerDocument.defaultView.innerHeight"
    assert frame.locator("html").evaluate(beyond) <= 0
    # code is folded away until wanted, and the wish is remembered
    source = page.get_by_text("import plotly.express as px")
    expect(source).to_be_hidden()
    page.locator("[data-code-switch]").click()
    expect(source).to_be_visible()
    page.reload()
    expect(source).to_be_visible()
    # contents lead to their headings
    page.get_by_role("link", name="What follows").first.click()
    expect(page.get_by_role("heading", name="What follows")).to_be_in_viewport()

    assert bob.console == []
    assert bob.outside == []
    assert bob.dialogs == []


def test_the_theme_is_switched_and_remembered(meet: Meet) -> None:
    carol = meet("carol", color_scheme="light")
    page = carol.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".menu > summary").click()
    page.locator("[data-theme-choice=dark]").first.click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert carol.console == []


@contextmanager
def rendering_held_up(portal: Portal) -> Iterator[None]:
    """The render processes stand still meanwhile: what is pushed is taken in, and waits."""
    children = [process for process in portal.processes() if "nursery_main" in command_of(process)]
    assert children
    for child in children:
        child.suspend()
    try:
        yield
    finally:
        for child in children:
            child.resume()


def test_a_post_is_watched_becoming_readable_without_a_reload(
    meet: Meet, clone_of: CloneOf, portal: Portal
) -> None:
    alice, clone = meet("alice"), clone_of("alice", "live")
    with rendering_held_up(portal):
        clone.commit({"post.ipynb": notebook(text("# Live"), text("The first version."))})
        assert clone.push().code == 0
        page = alice.goto("/s/live/post.ipynb")
        expect(page.get_by_text(re.compile("queued|being rendered|waits", re.I)).first).to_be_visible()
    expect(page.get_by_text("The first version.")).to_be_visible()
    with rendering_held_up(portal):
        clone.commit({"post.ipynb": notebook(text("# Live"), text("The second version."))})
        assert clone.push().code == 0
        page = alice.goto("/s/live/post.ipynb")
        expect(page.get_by_text("The first version.")).to_be_visible()  # stays up meanwhile
    expect(page.get_by_text("The second version.")).to_be_visible()
    expect(page.get_by_text("The first version.")).to_have_count(0)
    # the first one keeps its address
    alice.goto("/s/live/post.ipynb@1")
    expect(page.get_by_text("The first version.")).to_be_visible()
    # a broken one leaves the last good version up, and says why
    clone.commit({"post.ipynb": '{"cells": ['})
    assert "post.ipynb" in "\n".join(clone.push().remote)
    alice.goto("/s/live/post.ipynb")
    expect(page.get_by_text("The second version.")).to_be_visible()
    expect(page.get_by_text("could not be rendered")).to_be_visible()


DROP = """(files) => {
  const carried = new DataTransfer();
  for (const [name, content] of files) carried.items.add(new File([content], name));
  return carried;
}"""


def test_a_notebook_dropped_on_the_upload_page_is_committed_and_read(meet: Meet, clone_of: CloneOf) -> None:
    clone = clone_of("alice", "dropped")
    clone.commit({"README.md": "# Dropped\n\nThings by hand."})
    assert clone.push().code == 0

    alice = meet("alice")
    page = alice.goto("/upload?space=dropped")
    carried = page.evaluate_handle(DROP, [["by-hand.ipynb", JOURNEY]])
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": carried})
    page.get_by_role("button", name="Upload").click()
    link = page.get_by_role("link", name="The south orders more")
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The south orders more")
    # it is a commit in her name, and a pull brings it
    clone.git("pull", "-q", clone.remote, "main")
    assert (clone.folder / "by-hand.ipynb").read_text() == JOURNEY
    assert "alice" in clone.git("log", "-1", "--format=%an %ae").lower()
    assert alice.console == []


@pytest.mark.parametrize(
    "path",
    ["/s/finance/", "/s/finance/margin/margin-by-category.ipynb", "/s/finance/-/settings", "/s/nowhere/"],
)
def test_an_outsider_sees_nothing_of_a_restricted_space(meet: Meet, path: str) -> None:
    mallory = meet("mallory")
    answer = mallory.page.goto(mallory.portal.url + path)
    assert answer
    assert answer.status == 404
    assert "finance" not in mallory.page.locator("main").inner_text().lower()
    for listing in ("/", "/s/", "/tags/", "/people/erik"):
        mallory.goto(listing)
        assert "finance" not in mallory.page.content().lower(), listing
