"""The pages of webhooks: of a space and one's own."""

import pytest

from knowledge import events
from knowledge.models import Delivery, Webhook

URL = "https://hooks.example/services/T0/B0/secretword"


@pytest.fixture
def as_dana(client, dana):
    client.force_login(dana)
    return client


def test_a_secret_is_shown_once(as_dana, growth):
    made = as_dana.post("/s/growth/-/webhooks", {"url": URL, "kind": "json", "events": ["post.published"]})
    webhook = Webhook.objects.get(space=growth)
    assert webhook.secret in made.content.decode()
    page = as_dana.get("/s/growth/-/webhooks").content.decode()
    assert webhook.secret not in page
    assert "hooks.example" in page
    assert "secretword" not in page
    assert "post.published" in page


def test_a_bad_address_is_said_at_its_field(as_dana, growth):
    page = as_dana.post(
        "/s/growth/-/webhooks", {"url": "http://127.0.0.1/x", "kind": "slack"}
    ).content.decode()
    assert "it leads into this network" in page
    assert not Webhook.objects.exists()


def test_buttons_test_revive_and_delete(as_dana, growth):
    as_dana.post("/s/growth/-/webhooks", {"url": URL, "kind": "slack"})
    webhook = Webhook.objects.get()
    as_dana.post("/s/growth/-/webhooks", {"test": webhook.pk})
    assert Delivery.objects.get().event == "ping"
    Webhook.objects.update(active=False, last_error="it answered 500", failures=20)
    assert (
        "The last 20 calls failed: it answered 500." in as_dana.get("/s/growth/-/webhooks").content.decode()
    )
    as_dana.post("/s/growth/-/webhooks", {"revive": webhook.pk})
    assert Webhook.objects.get().active
    as_dana.post("/s/growth/-/webhooks", {"delete": webhook.pk})
    assert not Webhook.objects.exists()


def test_one_of_another_owner_is_not_there(as_dana, growth, finance, alice):
    theirs = Webhook.objects.create(user=alice, url=URL, secret="s")
    elsewhere = Webhook.objects.create(space=finance, url=URL, secret="s")
    for webhook in (theirs, elsewhere):
        assert as_dana.post("/s/growth/-/webhooks", {"delete": webhook.pk}).status_code == 404
        assert as_dana.post("/account/webhooks", {"delete": webhook.pk}).status_code == 404
    assert Webhook.objects.count() == 2


def test_everybody_has_their_own(client, mallory):
    client.force_login(mallory)
    client.post("/account/webhooks", {"url": URL, "kind": "slack"})
    assert Webhook.objects.get().user == mallory
    assert "hooks.example" in client.get("/account/webhooks").content.decode()


def test_every_event_can_be_ticked_below_its_topic_in_words(as_dana, growth):
    page = as_dana.get("/s/growth/-/webhooks")
    listed = [box.data["value"] for _, boxes in page.context["form"]["events"].topics() for box in boxes]
    assert sorted(listed) == sorted(events.CALLABLE)
    assert "A number is out of its limits <code" in page.content.decode()
