"""Calls of webhooks for numbers, signed as Standard Webhooks has it, and sent again on request."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Delivery, Revision, Space, User, Webhook
from knowledge.pipeline.decisions import use
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.following import follow
from knowledge.pipeline.webhooks import add_webhook, call_again
from tests.knowledge.pipeline.test_limits import Publish, publish
from tests.knowledge.pipeline.test_outgoing import Receiver, receiver

__all__ = ["publish", "receiver"]


@pytest.fixture(autouse=True)
def _calls_stay_here(settings: Any) -> None:
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def hook(growth: Space, dana: User, receiver: Receiver) -> Webhook:
    return add_webhook(by=dana, space=growth, url=receiver.url, kind="json")


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, now: int) -> bool:
    """By the text of Standard Webhooks: what is signed is id, timestamp and payload, joined by full stops.

    The secret is base64 behind "whsec_"; the header lists "v1,<base64>", separated by spaces; old ones are
    refused.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [each.split(",", 1) for each in headers["webhook-signature"].split(" ")]
    is_signed = any(
        version == "v1" and hmac.compare_digest(signature, wanted) for version, signature in given
    )
    return is_signed and abs(now - int(headers["webhook-timestamp"])) < 300


def test_a_number_that_changed_and_left_its_limits_is_told_once_each_and_signed(
    growth: Space, publish: Publish, hook: Webhook, receiver: Receiver
) -> None:
    import time

    publish(growth, 0.21, unit="ratio", as_of="2026-06-30")
    publish(growth, 0.31, unit="ratio", as_of="2026-09-30", title="Late", limits={"max": 0.3})
    deliver_waiting()
    deliver_waiting()
    sent = {headers["x-almanac-event"]: (headers, body) for _, headers, body in receiver.got}
    assert sorted(sent) == ["insight.changed", "insight.out-of-limits"]
    assert len(receiver.got) == 2
    for headers, body in sent.values():
        now = int(time.time())
        assert verified(hook.standard_secret, headers, body, now=now)
        assert not verified(hook.standard_secret, headers, body + b" ", now=now)
        assert not verified(hook.standard_secret, headers | {"webhook-id": "x"}, body, now=now)
        assert not verified(hook.standard_secret, headers, body, now=now + 400)
        assert 24 <= len(base64.b64decode(hook.standard_secret.removeprefix("whsec_"))) <= 64
        assert json.loads(body)["id"] == headers["webhook-id"] == headers["x-almanac-delivery"]
    told = json.loads(sent["insight.changed"][1])
    assert told["words"] == "Late has a new value"
    assert told["insight"] == {
        "space": "growth",
        "name": "late",
        "title": "Late",
        "value": 0.31,
        "exact": None,
        "unit": "ratio",
        "as_of": "2026-09-30",
        "delta": pytest.approx(0.1),
        "delta_exact": None,
        "previous": {
            "value": 0.21,
            "exact": None,
            "unit": "ratio",
            "as_of": "2026-06-30",
            "revision": 1,
            "published_at": "2026-10-01T09:30:00+00:00",
        },
        "status": "out-of-limits",
        "url": "http://127.0.0.1:8000/insights/growth/late",
    }
    assert told["url"] == told["insight"]["url"]


def test_a_person_is_called_for_what_they_follow_and_slack_gets_a_link(
    growth: Space, publish: Publish, carol: User, receiver: Receiver
) -> None:
    add_webhook(by=carol, space=None, url=receiver.url, kind="slack", wanted=["insight.changed"])
    post = publish(growth, 1)
    follow(by=carol, kind="insight", target=post.insights.get())
    publish(growth, 2)
    deliver_waiting()
    ((_, headers, body),) = receiver.got
    assert json.loads(body) == {
        "text": "<http://127.0.0.1:8000/insights/growth/late|late> has a new value in growth"
        "\n> It is 2, and was 1."
    }
    assert "webhook-signature" not in headers


@pytest.mark.parametrize("change", [{"is_held": True}, {"blocked_by": ["secret"]}])
def test_a_reading_that_is_held_back_since_is_not_told(
    growth: Space, publish: Publish, hook: Webhook, receiver: Receiver, change: dict[str, Any]
) -> None:
    publish(growth, 1, 2)
    Revision.objects.filter(number=2).update(**change)
    deliver_waiting()
    assert receiver.got == []
    assert Delivery.objects.get().state == "dropped"


def test_a_contradiction_is_not_told_once_the_other_space_is_closed(
    growth: Space, finance: Space, publish: Publish, hook: Webhook, receiver: Receiver
) -> None:
    finance.visibility = Space.Visibility.INTERNAL
    finance.save()
    publish(growth, 1, as_of="2026-06-30")
    publish(finance, 2, path="f.md", as_of="2026-06-30")
    finance.visibility = Space.Visibility.RESTRICTED
    finance.save()
    deliver_waiting()
    assert receiver.got == []
    assert list(Delivery.objects.values_list("event", "state")) == [("insight.contradicted", "dropped")]


def test_a_call_is_sent_again_with_the_same_id_by_who_has_the_webhook(
    growth: Space, publish: Publish, hook: Webhook, receiver: Receiver, dana: User, carol: User
) -> None:
    publish(growth, 1, 2)
    deliver_waiting()
    call = Delivery.objects.get()
    with pytest.raises(UserError):
        call_again(by=carol, delivery=call)
    call_again(by=dana, delivery=call)
    call_again(by=dana, delivery=call)
    deliver_waiting()
    first, second = (headers["webhook-id"] for _, headers, _ in receiver.got)
    assert first == second
    assert Delivery.objects.get().state == "sent"
    assert AuditEvent.objects.filter(action="webhook.redeliver", space="growth").count() == 1


def test_ones_own_webhook_hears_what_a_number_that_one_used_is_now(
    growth: Space, carol: User, publish: Publish, receiver: Receiver
) -> None:
    add_webhook(by=carol, space=None, url=receiver.url, kind="json")
    publish(growth, 0.21, unit="ratio")
    use(by=carol, insight=growth.insights.get(), what="Budget")
    publish(growth, 0.31, unit="ratio")
    deliver_waiting()
    ((_, headers, body),) = receiver.got
    assert headers["x-almanac-event"] == "insight.moved"
    told = json.loads(body)["insight"]
    assert (told["value"], told["previous"]["value"], told["unit"]) == (0.31, 0.21, "ratio")
