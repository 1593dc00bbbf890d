"""Tables of a post that was saved as a file: copied and saved from there, without a portal."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Person
from tests.e2e.test_taking import Opened, taken
from tests.git_client import Clone
from tests.knowledge.notebooks import code, display, notebook, text

PLAIN = "<table><tr><th></th><th>n</th></tr><tr><th>=a</th><td>-1</td></tr></table>"
STYLED = f"<style>td {{ color: #123 }}</style>{PLAIN.replace('-1', '-2')}"


def saved(page: Page, number: int) -> list[list[str]]:
    with page.expect_download() as download:
        page.locator(".table-bar").nth(number).get_by_role("button", name="CSV").click()
    content = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def opened(meet: Callable[..., Person], clone: Clone, browser: Browser, folder: Path, *tables: str) -> Opened:
    """The file that bob took along, opened from disk."""
    cells = (code("1", display(text_html=table)) for table in tables)
    clone.commit({"t.ipynb": notebook(text("# Tables"), *cells)})
    clone.push("main")
    bob = meet("bob")
    page = bob.goto(f"/s/{clone.folder.name}/t.ipynb")
    page.wait_for_function("() => !document.querySelector('[hx-get]')", timeout=60_000)
    return Opened(browser, taken(bob, "Web page", folder))


def test_tables_of_the_page_and_of_frames_are_copied_and_saved(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], browser: Browser, tmp_path: Path
) -> None:
    file = opened(meet, clone_of("alice", "kept"), browser, tmp_path, PLAIN, STYLED)
    page = file.page
    expect(page.locator(".table-bar")).to_have_count(2, timeout=30_000)
    assert saved(page, 0) == [["", "n"], ["'=a", "-1"]]
    assert saved(page, 1) == [["", "n"], ["'=a", "-2"]]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".table-bar").first.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "\tn\n'=a\t-1\n"
    assert file.said == []
    assert [url for url in file.asked if not url.startswith(("file:", "about:", "blob:", "data:"))] == []


def test_a_file_with_nothing_but_tables_of_the_page_runs_no_more_than_their_scripts(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], browser: Browser, tmp_path: Path
) -> None:
    file = opened(meet, clone_of("alice", "kept-plain"), browser, tmp_path, PLAIN)
    assert saved(file.page, 0) == [["", "n"], ["'=a", "-1"]]
    assert file.page.locator("script").count() == 3
    assert file.said == []
