"""Readers talk about a post on its page: at a figure, with the author, by keyboard, and without scripts."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Person

POST = "/s/growth/retention/free-delivery.ipynb"


def test_a_reader_comments_on_a_figure_and_its_author_answers(meet) -> None:
    carol: Person = meet("carol")
    page = carol.goto(POST)
    expect(page.locator("#new-comment")).to_be_attached()
    figure = page.locator(".figure[id^=fig-]").first
    figure.get_by_role("link", name="Comment on this figure").click()
    form = page.locator(".post-text #new-comment")
    expect(form).to_contain_text("About this figure")
    form.get_by_label("Your comment").fill("Is **July** in it? @alice <script>alert(1)</script>")
    form.get_by_label("Your comment").press("Control+Enter")
    expect(page.locator(".talk-sent")).to_contain_text("Sent.")
    expect(figure.locator(".talk-mark")).to_have_text("1")
    expect(page.locator(".talk-head [data-count]")).to_have_text("1 comment")
    page.get_by_role("link", name="Read it below the text").click()
    thread = page.locator(".thread").first
    expect(thread.locator("strong")).to_have_text("July")
    expect(thread.get_by_role("link", name="@alice")).to_have_attribute("href", "/people/alice")

    alice: Person = meet("alice")
    hers = alice.goto(POST)
    hers.locator(".figure .talk-mark").first.click()
    there = hers.locator(".thread").first
    there.locator(".reply > summary").click()
    expect(there.get_by_label("Your reply")).to_be_focused()
    there.get_by_label("Your reply").fill("Yes, from the 6th on.")
    there.get_by_role("button", name="Reply").click()
    expect(there.locator(".replies")).to_contain_text("Yes, from the 6th on.")
    there.locator(".signs").first.get_by_text("React").click()
    there.get_by_role("button", name="Thank you").first.click()
    expect(there.get_by_role("button", name="Thank you 1")).to_have_attribute("aria-pressed", "true")

    page = carol.goto(POST)
    mine = page.locator(".thread").first
    mine.get_by_role("link", name="Change").click()
    form = page.locator(".edit-comment")
    expect(form.get_by_label("Your comment")).to_be_focused()
    form.get_by_label("Your comment").fill("Is *August* in it?")
    form.get_by_role("button", name="Save").click()
    expect(mine.locator("em")).to_have_text("August")
    expect(mine.get_by_role("link", name="changed")).to_be_visible()
    mine.get_by_role("button", name="Resolve").click()
    expect(page.locator(".thread").first.locator("summary").first).to_contain_text("Resolved by")
    for person in (carol, alice):
        assert (person.console, person.dialogs, person.outside) == ([], [], [])


def test_the_author_is_asked_and_the_answer_closes_the_question(meet) -> None:
    carol: Person = meet("carol")
    page = carol.goto("/s/growth/pricing/price-elasticity.ipynb")
    expect(page.locator("#new-comment")).to_be_attached()
    page.get_by_role("link", name="Ask the author").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.get_by_label("Ask the author")).to_be_checked()
    page.get_by_label("Your comment").fill("Does it hold for berries?")
    page.get_by_role("button", name="Send").click()
    thread = page.locator(".thread").first
    expect(thread.locator(".badge").first).to_have_text("Question")
    authors = page.locator(".post").get_attribute("data-author-of")
    author: Person = meet(str(authors).split()[0])
    hers = author.goto("/account/questions")
    hers.get_by_role("link", name="Does it hold for berries?").click()
    hers.locator(".reply > summary").click()
    hers.get_by_label("Your reply").fill("No.")
    hers.get_by_role("button", name="Reply").click()
    expect(hers.locator(".badge").first).to_have_text("Answered")
    assert carol.console == []


def test_a_comment_that_can_not_be_sent_is_kept_with_the_reason(meet) -> None:
    carol: Person = meet("carol")
    page = carol.goto(POST)
    expect(page.locator("#new-comment")).to_be_attached()
    page.get_by_label("Your comment").fill("ä" * 12_000)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#new-comment .summary")).to_contain_text("20 kB at the most")
    expect(page.get_by_label("Your comment")).to_have_value("ä" * 12_000)


def test_all_of_it_works_without_scripts(meet) -> None:
    bob: Person = meet("bob", java_script_enabled=False)
    page = bob.goto(POST)
    page.get_by_role("link", name="Keep", exact=True).click()
    page.get_by_role("button", name="Keep", exact=True).click()
    page = bob.goto("/account/bookmarks")
    expect(page.get_by_role("heading", name=re.compile("Free delivery"))).to_be_visible()
    page = bob.goto(f"{POST}?comment=cell-3")
    expect(page.locator(".about")).to_contain_text("About Cell 3")
    page.get_by_label("Your comment").fill("Where are these from?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread-head")).to_contain_text("Cell 3")
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete this comment for good").click()
    expect(page.locator(".toast")).to_contain_text("The comment is deleted.")
