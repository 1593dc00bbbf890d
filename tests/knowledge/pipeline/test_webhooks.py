"""Webhooks: who has them, what they are sent, and when they are turned off."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Delivery, Notification, Post, User, Webhook
from knowledge.pipeline.calls import MOST_FAILURES
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.notify import tell
from knowledge.pipeline.webhooks import MOST, add_webhook, call_once, delete_webhook, revive_webhook
from tests.cast import MakePost
from tests.knowledge.pipeline.test_outgoing import Receiver, receiver

__all__ = ["receiver"]


@pytest.fixture(autouse=True)
def _calls_stay_here(settings: Any) -> None:
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def post(growth, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "late.md", title="Late | <on> Mondays", tldr="One in five.", tags=["price"])


@pytest.fixture
def hook(growth, dana: User, receiver: Receiver) -> Webhook:
    return add_webhook(by=dana, space=growth, url=receiver.url, kind="json")


def publish(post: Post, by: User, **detail: Any) -> None:
    tell(event="comment.created", post=post, by=by, detail=detail or {"comment": 1, "text": "Why?"})
    deliver_waiting()


class TestWhatIsSent:
    def test_it_is_json_that_says_what_happened(self, hook, post, alice, receiver) -> None:
        publish(post, alice)
        ((_, headers, body),) = receiver.got
        sent = json.loads(body)
        assert sent["event"] == headers["x-almanac-event"] == "comment.created"
        assert sent["words"] == "Alice Example commented on Late | <on> Mondays"
        assert sent["post"]["url"] == "http://127.0.0.1:8000/s/growth/late.md"
        assert sent["actor"] == {"username": "alice", "name": "Alice Example"}
        assert (sent["text"], sent["id"]) == ("Why?", headers["x-almanac-delivery"])

    def test_it_is_signed_with_its_time(self, hook, post, alice, receiver) -> None:
        publish(post, alice)
        ((_, headers, body),) = receiver.got
        parts = dict(each.split("=") for each in headers["x-almanac-signature"].split(","))
        signed = hmac.new(hook.secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(signed, parts["v1"])

    def test_slack_gets_text_with_a_link_and_nothing_to_interpret(
        self, growth, dana, post, alice, receiver
    ) -> None:
        add_webhook(by=dana, space=growth, url=receiver.url, kind="slack")
        publish(post, alice, comment=2, text="<!channel> & co\nsecond line")
        ((_, headers, body),) = receiver.got
        assert json.loads(body) == {
            "text": "Alice Example commented on "
            "<http://127.0.0.1:8000/s/growth/late.md|Late ¦ &lt;on&gt; Mondays> in growth"
            "\n> &lt;!channel&gt; &amp; co\n> second line"
        }
        assert "x-almanac-signature" not in headers

    def test_a_persons_says_why(self, alice, bob, post, receiver) -> None:
        add_webhook(by=alice, space=None, url=receiver.url, kind="json")
        tell(
            event="comment.mentioned", post=post, by=bob, people=[(alice, "mentioned")], detail={"comment": 1}
        )
        deliver_waiting()
        assert json.loads(receiver.got[0][2])["because"] == "you were mentioned"


class TestAskedAgainAtSending:
    def test_what_turned_private_is_not_sent(self, hook, post, alice, receiver) -> None:
        tell(event="comment.created", post=post, by=alice)
        Post.objects.update(private=True)
        deliver_waiting()
        assert receiver.got == []
        assert Delivery.objects.get().state == "dropped"

    def test_a_person_gets_nothing_they_can_not_see_any_more(
        self, growth, post, mallory, bob, receiver
    ) -> None:
        add_webhook(by=mallory, space=None, url=receiver.url, kind="json")
        tell(event="comment.mentioned", post=post, by=bob, people=[(mallory, "mentioned")])
        growth.visibility = "restricted"
        growth.save()
        deliver_waiting()
        assert receiver.got == []


class TestFailing:
    def test_it_is_tried_again_with_the_same_id(self, hook, post, alice, receiver) -> None:
        receiver.answer = 500
        publish(post, alice)
        assert (Delivery.objects.get().state, Webhook.objects.get().last_error) == (
            "waiting",
            "it answered 500",
        )
        receiver.answer = 200
        Delivery.objects.update(due_at=timezone.now())
        deliver_waiting()
        first, second = (headers["x-almanac-delivery"] for _, headers, _ in receiver.got)
        assert first == second
        assert (Delivery.objects.get().state, Webhook.objects.get().failures) == ("sent", 0)

    def test_it_is_given_up_in_the_end(self, hook, post, alice, receiver) -> None:
        receiver.answer = 500
        publish(post, alice)
        for _ in range(8):
            Delivery.objects.update(due_at=timezone.now())
            deliver_waiting()
        assert Delivery.objects.get().state == "failed"
        assert len(receiver.got) == 6

    def test_one_that_only_fails_is_turned_off_and_its_maintainers_told(
        self, hook, post, alice, dana, growth, receiver
    ) -> None:
        receiver.answer = 500
        long_ago = timezone.now() - timedelta(hours=7)
        Webhook.objects.update(failures=MOST_FAILURES - 1, failing_since=long_ago)
        publish(post, alice)
        assert not Webhook.objects.get().active
        told = Notification.objects.get()
        assert (told.user, told.because) == (dana, "you maintain Growth")
        assert told.sentence == f"The webhook to {hook.host} was turned off"
        assert told.url == "/s/growth/-/webhooks"
        assert AuditEvent.objects.filter(action="webhook.disable", space="growth").exists()
        publish(post, alice, comment=5)
        assert len(receiver.got) == 1

    def test_an_outage_of_an_hour_turns_nothing_off(self, hook, post, alice, receiver) -> None:
        receiver.answer = 500
        Webhook.objects.update(failures=500, failing_since=timezone.now() - timedelta(hours=1))
        publish(post, alice)
        assert Webhook.objects.get().active

    def test_gone_is_gone(self, hook, post, alice, receiver) -> None:
        receiver.answer = 410
        publish(post, alice)
        assert not Webhook.objects.get().active

    def test_it_is_turned_on_again_by_hand(self, hook, dana) -> None:
        Webhook.objects.update(active=False, failures=20, last_error="it answered 500")
        revive_webhook(by=dana, webhook=hook)
        assert Webhook.objects.filter(active=True, failures=0, last_error="").exists()


class TestWhoHasThem:
    def test_a_spaces_are_its_maintainers(self, growth, alice, bob, hook, receiver) -> None:
        for user in (alice, bob):
            with pytest.raises(UserError, match="Only maintainers"):
                add_webhook(by=user, space=growth, url=receiver.url)
            for change in (delete_webhook, revive_webhook, call_once):
                with pytest.raises(UserError, match="Only maintainers"):
                    change(by=user, webhook=hook)

    def test_ones_own_is_nobody_elses(self, alice, bob, receiver) -> None:
        mine = add_webhook(by=alice, space=None, url=receiver.url)
        with pytest.raises(UserError, match="somebody else's"):
            delete_webhook(by=bob, webhook=mine)

    def test_a_test_calls_once(self, hook, dana, receiver) -> None:
        call_once(by=dana, webhook=hook)
        deliver_waiting()
        assert json.loads(receiver.got[0][2])["event"] == "ping"

    def test_the_audit_trail_knows_the_host_and_not_the_secret_path(self, hook, dana) -> None:
        delete_webhook(by=dana, webhook=hook)
        events = AuditEvent.objects.filter(space="growth").order_by("pk")
        assert [event.action for event in events] == ["webhook.add", "webhook.delete"]
        assert "/hook" not in json.dumps([event.detail for event in events])

    def test_there_are_not_more_than_a_space_needs(self, growth, dana, receiver) -> None:
        for _ in range(MOST):
            add_webhook(by=dana, space=growth, url=receiver.url)
        with pytest.raises(UserError, match="already"):
            add_webhook(by=dana, space=growth, url=receiver.url)

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1/x", "https://[::1]/", "gopher://x/", "https://a:b@x.example/"]
    )
    def test_an_address_that_can_not_be_called_is_refused_at_once(self, growth, dana, settings, url) -> None:
        settings.WEBHOOKS_PRIVATE = False
        with pytest.raises(UserError, match="can't be called"):
            add_webhook(by=dana, space=growth, url=url)

    def test_an_event_that_there_is_not_is_refused(self, growth, dana, receiver) -> None:
        with pytest.raises(UserError, match="no event"):
            add_webhook(by=dana, space=growth, url=receiver.url, wanted=["post.eaten"])
