"""Mails: what they say, whom they reach, and that nobody is mailed twice."""

import re
from datetime import timedelta
from email.message import Message
from typing import Any, cast

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from knowledge.models import Delivery, Notification, Post, Preference, Subscription, User
from knowledge.pipeline import deliver
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.following import follow, tell_published
from knowledge.pipeline.jobs import claim_next
from knowledge.pipeline.notify import tell
from tests.cast import MakePost


@pytest.fixture(autouse=True)
def _a_mail_server(settings: Any) -> None:
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://almanac.example"


@pytest.fixture
def post(growth, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "late.md", title="Late on Mondays", tldr="One in five.", authors=(alice,))


def mention(post: Post, bob: User, alice: User, comment: int = 1, text: str = "Why <b>Monday</b>?") -> None:
    detail = {"comment": comment, "text": text}
    tell(event="comment.mentioned", post=post, by=bob, people=[(alice, "mentioned")], detail=detail)


def sent() -> list[EmailMultiAlternatives]:
    deliver_waiting()
    return cast(list[EmailMultiAlternatives], mail.outbox)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def html(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_a_mail_says_what_happened_and_why_one_gets_it(post: Post, alice: User, bob: User) -> None:
    mention(post, bob, alice)
    (message,) = sent()
    assert message.to == ["alice@meridian.example"]
    assert message.subject == "Late on Mondays (Growth)"
    assert message.from_email.startswith('"Bob Example (Almanac)" <almanac@')
    for text in (message.body, html(message)):
        assert "Bob Example mentioned you on Late on Mondays" in text
        assert "You get this because you were mentioned." in text
        assert "https://almanac.example/account/notifications/" in text
    assert "> Why <b>Monday</b>?" in message.body
    assert "Why &lt;b&gt;Monday&lt;/b&gt;?" in html(message)
    assert states() == ["sent"]


def test_a_mail_can_be_read_in_the_dark(post: Post, alice: User, bob: User) -> None:
    mention(post, bob, alice)
    (message,) = sent()
    assert '<meta name="color-scheme" content="light dark">' in html(message)
    assert "@media (prefers-color-scheme: dark)" in html(message)


def test_mails_of_one_post_are_one_thread(post: Post, alice: User, bob: User) -> None:
    for comment in (1, 2):
        mention(post, bob, alice, comment)
    first, second = (as_sent(message) for message in sent())
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["In-Reply-To"] == f"<post-{post.pk}@almanac.example>"
    assert first["Subject"] == second["Subject"]
    assert first["List-Id"] == "<growth.almanac.example>"
    assert first["Auto-Submitted"] == "auto-generated"


def as_sent(message: EmailMultiAlternatives) -> Message:
    return message.message()


def test_a_title_can_not_add_headers(growth, make_post: MakePost, alice: User, bob: User) -> None:
    post = make_post(growth, title="Late\r\nBcc: everybody@example.org")
    mention(post, bob, alice)
    (message,) = sent()
    assert as_sent(message)["Bcc"] is None
    assert message.recipients() == ["alice@meridian.example"]


class TestAskedAgainAtSending:
    def test_who_can_not_see_the_post_any_more_is_not_mailed(self, growth, make_post, bob, mallory) -> None:
        mention(make_post(growth, "late.md"), bob, mallory)
        Post.objects.update(private=True)
        assert sent() == []
        assert states() == ["dropped"]

    def test_who_chose_otherwise_meanwhile_is_not_mailed(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        Preference.objects.create(user=alice, group="question", channel="page")
        assert sent() == []

    def test_who_read_it_in_the_portal_is_not_mailed(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        Notification.objects.update(read_at=timezone.now())
        assert sent() == []

    def test_who_follows_no_more_is_not_mailed(self, post, carol, bob) -> None:
        Preference.objects.create(user=carol, group="published", channel="mail_now")
        follow(by=carol, kind="space", target=post.space)
        tell_published([post.published_revision], at=post.published_at)
        Subscription.objects.all().delete()
        assert sent() == []

    @pytest.mark.parametrize("columns", [{"is_active": False}, {"email": ""}])
    def test_closed_accounts_and_those_without_address_are_not_mailed(
        self, post, alice, bob, columns
    ) -> None:
        mention(post, bob, alice)
        User.objects.filter(pk=alice.pk).update(**columns)
        assert sent() == []
        assert states() == ["dropped"]

    def test_a_deleted_post_is_not_mailed_of(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        Post.objects.update(status="deleted", deleted_at=timezone.now())
        assert sent() == []


class Backend(EmailBackend):
    """Of this mail server a test decides what it does."""

    fails: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if self.fails:
            raise self.fails.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def server(settings: Any) -> type[Backend]:
    settings.EMAIL_BACKEND = f"{__name__}.Backend"
    Backend.fails = []
    return Backend


class TestNeverTwice:
    def test_a_mail_is_sent_once_however_often_workers_look(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        assert len(sent()) == len(sent()) == 1

    def test_what_is_claimed_is_not_claimed_again(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        attempt = claim_next()
        assert attempt
        assert claim_next() is None
        deliver.deliver(attempt)
        assert states() == ["sent"]

    def test_one_that_the_server_refuses_for_now_is_tried_again_later(self, server, post, alice, bob) -> None:
        import smtplib

        server.fails = [smtplib.SMTPResponseException(451, b"Later")]
        mention(post, bob, alice)
        assert sent() == []
        row = Delivery.objects.get()
        assert (row.state, row.attempts) == ("waiting", 1)
        assert timedelta(seconds=50) < row.due_at - timezone.now() < timedelta(seconds=61)
        Delivery.objects.update(due_at=timezone.now())
        assert len(sent()) == 1

    def test_one_that_the_server_refuses_is_given_up(self, server, post, alice, bob) -> None:
        import smtplib

        server.fails = [smtplib.SMTPRecipientsRefused({"alice@meridian.example": (550, b"Nobody")})]
        mention(post, bob, alice)
        assert sent() == []
        assert states() == ["failed"]

    def test_one_that_was_handed_over_without_an_answer_is_not_sent_again(
        self, server, post, alice, bob
    ) -> None:
        server.fails = [TimeoutError("timed out")]
        mention(post, bob, alice)
        assert sent() == []
        assert states() == ["unsure"]

    def test_a_worker_that_vanished_before_it_handed_over_lets_another_try(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        attempt = claim_next()
        Delivery.objects.update(claimed_at=timezone.now() - timedelta(minutes=3))
        deliver.release_lost()
        assert len(sent()) == 1
        assert attempt
        deliver.deliver(attempt)  # it comes back to life
        assert len(mail.outbox) == 1

    def test_a_worker_that_vanished_after_it_handed_over_leaves_it_at_that(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        attempt = claim_next()
        assert attempt
        attempt.handing_over()
        Delivery.objects.update(claimed_at=timezone.now() - timedelta(minutes=3))
        deliver.release_lost()
        assert sent() == []
        assert states() == ["unsure"]


class TestUnsubscribing:
    def address(self, message: EmailMultiAlternatives) -> str:
        headers = as_sent(message)
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<https://almanac\.example(/unsubscribe/\S+)>", headers["List-Unsubscribe"])
        assert found
        return found[1]

    def test_one_click_turns_off_that_kind_of_mail_without_signing_in(self, post, alice, bob) -> None:
        mention(post, bob, alice)
        address = self.address(sent()[0])
        client = Client(enforce_csrf_checks=True)
        assert client.get(address).status_code == 200  # programs follow links: a look changes nothing
        assert not Preference.objects.exists()
        for _ in range(2):
            answer = client.post(address, {"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
        assert Preference.objects.get(user=alice).group == "question"
        mention(post, bob, alice, 2)
        assert len(sent()) == 1
        assert Notification.objects.count() == 2

    def test_of_what_one_follows_it_ends_the_following(self, post, carol, bob) -> None:
        Preference.objects.create(user=carol, group="published", channel="mail_now")
        follow(by=carol, kind="space", target=post.space)
        tell_published([post.published_revision], at=post.published_at)
        (message,) = sent()
        assert "you follow the space Growth" in message.body
        page = Client().get(self.address(message)).content.decode()
        assert "No more mails about Growth?" in page
        Client().post(self.address(message))
        assert not Subscription.objects.exists()

    @pytest.mark.parametrize("token", ["x", "WzEsICJncm91cDp0YWxrIl0:1:x"])
    def test_a_token_that_is_not_ours_opens_nothing(self, db, token) -> None:
        assert Client().post(f"/unsubscribe/{token}").status_code == 404


def test_a_worker_that_is_stopping_takes_up_no_more_mails(
    post: Post, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention(post, bob, alice)
    monkeypatch.setattr(deliver, "_is_stopping", True)
    assert sent() == []
    monkeypatch.setattr(deliver, "_is_stopping", False)
    assert len(sent()) == 1
