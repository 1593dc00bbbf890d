"""Telling: once each, for the strongest reason, never about what one can't see."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge import events
from knowledge.models import Delivery, Notification, Post, Preference, User, Webhook
from knowledge.pipeline.notify import tell
from tests.cast import MakePost, make_user


@pytest.fixture
def post(growth, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "late.md", title="Late on Mondays", authors=(alice,))


@pytest.fixture(autouse=True)
def _a_mail_server(settings: Any) -> None:
    settings.SENDS_MAIL = True


def told(user: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event", "reason"))


@pytest.mark.parametrize("event", [event for event in events.EVENTS if not event.startswith("webhook.")])
def test_every_event_can_be_told(event: str, post: Post, alice: User, bob: User) -> None:
    detail = {
        "comment": 7,
        "thread": 3,
        "verdict": 5,
        "review": 2,
        "due": "2026-12-01",
        "text": "Why Monday?",
    }
    tell(
        event=event,
        post=post,
        by=bob,
        revision=post.latest_revision,
        people=[(alice, "author")],
        detail=detail,
    )
    row = Notification.objects.get()
    assert row.sentence == events.sentence(event, actor="Bob Example", title="Late on Mondays")
    assert row.because == "you wrote this post"
    assert row.url == "/s/growth/late.md"
    is_mailed_now = events.default_channel(event) == "mail_now"
    assert Delivery.objects.filter(kind="mail", user=alice).exists() == is_mailed_now
    assert row.digest == events.DIGESTS.get(events.default_channel(event), "")


def test_the_strongest_reason_wins(post: Post, alice: User, bob: User) -> None:
    people = [(alice, "participant"), (alice, "mentioned"), (alice, "author")]
    tell(event="comment.created", post=post, by=bob, people=people, detail={"comment": 1})
    assert told(alice) == [("comment.created", "mentioned")]


def test_who_did_it_is_not_told(post: Post, alice: User, bob: User) -> None:
    tell(event="comment.created", post=post, by=alice, people=[(alice, "author"), (bob, "participant")])
    assert (told(alice), told(bob)) == ([], [("comment.created", "participant")])


def test_nobody_is_told_twice_of_the_same(post: Post, alice: User, bob: User) -> None:
    for comment in (1, 1, 2):
        tell(
            event="comment.mentioned",
            post=post,
            by=bob,
            people=[(alice, "mentioned")],
            detail={"comment": comment},
        )
    assert len(told(alice)) == 2
    assert Delivery.objects.count() == 2


def test_nobody_is_told_of_what_they_can_not_see(
    finance, make_post: MakePost, alice: User, mallory: User, carol: User
) -> None:
    hidden = make_post(finance, "s.md")
    tell(
        event="comment.mentioned",
        post=hidden,
        by=alice,
        people=[(mallory, "mentioned"), (carol, "mentioned")],
    )
    assert told(mallory) == []
    assert len(told(carol)) == 1


def test_a_closed_account_is_told_nothing(post: Post, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    tell(event="comment.created", post=post, by=bob, people=[(alice, "author")])
    assert told(alice) == []


@pytest.mark.parametrize(
    ("channel", "rows", "mails", "digest"),
    [("off", 0, 0, ""), ("page", 1, 0, ""), ("mail_now", 1, 1, ""), ("mail_daily", 1, 0, "daily"),
     ("mail_weekly", 1, 0, "weekly")],
)  # fmt: skip
def test_a_choice_decides_what_comes_how(
    post: Post, alice: User, bob: User, channel: str, rows: int, mails: int, digest: str
) -> None:
    Preference.objects.create(user=alice, group="talk", channel=channel)
    tell(event="comment.created", post=post, by=bob, people=[(alice, "author")])
    assert Notification.objects.count() == rows
    assert Delivery.objects.count() == mails
    assert all(row.digest == digest for row in Notification.objects.all())


def test_without_a_mail_server_it_is_told_in_the_portal_alone(
    post: Post, alice: User, bob: User, settings: Any
) -> None:
    settings.SENDS_MAIL = False
    tell(event="comment.mentioned", post=post, by=bob, people=[(alice, "mentioned")])
    assert len(told(alice)) == 1
    assert not Delivery.objects.exists()


def test_what_was_said_is_quoted_and_cut(post: Post, alice: User, bob: User) -> None:
    tell(
        event="comment.created", post=post, by=bob, people=[(alice, "author")], detail={"text": "why? " * 300}
    )
    assert len(Notification.objects.get().text) <= 500


def test_the_number_of_queries_does_not_grow_with_the_people(post: Post, bob: User, growth) -> None:
    Webhook.objects.create(space=growth, url="https://example.org/", secret="s")

    def queries(number: int, comment: int) -> int:
        people = [(make_user(f"p{comment}-{each}"), "participant") for each in range(number)]
        with CaptureQueriesContext(connection) as captured:
            tell(event="comment.created", post=post, by=bob, people=people, detail={"comment": comment})
        return len(captured)

    assert queries(2, 1) == queries(60, 2) <= 12
    assert Notification.objects.count() == 62


class TestWebhooks:
    def test_a_spaces_is_called_once_for_what_happens_there(
        self, post: Post, bob: User, growth, finance
    ) -> None:
        Webhook.objects.create(
            space=growth, url="https://example.org/", secret="s", events=["post.published"]
        )
        Webhook.objects.create(space=finance, url="https://example.org/", secret="s")
        for event in ("post.published", "post.published", "post.updated"):
            tell(event=event, post=post, by=bob, revision=post.latest_revision)
        assert list(Delivery.objects.values_list("webhook__space__slug", "event")) == [
            ("growth", "post.published")
        ]

    @pytest.mark.parametrize("hidden", ["private", "is_held"])
    def test_a_spaces_is_not_called_for_what_not_everyone_may_see(
        self, growth, make_post: MakePost, bob: User, hidden: str
    ) -> None:
        Webhook.objects.create(space=growth, url="https://example.org/", secret="s")
        tell(event="post.published", post=make_post(growth, "p.md", **{hidden: True}), by=bob)
        assert not Delivery.objects.exists()

    def test_a_persons_is_called_for_what_they_are_told(self, post: Post, alice: User, bob: User) -> None:
        mine = Webhook.objects.create(user=alice, url="https://example.org/", secret="s")
        Webhook.objects.create(user=bob, url="https://example.org/", secret="s")
        Webhook.objects.create(user=alice, url="https://example.org/", secret="s", active=False)
        tell(event="comment.created", post=post, by=bob, people=[(alice, "author")])
        assert [row.webhook for row in Delivery.objects.filter(kind="webhook")] == [mine]
