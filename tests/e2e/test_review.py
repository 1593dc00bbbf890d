"""From a push to readers, with three people: alice writes, bob reviews, carol follows."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.mail_server import MailServer
from tests.portal_process import wait_until

Meet = Callable[..., Person]
CloneOf = Callable[[str, str], Clone]
HEADER = "---\ntitle: Gifts come late\ntldr: One in five.\n---"
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "842 of 4210\n"}


def gifts(said: str, code: str, *more: str) -> dict[str, str | bytes]:
    def cell(kind: str, name: str, source: str) -> dict[str, object]:
        made = {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}
        return made | ({"outputs": [OUTPUT], "execution_count": 1} if kind == "code" else {})

    cells = [cell("raw", "head", HEADER), cell("markdown", "said", said), cell("code", "count", code)]
    cells += [cell("markdown", f"more{number}", text) for number, text in enumerate(more)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {"gifts.ipynb": json.dumps(notebook, indent=1)}


def settle_space(alice: Person, space: str) -> None:
    """Bob reviews there, and nothing is published without him."""
    page = alice.goto(f"/s/{space}/-/members")
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("bob is now reviewer.")).to_be_visible()
    page = alice.goto(f"/s/{space}/-/review")
    page.get_by_label("Required: a revision is published when").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The review policy is saved.")).to_be_visible()


def follow(carol: Person) -> None:
    page = carol.goto("/account/notifications/settings")
    page.get_by_label("New posts: Mail at once").check()
    page.get_by_role("button", name="Save").click()
    carol.goto("/s/checked/").get_by_role("button", name="Follow").click()
    expect(carol.page.get_by_role("button", name="Following")).to_be_visible()


def comment_by_hand_and_by_keys(page: Page) -> None:
    """One of a line by hand, one of a cell by keys, one that suggests other text: all drafts."""
    line = page.locator('#cell--1-2 > .compare-source code.new[data-line="1"]')
    line.hover()
    page.get_by_role("button", name="Comment on line 1").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    page.get_by_label("Your comment").press("Escape")
    expect(line).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_label("Your comment")).to_be_focused()
    page.get_by_role("link", name="Cancel").click()
    expect(line).to_be_focused()
    page.keyboard.press("c")
    page.get_by_label("Your comment").fill("Of **which** orders?")
    page.get_by_role("button", name="Keep for my verdict").click()
    expect(page.locator("#cell--1-2 .thread")).to_contain_text("Draft")

    page.keyboard.press("n")
    while "Cell 2" not in (page.locator(".compare-cell:focus").get_attribute("aria-label") or ""):
        page.keyboard.press("n")
    page.keyboard.press("c")
    expect(page.get_by_label("Your comment")).to_be_focused()
    page.keyboard.type("Say of which month.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#cell--1-1 .thread")).to_contain_text("Say of which month.")

    page.locator('#cell--1-2 > .compare-source code.new[data-line="2"]').hover()
    page.get_by_role("button", name="Comment on line 2").click()
    page.get_by_label("Your comment").fill("Shorter:")
    page.get_by_role("link", name="Suggest other text").click()
    expect(page.get_by_label("Your comment")).to_have_value("Shorter:\n\n```suggestion\nprint(late)\n```\n")
    page.keyboard.type("x")
    expect(page.get_by_label("Your comment")).to_have_value("Shorter:\n\n```suggestion\nx\n```\n")
    page.get_by_label("Your comment").fill("```suggestion\nprint(late, 'of', total)\n```")
    page.get_by_role("button", name="Keep for my verdict").click()
    expect(page.locator(".drafts")).to_contain_text("3 comments on its cells will be sent with it.")


def test_nothing_is_shared_unreviewed(meet: Meet, clone_of: CloneOf, mails: MailServer) -> None:
    clone = clone_of("alice", "checked")
    alice, bob, carol = meet("alice"), meet("bob"), meet("carol")
    settle_space(alice, "checked")
    follow(carol)

    code = "late = count(gifts)\nprint(late)"
    clone.commit(gifts("One in five.", code, "What to do.", "Thanks."))
    said = clone.push()
    assert any("waits for approval:" in line for line in said.remote), said.remote

    # bob comments on cells and lines, in one batch with his verdict
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="Gifts come late").first.click()
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    comment_by_hand_and_by_keys(page)
    hers = alice.goto("/reviews/")
    hers.get_by_role("link", name=re.compile("All open")).click()
    hers.get_by_role("link", name="Gifts come late").click()
    expect(hers.locator(".compare-cell").first).to_be_visible()
    expect(hers.locator(".thread")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("v")
    page.keyboard.type("Two questions.")
    page.get_by_role("button", name="Request changes").click()
    expect(page.get_by_text("Your request for changes is recorded.")).to_be_visible()
    expect(page.get_by_text("Draft", exact=True)).to_have_count(0)

    page = alice.goto("/account/notifications")
    expect(page.get_by_text("3 comments on its cells.")).to_be_visible()
    wait_until(lambda: bool(mails.about("Gifts come late", to="alice@")), 20)
    answer = carol.page.goto(f"{carol.portal.url}/s/checked/gifts.ipynb")
    assert answer
    assert answer.status == 404

    # alice answers, and pushes again: bob sees only what changed, and his threads where they belong by now
    page.get_by_role("link", name="Gifts come late").first.click()
    thread = page.locator(".thread", has_text="Of which orders?")
    thread.get_by_text("Reply").first.click()
    thread.get_by_label("Your reply").fill("Of October's.")
    thread.get_by_role("button", name="Reply").click()
    expect(page.locator(".replies")).to_contain_text("Of October's.")
    clone.commit(
        gifts("One in five of October's orders.", f"import orders\n{code}", "What to do.", "Thanks.")
    )
    assert clone.push().code == 0
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="Gifts come late").click()
    expect(page.get_by_text("what changed since revision 1, which you looked at last")).to_be_visible()
    expect(page.locator("#comparison .compare-cell")).to_have_count(2)
    expect(page.locator("#comparison ins").first).to_contain_text("of October's orders")
    row = page.locator('.compare-line:has(code.new[data-line="2"]) + .hung')
    expect(row).to_contain_text("Of which orders?")
    expect(row).to_contain_text("Of October's.")
    row.get_by_role("button", name="Resolve").click()
    expect(page.locator(".thread.is-resolved")).to_contain_text("Resolved by Bob")

    # alice takes the suggestion over by one click; bob approves what it made
    page = alice.goto("/reviews/")
    page.get_by_role("link", name=re.compile("All open")).click()
    page.get_by_role("link", name="Gifts come late").click()
    page.get_by_role("button", name="Apply this suggestion").click()
    expect(page.get_by_role("link", name="revision 3", exact=True)).to_be_visible()
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="Gifts come late").click()
    expect(page.locator("#comparison ins, #comparison mark").first).to_contain_text("of")
    expect(page.locator("#comparison .compare-cell.changed code.new", has_text="total")).to_be_visible()
    page.get_by_label("Right: the method fits").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your approval is recorded.")).to_be_visible()

    # carol hears of it on the page and by mail, and reads it
    page = carol.goto("/account/notifications")
    page.get_by_role("link", name="Gifts come late").first.click()
    expect(page.get_by_text("One in five of October's orders.")).to_be_visible()
    wait_until(lambda: bool(mails.about("Gifts come late", to="carol@")), 20)
    (mail,) = mails.about("Gifts come late", to="carol@")
    assert "which orders" not in str(mail)

    # and finds what is new when she comes back
    clone.git("pull", "-q", "--rebase", clone.remote, "main")
    clone.commit(
        gifts("One in four of October's orders.", f"import orders\n{code}", "What to do.", "Thanks.")
    )
    assert clone.push().code == 0
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="Gifts come late").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your approval is recorded.")).to_be_visible()
    page = carol.goto("/s/checked/gifts.ipynb")
    line = page.locator(".since summary")
    expect(line).to_contain_text("(revision 3): 1 conclusion changed", timeout=15_000)
    line.click()
    expect(page.locator(".since-news ins")).to_have_text("four")
    for person in (alice, bob):
        assert (person.console, person.dialogs, person.outside) == ([], [], [])


def test_a_review_is_done_by_keys_alone(meet: Meet, clone_of: CloneOf) -> None:
    clone = clone_of("alice", "by-keys")
    alice, bob = meet("alice"), meet("bob")
    settle_space(alice, "by-keys")
    clone.commit({"keys.md": "# By keys\n\nOne in five.\n\nOne in six.\n"})
    assert clone.push().code == 0
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="By keys").press("Enter")
    expect(page.locator(".compare-cell").first).to_be_visible(timeout=15_000)
    keys = page.keyboard
    for key in ("n", "j", "j", "j", "k", "j", "c"):
        keys.press(key)
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.locator("form[data-draft] .about")).to_contain_text("line 3 of cell 1")
    keys.press("Escape")
    expect(page.locator("form[data-draft]")).to_have_count(0)
    for key in ("j", "j", "j", "c"):
        keys.press(key)
    expect(page.get_by_label("Your comment")).to_be_focused()
    keys.type("Why five?")
    keys.press("Control+Enter")
    expect(page.locator(".thread")).to_contain_text("Draft")
    keys.press("v")
    keys.type("Look at five.")
    page.get_by_role("button", name="Request changes").press("Enter")
    expect(page.get_by_text("Your request for changes is recorded.")).to_be_visible()

    page = alice.goto("/account/notifications")
    page.get_by_role("link", name="By keys").first.press("Enter")
    expect(page.locator(".thread")).to_be_visible(timeout=15_000)
    keys = page.keyboard
    keys.press("t")
    keys.press("r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    keys.type("Counted by hand.")
    keys.press("Control+Enter")
    expect(page.locator(".replies")).to_contain_text("Counted by hand.")
    keys.press("t")
    keys.press("e")
    expect(page.locator(".thread.is-resolved")).to_contain_text("Resolved by Alice")
    for person in (alice, bob):
        assert (person.console, person.dialogs, person.outside) == ([], [], [])
