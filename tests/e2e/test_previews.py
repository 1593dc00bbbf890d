"""A preview in a browser: watched while it is drawn, whole as a post's page, and proposed by what it says."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.notebooks import JOURNEY
from tests.e2e.test_journey import rendering_held_up
from tests.git_client import Clone
from tests.portal_process import Portal


def test_a_branch_is_watched_read_and_proposed(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], portal: Portal
) -> None:
    alice, work = meet("alice"), clone_of("alice", "previewed")
    work.commit({"a.md": "# What readers see\n"})
    work.push()
    work.git("switch", "-q", "-c", "mine/look")
    work.commit({"orders.ipynb": f"{JOURNEY}\n"})  # drawn for no other test
    with rendering_held_up(portal):
        said = work.push("mine/look")
        address = re.search(r"http\S+orders\.ipynb", "\n".join(said.remote))
        assert address, said.err
        page = alice.page
        page.goto(address[0])
        expect(page.get_by_text(re.compile("being rendered|waits to be")).first).to_be_visible()
    expect(page.get_by_text("Five orders against three.")).to_be_visible()
    expect(page.locator(".katex").first).to_be_visible()
    expect(page.frame_locator("iframe.output-frame").locator(".main-svg").first).to_be_visible()
    expect(page.get_by_text("Preview of branch mine/look")).to_be_visible()
    page.get_by_text("Propose it").click()
    expect(page.get_by_text("git merge mine/look")).to_be_visible()
    assert alice.console == []
    work.push("mine/look:main")
    for _ in range(50):  # the posts come first, then the branches are looked at again
        page.reload()
        if page.url == f"{portal.url}/s/previewed/orders.ipynb":
            break
        page.wait_for_timeout(100)
    expect(page).to_have_url(f"{portal.url}/s/previewed/orders.ipynb")
    alice.console.clear()  # a page that came just before the preview ended asks for its figures just after
    page.goto(f"{portal.url}/s/previewed/")
    page.get_by_role("link", name="Previews").click()
    expect(page.get_by_text("As readers see it:")).to_be_visible()
    assert alice.console == []
    assert alice.outside == []
