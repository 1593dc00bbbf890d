"""From a push to readers, with three people: alice writes, bob reviews, carol follows."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.git_client import Clone

Meet = Callable[..., Person]
CloneOf = Callable[[str, str], Clone]


def text(said: str) -> dict[str, str | bytes]:
    return {"gifts.md": f"---\ntitle: Gifts come late\ntldr: One in five.\n---\n\n{said}\n"}


def test_nothing_is_shared_unreviewed(meet: Meet, clone_of: CloneOf) -> None:
    clone = clone_of("alice", "checked")
    alice, bob, carol = meet("alice"), meet("bob"), meet("carol")
    page = alice.goto("/s/checked/-/members")
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("bob is now reviewer.")).to_be_visible()
    page = alice.goto("/s/checked/-/review")
    page.get_by_label("Required: a revision is published when").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The review policy is saved.")).to_be_visible()
    carol.goto("/s/checked/").get_by_role("button", name="Follow").click()
    expect(carol.page.get_by_role("button", name="Following")).to_be_visible()

    clone.commit(text("One in five."))
    said = clone.push()
    assert any("waits for approval:" in line for line in said.remote), said.remote

    page = bob.goto("/")
    page.get_by_role("link", name="Notifications, 1 unread").click()
    page.get_by_role("link", name="Gifts come late").first.click()
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    page.get_by_label("What do you say to its authors?").fill("Of which orders?")
    page.get_by_role("button", name="Request changes").click()
    expect(page.get_by_text("Your request for changes is recorded.")).to_be_visible()

    page = alice.goto("/account/notifications")
    expect(page.get_by_text("Of which orders?")).to_be_visible()
    answer = carol.page.goto(f"{carol.portal.url}/s/checked/gifts.md")
    assert answer
    assert answer.status == 404

    clone.commit(text("One in five of October's orders."))
    assert clone.push().code == 0
    page = bob.goto("/reviews/")
    page.get_by_role("link", name="Gifts come late").click()
    expect(page.get_by_text("Of which orders?")).to_be_visible()
    expect(page.get_by_text("what changed since revision 1, which you looked at last")).to_be_visible()
    expect(page.locator("#comparison ins").first).to_contain_text("of October's orders")
    page.get_by_label("Right: the method fits").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your approval is recorded.")).to_be_visible()

    page = carol.goto("/account/notifications")
    page.get_by_role("link", name="Gifts come late").first.click()
    expect(page.get_by_text("One in five of October's orders.")).to_be_visible()
    for person in (alice, bob):
        assert person.console == []
        assert person.outside == []
