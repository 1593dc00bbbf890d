"""The upload page with its script: folders, the order of what is sent, and words on what makes no post."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.knowledge.pipeline.importing.old_portal import PIXEL, at, post, write_folder

Meet = Callable[..., Person]
CloneOf = Callable[[str, str], Clone]


def test_a_folder_chosen_on_the_upload_page_keeps_its_shape_and_shows_its_pictures(
    meet: Meet, clone_of: CloneOf, tmp_path: Path
) -> None:
    clone = clone_of("alice", "folders")
    clone.commit({"README.md": "# Folders\n"})
    assert clone.push().code == 0
    write_folder(tmp_path, at("late.kp", post("Late on Mondays", body="![p](images/p.png)")))
    write_folder(tmp_path / "late.kp", {"images/p.png": PIXEL, ".DS_Store": "x"})

    alice = meet("alice")
    page = alice.goto("/upload?space=folders&folder=ops")
    page.locator("[data-folder]").set_input_files(tmp_path / "late.kp")
    expect(page.get_by_text("What begins with a dot stays behind.")).to_be_visible()
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Late on Mondays").click()
    expect(page.locator("article img, .cell img").first).to_be_visible()
    clone.git("pull", "-q", clone.remote, "main")
    assert (clone.folder / "ops/late.kp/images/p.png").read_bytes() == PIXEL
    assert alice.console == []


def test_what_was_knitted_is_sent_after_its_source_and_what_makes_no_post_says_why(
    meet: Meet, clone_of: CloneOf, tmp_path: Path
) -> None:
    clone = clone_of("alice", "knitted")
    clone.commit({"README.md": "# Knitted\n"})
    assert clone.push().code == 0
    files = {"a.html": "<h1>Drawn</h1>", "a.Rmd": "---\ntitle: Drawn\n---\n\nText\n", "lib.py": "x = 1\n"}
    write_folder(tmp_path, files)

    alice = meet("alice")
    page = alice.goto("/upload?space=knitted")
    page.locator("#id_file").set_input_files([tmp_path / name for name in files])
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("lib.py is a script without a header")).to_be_visible()
    page.get_by_role("button", name="See what becomes of them").click()
    expect(page.get_by_text("changed, ready")).to_be_visible()
    expect(page.get_by_text("removed")).to_have_count(0)
    clone.git("pull", "-q", clone.remote, "main")
    newest_first = clone.git("log", "-3", "--format=%s").split("\n")
    assert newest_first[0] == "Upload a.html"
    assert {"Upload a.Rmd", "Upload lib.py"} <= set(newest_first)
