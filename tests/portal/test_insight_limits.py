"""The limits of a number on its page: the chart, what is wrong, and the shifts that are known."""

import re

import pytest

from knowledge.models import FeedKey, Insight, Notification, Reading, Shift
from knowledge.pipeline.limits import mark_shift
from tests.knowledge.pipeline.test_limits import STEADY, publish
from tests.portal.pages import body

__all__ = ["publish"]
PAGE = "/insights/growth/late"


@pytest.fixture
def outlier(growth, publish):
    publish(growth, *STEADY, 30.0, limits={"max": 20, "max_change": 25})
    return Reading.objects.get(revision_number=11)


def test_what_is_out_of_its_limits_says_why_and_is_drawn(client, carol, outlier):
    client.force_login(carol)
    html = body(client.get(PAGE))
    assert "<b>Out of limits.</b> It is above 20, the most that its author expects." in html
    assert "It is above 14.14, the upper limit that its own history sets." in html
    assert "from 5.863 to 14.14, around 10. That rests on 10 readings" in html
    assert "Its author expects at most 20, a change of at most 25." in html
    assert html.count('class="plot-out"') == 2  # once for each width
    assert "This shift is known" not in html
    assert '<option value="unusual" selected>Unusual (1)</option>' in body(
        client.get("/insights/?trust=unusual")
    )


def test_before_there_are_enough_readings_the_page_says_how_many_are_missing(client, carol, growth, publish):
    publish(growth, 1, 2, 3)
    client.force_login(carol)
    assert "from the eleventh reading on: 8 more." in body(client.get(PAGE))
    for day in range(1, 11):
        publish(growth, 3, as_of=f"2026-06-{day:02}")
    assert "It hardly moved so far" in body(client.get(PAGE))


@pytest.mark.parametrize("values", [[1e308, -1e308] * 7, [5e-324, 0] * 7, ["text", True, 2.5], [1e15, 1]])
def test_numbers_that_no_scale_holds_do_no_harm(client, carol, growth, publish, values):
    publish(growth, *values, limits={"max": 1e308})
    client.force_login(carol)
    assert client.get(PAGE).status_code == 200


def test_who_answers_for_it_says_that_a_shift_is_known_and_takes_it_back(client, alice, outlier):
    client.force_login(alice)
    assert 'id="shift-note"' in body(client.get(PAGE))
    before = Notification.objects.count()
    answer = client.post(
        f"{PAGE}/shifts", {"reading": outlier.pk, "note": "A <b>new</b> carrier"}, follow=True
    )
    html = body(answer)
    assert "A &lt;b&gt;new&lt;/b&gt; carrier" in html
    assert "its own history sets" not in html
    assert html.count('class="plot-shift"') == 2
    shift = Shift.objects.get()
    html = body(client.post(f"{PAGE}/shifts", {"undo": shift.pk}, follow=True))
    assert "carrier" not in html
    assert "its own history sets" in html
    assert Notification.objects.count() == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("alice", 302), ("dana", 302), ("admin", 302), ("bob", 403), ("carol", 403), ("mallory", 403)],
)
def test_nobody_else_does(client, outlier, request, who, status):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(f"{PAGE}/shifts", {"reading": outlier.pk, "note": "Known"})
    assert answer.status_code == status
    assert Shift.objects.count() == (status == 302)


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 404), ({"reading": "x"}, 404), ({"reading": "9" * 18, "note": "x"}, 404), ({"undo": "\x00"}, 404)],
)
def test_what_is_not_there_is_not_found(client, alice, outlier, sent, status):
    client.force_login(alice)
    assert client.post(f"{PAGE}/shifts", sent).status_code == status


def test_a_shift_without_a_word_is_refused(client, alice, outlier):
    client.force_login(alice)
    html = body(client.post(f"{PAGE}/shifts", {"reading": outlier.pk, "note": " \n "}, follow=True))
    assert "Say in a few words what happened." in html
    assert not Shift.objects.exists()


def test_a_shift_of_a_reading_that_one_does_not_see_is_not_told(client, mallory, alice, outlier):
    mark_shift(by=alice, reading=outlier, note="A secret carrier")
    revision = outlier.revision
    revision.is_held = True
    revision.save()
    client.force_login(mallory)
    assert "secret carrier" not in body(client.get(PAGE))


def test_a_number_is_followed_from_its_page_and_read_as_a_feed(client, carol, mallory, growth, outlier):
    client.force_login(carol)
    assert 'action="/follow/insight/growth/late"' in body(client.get(PAGE))
    answer = client.post("/follow/insight/growth/late", {"follow": "yes"})
    assert answer["Location"] == PAGE
    assert "growth/late" in body(client.get("/account/following"))
    token = FeedKey.objects.create(user=carol).token
    feed = body(client.get(f"/feeds/{token}/insight/growth/late.atom"))
    assert re.findall(r"<title>([^<]+)</title>", feed)[:2] == ["late (growth/late)", "late: 30"]
    assert feed.count("<entry>") == 11
    growth.visibility = "restricted"
    growth.save()
    client.force_login(mallory)
    token = FeedKey.objects.create(user=mallory).token
    assert client.get(f"/feeds/{token}/insight/growth/late.atom").status_code == 404
    assert client.get("/follow/insight/growth/late").status_code == 404
    assert Insight.objects.get().followers.count() == 1


def test_the_last_calls_are_listed_and_sent_again(client, dana, growth, outlier):
    from knowledge.models import Delivery, Webhook

    webhook = Webhook.objects.create(space=growth, url="https://hooks.example/1", secret="s")
    call = Delivery.objects.create(
        key="x", kind="webhook", webhook=webhook, event="insight.changed", state="failed", attempts=6,
        error="it answered 500",
    )  # fmt: skip
    client.force_login(dana)
    html = body(client.get("/s/growth/-/webhooks"))
    assert "Given up: it answered 500" in html
    client.post("/s/growth/-/webhooks", {"again": call.pk})
    call.refresh_from_db()
    assert (call.state, call.attempts, call.error) == ("waiting", 0, "")
    assert client.post("/account/webhooks", {"again": call.pk}).status_code == 404
