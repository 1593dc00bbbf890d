"""Daily and weekly mails: due once a person and period, and worth reading."""

from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.models import Delivery, Notification, Post, Preference, User
from knowledge.pipeline import digests
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.notify import tell
from tests.cast import MakePost, make_user

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _a_mail_server(settings: Any) -> None:
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://almanac.example"


def sent(digest: str, now: datetime | None = None) -> list[EmailMultiAlternatives]:
    digests.plan_digest(digest, now or tomorrow())
    deliver_waiting()
    return cast(list[EmailMultiAlternatives], mail.outbox)


def tomorrow() -> datetime:
    return timezone.localtime() + timedelta(days=8)


def published(post: Post, by: User, user: User, reason: str = "subscribed-post") -> None:
    """As somebody is told who follows it, by a subscription that lasts."""
    subscription, _ = user.subscriptions.get_or_create(kind="post", post=post)
    tell(event="post.published", post=post, by=by, revision=post.latest_revision, people=[(user, reason)])
    Notification.objects.filter(user=user).update(subscription=subscription)


def said(post: Post, by: User, user: User, comment: int, text: str) -> None:
    detail = {"comment": comment, "text": text}
    tell(event="comment.created", post=post, by=by, people=[(user, "author")], detail=detail)


@pytest.fixture
def week(growth, finance, make_post: MakePost, alice: User, bob: User, carol: User) -> list[Post]:
    """What carol is told weekly: three posts, one of them talked about, and a question."""
    for group in ("talk", "published", "updated"):
        Preference.objects.create(user=carol, group=group, channel="mail_weekly")
    posts = [
        make_post(
            growth, "late.md", title="Late on Mondays", tldr="One in five deliveries.", authors=(alice,)
        ),
        make_post(growth, "free.md", title="Free delivery", authors=(alice, bob)),
        make_post(finance, "margin.md", title="Margins held", authors=(bob,)),
    ]
    for post in posts:
        published(post, alice, carol)
    for number, words in enumerate(
        ["Since when?", "Since the new depot.", "Then it is the depot.", "Agreed."]
    ):
        said(posts[0], bob, carol, number, words)
    return posts


class TestWhenItIsDue:
    @pytest.mark.parametrize(
        ("digest", "now", "due"),
        [
            ("daily", "2026-11-25T08:00", "2026-11-25T08:00"),
            ("daily", "2026-11-25T07:59", "2026-11-24T08:00"),
            ("daily", "2026-11-25T23:00", "2026-11-25T08:00"),
            ("weekly", "2026-11-25T12:00", "2026-11-23T08:00"),  # a Wednesday: since Monday
            ("weekly", "2026-11-23T07:00", "2026-11-16T08:00"),
            ("weekly", "2026-11-23T08:01", "2026-11-23T08:00"),
            ("daily", "2026-10-25T09:00", "2026-10-25T08:00"),  # the clocks went back that night
        ],
    )
    def test_the_hour_strikes_in_the_servers_time_zone(self, settings, digest, now, due) -> None:
        settings.TIME_ZONE = "Europe/Berlin"
        struck = digests.last_strike(digest, datetime.fromisoformat(now).replace(tzinfo=BERLIN))
        assert struck == datetime.fromisoformat(due).replace(tzinfo=BERLIN)

    def test_what_is_told_after_the_hour_waits_for_the_next(self, week, carol) -> None:
        assert sent("weekly", timezone.localtime()) == []
        assert len(sent("weekly")) == 1

    def test_who_has_no_news_gets_no_mail(self, db, alice) -> None:
        assert sent("weekly") == sent("daily") == []
        assert not Delivery.objects.exists()

    def test_without_a_mail_server_nothing_is_planned(self, week, settings) -> None:
        settings.SENDS_MAIL = False
        digests.plan()
        assert not Delivery.objects.exists()


class TestNeverTwice:
    def test_planning_twice_is_planning_once(self, week) -> None:
        now = tomorrow()
        assert digests.plan_digest("weekly", now) == 1
        assert digests.plan_digest("weekly", now + timedelta(minutes=5)) == 0
        deliver_waiting()
        assert digests.plan_digest("weekly", now + timedelta(minutes=10)) == 0
        assert len(mail.outbox) == 1

    def test_what_was_mailed_is_not_in_the_next(self, week, alice, carol, make_post, growth) -> None:
        sent("weekly")
        Notification.objects.update(created_at=timezone.now() - timedelta(days=1))
        published(make_post(growth, "new.md", title="Newer"), alice, carol)
        Notification.objects.update(created_at=timezone.now() - timedelta(days=1))
        second = sent("weekly", tomorrow() + timedelta(days=7))[1]
        assert "Newer" in second.body
        assert "Late on Mondays" not in second.body

    def test_what_was_read_in_the_portal_is_left_out(self, week, carol) -> None:
        Notification.objects.filter(post=week[0]).update(read_at=timezone.now())
        (message,) = sent("weekly")
        assert "Late on Mondays" not in message.body
        assert "Free delivery" in message.body


class TestWhatItSays:
    def test_the_numbers_come_first(self, week) -> None:
        (message,) = sent("weekly")
        assert message.subject == "Your week in Almanac: 3 new posts, 4 comments"
        body = str(message.body)
        order = [
            "3 new posts, 4 comments",
            "GROWTH",
            "Late on Mondays",
            "Free delivery",
            "FINANCE",
            "Margins held",
        ]
        assert [body.index(words) for words in order] == sorted(body.index(words) for words in order)

    def test_each_post_says_who_wrote_it_what_it_says_and_who_said_what(self, week) -> None:
        (message,) = sent("weekly")
        for text in (str(message.body), str(message.alternatives[0][0])):
            assert "One in five deliveries." in text
            assert "Alice Example, Bob Example" in text
            assert "Then it is the depot." in text
            assert "Since when?" not in text  # there is room for three
        assert "1 comment, and then:" in str(message.alternatives[0][0])

    def test_what_waits_for_its_reader_stands_on_top(self, week, bob, carol) -> None:
        Preference.objects.create(user=carol, group="question", channel="mail_weekly")
        tell(
            event="question.asked", post=week[2], by=bob, people=[(carol, "asked")],
            detail={"comment": 9, "text": "Is that before tax?"},
        )  # fmt: skip
        (message,) = sent("weekly")
        body = str(message.body)
        assert message.subject == "Your week in Almanac: 1 waits for you, 3 new posts, 4 comments"
        assert body.index("Is that before tax?") < body.index("GROWTH")

    def test_many_posts_of_a_space_are_cut_and_counted(self, growth, make_post, alice, carol) -> None:
        Preference.objects.create(user=carol, group="published", channel="mail_daily")
        for number in range(12):
            published(make_post(growth, f"{number}.md", title=f"Post {number}."), alice, carol)
        (message,) = sent("daily")
        assert str(message.body).count("* Post ") == 8
        assert "4 more" in message.body
        assert message.subject == "Your day in Almanac: 12 new posts"

    def test_one_click_ends_the_weekly_mail(self, week, carol, client) -> None:
        (message,) = sent("weekly")
        address = message.message()["List-Unsubscribe"].removeprefix("<https://almanac.example").rstrip(">")
        assert client.post(address).status_code == 200
        assert set(carol.preferences.values_list("channel", flat=True)) == {"page"}


class TestAskedAgainAtSending:
    def test_what_can_not_be_seen_any_more_is_left_out(self, week, finance, carol) -> None:
        finance.memberships.filter(user=carol).delete()
        (message,) = sent("weekly")
        assert "Margins" not in message.body
        assert message.subject == "Your week in Almanac: 2 new posts, 4 comments"

    def test_who_chose_otherwise_gets_none(self, week, carol) -> None:
        carol.preferences.update(channel="page")
        assert sent("weekly") == []
        assert list(Delivery.objects.values_list("state", flat=True)) == ["dropped"]


def test_the_number_of_queries_does_not_grow_with_the_news(growth, make_post, alice) -> None:
    def queries(name: str, number: int) -> int:
        reader = make_user(name)
        Preference.objects.create(user=reader, group="published", channel="mail_weekly")
        for each in range(number):
            published(make_post(growth, f"{name}-{each}.md", authors=(alice,)), alice, reader)
        with CaptureQueriesContext(connection) as captured:
            sent("weekly")
        return len(captured)

    assert queries("few", 2) == queries("many", 30)
