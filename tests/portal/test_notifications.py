"""The bell, the list of notifications and the choice of channels."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Notification, Post, Preference
from knowledge.pipeline.notify import tell


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(growth, "late.md", title="Late on Mondays", authors=(alice,))


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


def comment(post, bob, alice, number, text="Why <b>Monday</b>?"):
    detail = {"comment": number, "text": text}
    tell(event="comment.created", post=post, by=bob, people=[(alice, "author")], detail=detail)


def test_the_bell_counts_what_is_unread_in_one_query_of_its_own(
    as_alice, post, alice, bob, django_assert_num_queries
):
    for number in range(3):
        comment(post, bob, alice, number)
    with django_assert_num_queries(3):  # session, person, number
        answer = as_alice.get("/account/notifications/bell")
    assert answer.json() == {"unread": 3, "shown": "3"}
    assert "no-store" in answer["Cache-Control"]


def test_the_bell_stops_counting_at_a_hundred(as_alice, alice):
    Notification.objects.bulk_create(
        Notification(user=alice, event="post.updated", key=f"{number}") for number in range(130)
    )
    assert as_alice.get("/account/notifications/bell").json() == {"unread": 100, "shown": "99+"}


def test_pages_carry_a_bell_and_no_number(as_alice, post, alice, bob):
    comment(post, bob, alice, 1)
    page = as_alice.get(post.get_absolute_url()).content.decode()
    assert 'data-bell="/account/notifications/bell"' in page
    assert "1 unread" not in page


def test_the_list_says_what_happened_and_why_one_is_told(as_alice, post, alice, bob):
    comment(post, bob, alice, 1)
    page = as_alice.get("/account/notifications").content.decode()
    assert "Bob Example commented on <a href" in page
    assert "Late on Mondays" in page
    assert "because you wrote this post" in page
    assert "Why &lt;b&gt;Monday&lt;/b&gt;?" in page


def test_a_notification_leads_on_and_counts_as_read(as_alice, post, alice, bob):
    comment(post, bob, alice, 1)
    row = Notification.objects.get()
    answer = as_alice.get(f"/account/notifications/{row.pk}")
    assert answer["Location"] == post.get_absolute_url()
    assert as_alice.get("/account/notifications/bell").json()["unread"] == 0


def test_one_or_all_are_marked_as_read(as_alice, post, alice, bob):
    for number in range(3):
        comment(post, bob, alice, number)
    first = Notification.objects.latest("pk")
    as_alice.post("/account/notifications?unread=1", {"read": first.pk})
    assert Notification.objects.unread().count() == 2
    as_alice.post("/account/notifications", {"all": "1"})
    assert Notification.objects.unread().count() == 0


def test_nobody_reads_or_marks_those_of_others(client, post, alice, bob, carol):
    comment(post, bob, alice, 1)
    client.force_login(carol)
    row = Notification.objects.get()
    assert client.get(f"/account/notifications/{row.pk}").status_code == 404
    client.post("/account/notifications", {"read": row.pk})
    assert Notification.objects.unread().count() == 1


def test_what_one_can_not_see_any_more_is_left_out(client, growth, make_post, mallory, bob):
    post = make_post(growth, "late.md", title="Late on Mondays")
    tell(event="comment.mentioned", post=post, by=bob, people=[(mallory, "mentioned")])
    client.force_login(mallory)
    Post.objects.update(private=True)
    assert client.get("/account/notifications/bell").json()["unread"] == 0
    assert "Mondays" not in client.get("/account/notifications").content.decode()
    assert client.get(f"/account/notifications/{Notification.objects.get().pk}").status_code == 404


def test_the_list_costs_as_many_queries_for_many_as_for_few(as_alice, growth, make_post, alice, bob):
    def queries(start, number):
        for each in range(start, start + number):
            comment(make_post(growth, f"{each}.md"), bob, alice, each)
        with CaptureQueriesContext(connection) as captured:
            as_alice.get("/account/notifications")
        return len(captured)

    assert queries(0, 2) == queries(2, 40)


def test_older_ones_are_a_page_on(as_alice, post, alice, bob):
    for number in range(35):
        comment(post, bob, alice, number, text=f"number {number}.")
    page = as_alice.get("/account/notifications").content.decode()
    assert "number 34." in page
    assert "number 4." not in page
    older = Notification.objects.order_by("-pk")[29].pk
    assert f"before={older}" in page
    assert "number 4." in as_alice.get(f"/account/notifications?before={older}").content.decode()


class TestChoosing:
    def test_the_matrix_shows_defaults_until_one_chooses(self, as_alice, alice):
        page = as_alice.get("/account/notifications/settings").content.decode()
        assert 'name="talk" value="mail_daily" checked' in page
        as_alice.post("/account/notifications/settings", {"talk": "off", "review": "mail_now"})
        assert set(Preference.objects.values_list("group", "channel")) == {
            ("talk", "off"),
            ("review", "mail_now"),
        }
        page = as_alice.get("/account/notifications/settings").content.decode()
        assert 'name="talk" value="off" checked' in page

    def test_what_is_no_choice_changes_nothing(self, as_alice):
        answer = as_alice.post("/account/notifications/settings", {"talk": "pigeon"}, follow=True)
        assert "There is no such choice" in answer.content.decode()
        assert not Preference.objects.exists()

    def test_it_says_where_no_mail_is_sent(self, as_alice, settings):
        assert "sends no mail" in as_alice.get("/account/notifications/settings").content.decode()
        settings.SENDS_MAIL = True
        assert "sends no mail" not in as_alice.get("/account/notifications/settings").content.decode()
