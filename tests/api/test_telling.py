"""Subscriptions and webhooks over the API: one's own, and whose they are to change."""

from typing import Any

import pytest

from knowledge.models import Space, Subscription, User, Webhook
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
