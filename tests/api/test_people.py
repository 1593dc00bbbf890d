"""People by the API: who writes, what about, where and with whom; one's own name and tokens."""

from typing import Any

import pytest
from django.test import Client

from knowledge.models import AccessToken, AuditEvent, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost, make_user

V1 = "/api/v1"
JSON = "application/json"
NIGHTLY = {"name": "nightly report", "scope": "read", "days": 30}


def names(client: Any, query: str) -> list[str]:
    return [row["username"] for row in client.get(f"{V1}/people/{query}").json()["results"]]


@pytest.fixture
def jo(growth: Space, finance: Space, make_post: MakePost, alice: User, bob: User) -> User:
    """Named by an import, and not here yet."""
    jo = make_user("jo", is_active=False, unclaimed=True)
    make_post(growth, "a.md", source=b"a", authors=(alice, jo), tags=["price"])
    make_post(growth, "b.md", source=b"b", authors=(alice,), tags=["price", "delivery"])
    make_post(finance, "c.md", source=b"c", authors=(alice, bob), tags=["margin"])
    return jo


def test_people_are_found_by_name_and_by_whether_they_write(
    jo: User, api: Call, mallory: User, carol: User
) -> None:
    client = api(mallory)
    assert names(client, "") == ["alice", "bob", "carol", "dana", "mallory"]
    assert names(client, "?q=LIC") == ["alice"]
    assert names(client, "?writes=true") == ["alice", "jo"]
    assert names(client, "?writes=true&q=exa") == ["alice", "jo"]
    assert names(api(carol), "?writes=true") == ["alice", "bob", "jo"]


def test_a_person_is_shown_with_what_they_write_about_where_and_with_whom(
    jo: User, api: Call, mallory: User, carol: User
) -> None:
    seen = api(mallory).get(f"{V1}/people/alice/").json()
    assert seen["posts"] == 2
    assert seen["tags"] == [{"tag": "price", "posts": 2}, {"tag": "delivery", "posts": 1}]
    assert seen["spaces"] == [{"space": "growth", "name": "Growth"}]
    assert seen["together"] == [{"username": "jo", "name": "Jo Example", "posts": 1}]
    together = api(carol).get(f"{V1}/people/alice/").json()["together"]
    assert {row["username"] for row in together} == {"bob", "jo"}
    assert api(mallory).get(f"{V1}/people/jo/").json()["posts"] == 1


def test_who_left_and_wrote_nothing_that_one_sees_is_not_there(
    jo: User, bob: User, api: Call, mallory: User, carol: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert api(mallory).get(f"{V1}/people/bob/").status_code == 404
    assert api(carol).get(f"{V1}/people/bob/").status_code == 200


def test_whom_an_import_knew_is_found_under_both_names(jo: User, alice: User, api: Call) -> None:
    User.objects.filter(pk=jo.pk).update(unclaimed=False, claimed_by=alice)
    assert api(alice).get(f"{V1}/people/jo/").json()["username"] == "alice"


def test_ones_own_name_is_changed(alice: User, api: Call) -> None:
    changed = api(alice).patch(f"{V1}/me/", {"name": "Alice Andersson"}, JSON)
    assert changed.json()["name"] == "Alice Andersson"
    assert api(alice).get(f"{V1}/me/").json()["name"] == "Alice Andersson"
    assert api(alice).patch(f"{V1}/me/", {"name": "x" * 151}, JSON).status_code == 400


class TestTokens:
    ADDRESS = f"{V1}/me/tokens/"

    @pytest.fixture
    def browser(self, alice: User) -> Client:
        client = Client()
        client.force_login(alice)
        return client

    def test_a_browser_makes_one_and_its_secret_is_said_once(self, browser: Client, alice: User) -> None:
        made = browser.post(self.ADDRESS, NIGHTLY, JSON)
        assert (made.status_code, made.json()["scopes"]) == (201, ["read"])
        assert AccessToken.objects.find(made.json()["secret"]) == alice.tokens.get()
        shown = browser.get(made["Location"].removeprefix("http://127.0.0.1:8000")).json()
        assert "secret" not in shown
        assert shown["hint"] == made.json()["secret"][:8]
        assert AuditEvent.objects.filter(action="token.issue", actor=alice).count() == 1

    def test_a_browser_that_sends_no_csrf_token_makes_none(self, alice: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        assert client.post(self.ADDRESS, NIGHTLY, JSON).status_code == 403
        assert not alice.tokens.exists()

    def test_a_token_makes_none(self, alice: User, api: Call) -> None:
        answer = api(alice, "admin").post(self.ADDRESS, NIGHTLY, JSON)
        assert (answer.status_code, answer.json()["code"]) == (403, "session-needed")
        assert "/account/tokens" in answer.json()["hint"]
        assert alice.tokens.count() == 1

    def test_ones_own_are_listed_and_revoked_at_once(self, alice: User, bob: User, api: Call) -> None:
        lost, secret = AccessToken.objects.issue(user=alice, name="lost", scopes=["write"])
        others, _ = AccessToken.objects.issue(user=bob, name="bob's", scopes=["write"])
        client = api(alice, "admin")
        assert [row["name"] for row in client.get(self.ADDRESS).json()["results"]] == ["test", "lost"]
        assert client.delete(f"{self.ADDRESS}{lost.pk}/").status_code == 204
        assert AccessToken.objects.find(secret) is None
        assert client.get(f"{self.ADDRESS}{lost.pk}/").status_code == 404
        assert client.delete(f"{self.ADDRESS}{others.pk}/").status_code == 404
        kept = alice.tokens.get(revoked_at=None)
        assert api(alice, "write").delete(f"{self.ADDRESS}{kept.pk}/").status_code == 403
