"""Subscriptions and webhooks over the API: one's own, and whose they are to change."""

from typing import Any

import pytest

from knowledge.models import AuditEvent, Delivery, Space, Subscription, User, Webhook
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
URL = "https://hooks.example/1"


def follow(client: Any, kind: str, target: str) -> Any:
    return client.post(f"{V1}/subscriptions/", {"kind": kind, "target": target}, "application/json")


class TestSubscriptions:
    def test_what_one_follows_is_made_listed_and_ended(
        self, growth: Space, make_post: MakePost, carol: User, alice: User, api: Call
    ) -> None:
        post = make_post(growth, title="Late on Mondays")
        client = api(carol, "write")
        targets = [("tag", " Price "), ("author", "alice"), ("space", "growth"), ("post", str(post.pk))]
        made = [follow(client, kind, target) for kind, target in targets]
        assert [answer.status_code for answer in made] == [201] * 4
        assert [answer.json()["target"] for answer in made] == ["price", "alice", "growth", str(post.pk)]
        assert made[3].json()["name"] == "Late on Mondays"
        listed = client.get(f"{V1}/subscriptions/").json()["results"]
        assert {row["kind"] for row in listed} == {"tag", "author", "space", "post"}
        assert client.delete(f"{V1}/subscriptions/{made[0].json()['id']}/").status_code == 204
        assert carol.subscriptions.count() == 3

    def test_following_twice_is_following_once(self, growth: Space, carol: User, api: Call) -> None:
        first, second = (follow(api(carol), "space", "growth").json() for _ in range(2))
        assert first == second

    def test_hidden_things_are_not_there(
        self, finance: Space, make_post: MakePost, mallory: User, api: Call
    ) -> None:
        post = make_post(finance)
        client = api(mallory)
        for kind, target in (
            ("space", "finance"),
            ("post", str(post.pk)),
            ("post", "x"),
            ("author", "nobody"),
        ):
            answer = follow(client, kind, target)
            assert (answer.status_code, answer.json()["code"]) == (404, "nothing-to-follow")

    def test_what_is_hidden_since_is_not_listed(self, finance: Space, carol: User, api: Call) -> None:
        follow(api(carol), "space", "finance")
        finance.memberships.filter(user=carol).delete()
        assert api(carol).get(f"{V1}/subscriptions/").json()["results"] == []

    def test_those_of_others_are_not_there(self, growth: Space, carol: User, alice: User, api: Call) -> None:
        made = follow(api(carol), "space", "growth").json()
        assert api(alice).get(f"{V1}/subscriptions/").json()["results"] == []
        assert api(alice).delete(f"{V1}/subscriptions/{made['id']}/").status_code == 404
        assert Subscription.objects.count() == 1


class TestWebhooks:
    def add(self, client: Any, **fields: Any) -> Any:
        return client.post(f"{V1}/webhooks/", {"url": URL} | fields, "application/json")

    def test_a_spaces_is_added_shown_without_its_secret_and_deleted(
        self, growth: Space, dana: User, api: Call
    ) -> None:
        client = api(dana)
        made = self.add(client, space="growth", events=["post.published"])
        assert made.status_code == 201
        assert made.json()["secret"] == Webhook.objects.get().secret
        shown = client.get(made["Location"].removeprefix("http://127.0.0.1:8000")).json()
        assert "secret" not in shown
        address = f"{V1}/webhooks/{shown['id']}/"
        told = [api(dana, scope).get(address).json() for scope in ("admin", "write", "read")]
        assert [each["url"] for each in told] == [URL, None, None]
        assert {each["host"] for each in told} == {"hooks.example"}
        assert api(dana, "read").get(f"{V1}/webhooks/").json()["results"][0]["url"] is None
        assert (shown["space"], shown["events"], shown["active"]) == ("growth", ["post.published"], True)
        assert client.delete(f"{V1}/webhooks/{shown['id']}/").status_code == 204
        assert not Webhook.objects.exists()

    @pytest.mark.parametrize(
        ("name", "status"), [("alice", 403), ("bob", 403), ("mallory", 403), ("admin", 201)]
    )
    def test_a_spaces_are_for_its_maintainers(
        self, growth: Space, request: pytest.FixtureRequest, api: Call, name: str, status: int
    ) -> None:
        assert self.add(api(request.getfixturevalue(name)), space="growth").status_code == status

    def test_ones_own_and_those_one_maintains_are_listed(
        self, growth: Space, finance: Space, alice: User, dana: User, api: Call
    ) -> None:
        self.add(api(alice))
        self.add(api(dana), space="growth")
        self.add(api(dana), space="finance")
        assert [row["space"] for row in api(alice).get(f"{V1}/webhooks/").json()["results"]] == [None]
        listed = api(dana).get(f"{V1}/webhooks/?space=growth").json()["results"]
        assert [row["space"] for row in listed] == ["growth"]
        mine = Webhook.objects.get(user=alice)
        assert api(dana).get(f"{V1}/webhooks/{mine.pk}/").status_code == 404
        assert api(dana).delete(f"{V1}/webhooks/{mine.pk}/").status_code == 404

    def test_what_can_not_be_called_is_refused_in_words(self, growth: Space, dana: User, api: Call) -> None:
        answer = self.add(api(dana), space="growth", url="http://169.254.169.254/latest/")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-webhook-url")
        assert self.add(api(dana), events=["post.eaten"]).json()["code"] == "invalid"
        assert self.add(api(dana), space="nowhere").status_code == 404


class TestChangingWebhooks:
    """A space's, by who maintains it."""

    @pytest.fixture
    def webhook(self, growth: Space) -> Webhook:
        return Webhook.objects.create(space=growth, url=URL, secret="old", events=["post.published"])

    def change(self, client: Any, webhook: Webhook, **fields: Any) -> Any:
        return client.patch(f"{V1}/webhooks/{webhook.pk}/", fields, "application/json")

    def test_what_is_sent_changes_and_the_rest_stays(self, webhook: Webhook, dana: User, api: Call) -> None:
        changed = self.change(api(dana), webhook, kind="slack", events=[])
        assert changed.status_code == 200
        webhook.refresh_from_db()
        assert (webhook.kind, webhook.events, webhook.url, webhook.secret) == ("slack", [], URL, "old")
        assert self.change(api(dana), webhook, url="https://hooks.example/2").status_code == 200
        webhook.refresh_from_db()
        assert webhook.url == "https://hooks.example/2"
        said = AuditEvent.objects.filter(action="webhook.change").latest("pk")
        assert said.detail["changed"] == ["url"]
        assert "/2" not in str(said.detail)

    def test_what_can_not_be_called_is_refused(self, webhook: Webhook, dana: User, api: Call) -> None:
        client = api(dana)
        refused = self.change(client, webhook, url="http://127.0.0.1/x", kind="slack", active=False)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad-webhook-url")
        assert self.change(client, webhook, events=["post.eaten"]).json()["code"] == "invalid"
        webhook.refresh_from_db()
        assert (webhook.url, webhook.kind, webhook.active) == (URL, "json", True)

    def test_it_is_turned_off_and_on(self, webhook: Webhook, dana: User, api: Call) -> None:
        assert self.change(api(dana), webhook, active=False).json()["active"] is False
        Webhook.objects.update(failures=20, last_error="it answered 500")
        shown = self.change(api(dana), webhook, active=True).json()
        assert (shown["active"], shown["failures"], shown["last_error"]) == (True, 0, "")

    def test_another_secret_is_told_once_and_signs_from_then_on(
        self, webhook: Webhook, dana: User, api: Call
    ) -> None:
        made = api(dana).post(f"{V1}/webhooks/{webhook.pk}/secret/")
        webhook.refresh_from_db()
        assert made.status_code == 200
        assert made.json()["secret"] == webhook.secret != "old"
        assert made.json()["standard_secret"] == webhook.standard_secret
        assert "secret" not in api(dana).get(f"{V1}/webhooks/{webhook.pk}/").json()

    def test_a_test_is_seen_in_the_log_and_sent_again_once_it_is_over(
        self, webhook: Webhook, dana: User, api: Call
    ) -> None:
        client, address = api(dana), f"{V1}/webhooks/{webhook.pk}"
        made = client.post(f"{address}/test/")
        assert (made.status_code, made.json()["event"], made.json()["state"]) == (202, "ping", "waiting")
        call = made["Location"].removeprefix("http://127.0.0.1:8000")
        assert client.get(call).json() == made.json()
        Delivery.objects.update(state="failed", attempts=3, error="it answered 500")
        (row,) = client.get(f"{address}/deliveries/").json()["results"]
        assert (row["state"], row["is_over"], row["error"]) == ("failed", True, "it answered 500")
        again = client.post(f"{call}again/").json()
        assert (again["state"], again["message"], again["attempts"]) == ("waiting", row["message"], 0)

    def test_the_calls_of_one_are_not_found_under_another(
        self, webhook: Webhook, dana: User, alice: User, api: Call
    ) -> None:
        call = api(dana).post(f"{V1}/webhooks/{webhook.pk}/test/").json()["id"]
        own = Webhook.objects.create(user=alice, url=URL, secret="s")
        assert api(alice).get(f"{V1}/webhooks/{own.pk}/deliveries/{call}/").status_code == 404
        assert api(alice).post(f"{V1}/webhooks/{own.pk}/deliveries/{call}/again/").status_code == 404
