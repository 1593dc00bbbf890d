"""Whoever follows hears of it: at the bell, in the list and by mail, and gets out of it by one click."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.mail_server import MailServer
from tests.portal_process import Portal, wait_until


def test_a_follower_is_told_at_the_bell_and_by_mail(
    portal: Portal, browser: Browser, meet, clone_of, mails: MailServer
) -> None:
    work: Clone = clone_of("alice", "telling")
    carol: Person = meet("carol")
    page = carol.goto("/account/notifications/settings")
    page.get_by_label("New posts: Mail at once").check()
    page.get_by_role("button", name="Save").click()
    page = carol.goto("/s/telling/")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("button", name="Following")).to_be_focused()

    work.commit({"mondays.md": "---\ntitle: Told on Mondays\ntldr: One in five.\n---\n\nThey are late.\n"})
    assert work.push().code == 0

    wait_until(lambda: bool(mails.about("Told on Mondays")), 20)
    page = carol.goto("/")
    page.get_by_role("link", name=re.compile(r"Notifications, \d+ unread")).click()
    row = page.locator(".news-row", has_text="Told on Mondays")
    expect(row).to_contain_text("because you follow the space")
    row.get_by_role("link", name="Told on Mondays").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Told on Mondays")
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    page.goto(f"{portal.url}/account/notifications")
    expect(page.locator(".news-row.is-new", has_text="Told on Mondays")).to_have_count(0)
    assert carol.console == []

    (message,) = mails.about("Told on Mondays")
    assert "carol@" in message["To"]
    text = message.get_body(("plain",))
    assert text
    assert "One in five." in text.get_content()
    address = re.fullmatch(rf"<{portal.url}(/unsubscribe/\S+)>", message["List-Unsubscribe"].strip())
    assert address
    stranger: Person = meet()
    page = stranger.goto(address[1])
    page.get_by_role("button", name="No more of them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done")
    page = carol.goto("/s/telling/")
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_the_buttons_work_without_scripts(portal: Portal, meet) -> None:
    bob: Person = meet("bob", java_script_enabled=False)
    page = bob.goto("/people/alice")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    page.get_by_role("link", name="Notifications").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
