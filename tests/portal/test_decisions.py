"""The page of a number tells who uses it; one's own page what moved since."""

import re

import pytest

from knowledge.models import Decision, Membership, Post
from knowledge.pipeline import decisions, ledger
from tests.portal.pages import body
from tests.portal.test_insights import publish

__all__ = ["publish"]
USED = "/insights/growth/late/used"


def test_one_writes_down_what_one_used_a_number_for_and_takes_it_back(client, carol, bob, growth, publish):
    publish(growth, 0.21, unit="ratio")
    client.force_login(carol)
    assert "Nobody said so yet." in body(client.get("/insights/growth/late"))
    answer = client.post(USED, {"what": "Two <more> drivers", "link": "https://wiki.example/a?b=1&c"})
    assert answer["Location"] == "/insights/growth/late#used"
    publish(growth, 0.18, days=30, unit="ratio")
    html = body(client.get("/insights/growth/late"))
    assert (
        '<a href="https://wiki.example/a?b=1&amp;c" rel="noopener nofollow">Two &lt;more&gt; drivers</a>'
        in html
    )
    assert "0.21\N{NO-BREAK SPACE}ratio then, 0.18\N{NO-BREAK SPACE}ratio now" in html
    assert "Take back" in html
    client.force_login(bob)
    html = body(client.get("/insights/growth/late"))
    assert "Carol Example" in html
    assert "Take back" not in html
    client.force_login(carol)
    client.post(f"/insights/used/{Decision.objects.get().pk}/undo")
    assert "Nobody said so yet." in body(client.get("/insights/growth/late"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"what": ""}, "Say it in a line"),
        ({"what": "Kept words", "link": "javascript:alert(1)"}, "no address of a page"),
        ({"what": "x" * 301}, "300"),
        ({"what": "a\0b"}, "Null characters"),
    ],
)
def test_what_can_not_be_taken_comes_back_with_what_was_typed(client, carol, growth, publish, sent, words):
    publish(growth, 0.21)
    client.force_login(carol)
    answer = client.post(USED, sent)
    html = body(answer)
    assert answer.status_code == 400
    assert words in html
    assert '<details class="used-form" open>' in html
    assert "Kept words" not in sent["what"] or 'value="Kept words"' in html
    assert not Decision.objects.exists()


def test_ones_own_page_tells_what_was_relied_on_and_what_moved_since(client, carol, growth, finance, publish):
    publish(growth, 0.21)
    publish(finance, 7, path="f.md")
    for space, what in ((growth, "Drivers"), (finance, "Margins")):
        decisions.use(by=carol, insight=space.insights.get(), what=what)
    client.force_login(carol)
    assert "Moved" not in body(client.get("/account/used"))
    publish(growth, 0.18, days=30)
    html = re.sub(r"<[^>]+>", " ", body(client.get("/account/used")))
    assert re.search(r"Drivers.*It said\s+0\.21.*and says now\s+0\.18\s+Moved", html, re.DOTALL)
    assert re.search(r"Margins.*\b7\s+as then", html, re.DOTALL)
    Membership.objects.filter(user=carol, space=finance).delete()
    assert "Margins" not in body(client.get("/account/used"))


def test_what_was_said_then_is_not_shown_once_that_is_held_back(client, carol, growth, publish):
    publish(growth, 0.2145)
    decisions.use(by=carol, insight=growth.insights.get(), what="Drivers")
    publish(growth, 0.18, days=30)
    Post.objects.get().revisions.filter(number=1).update(blocked_by=["secret"])
    client.force_login(carol)
    for page in ("/account/used", "/insights/growth/late"):
        html = body(client.get(page))
        assert "Drivers" in html
        assert "0.2145" not in html


def test_without_any_the_page_says_what_it_is_for(client, carol):
    client.force_login(carol)
    assert "Nothing written down yet" in body(client.get("/account/used"))


def test_the_page_of_a_number_asks_as_much_for_many_uses_as_for_one(
    client, carol, bob, growth, publish, django_assert_max_num_queries
):
    publish(growth, 0.21)
    for user in (carol, bob):
        for number in range(12):
            decisions.use(by=user, insight=growth.insights.get(), what=f"Thing {number}")
    client.force_login(carol)
    client.get("/insights/growth/late")
    with django_assert_max_num_queries(16):
        html = body(client.get("/insights/growth/late"))
    assert "These are the newest 20" in html


def test_one_own_list_goes_on(client, carol, growth, publish):
    publish(growth, 1)
    revision = Post.objects.get().published_revision
    assert revision
    revision.rendering.insights = [{"name": f"n{number}", "value": number} for number in range(31)]
    ledger.follow([revision])
    for insight in growth.insights.filter(withdrawn_at=None).order_by("pk"):
        decisions.use(by=carol, insight=insight, what=insight.name)
    client.force_login(carol)
    html = body(client.get("/account/used"))
    assert html.count('<p class="used-what"') == 30
    older = re.search(r"\?before=\d+", html)
    assert older
    assert body(client.get("/account/used" + older[0])).count('<p class="used-what"') == 1
