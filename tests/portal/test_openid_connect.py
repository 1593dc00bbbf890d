"""Signing in with the company's own account, against a small provider on the loopback interface."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from knowledge.models import User
from tests.cast import make_user

LOGIN = "/accounts/oidc/company/login/"
CALLBACK = "/accounts/oidc/company/login/callback/"
ALICE = {
    "sub": "4711",
    "preferred_username": "alice",
    "name": "Alice Andersson",
    "email": "alice@meridian.example",
    "email_verified": True,
}


class Provider(BaseHTTPRequestHandler):
    """Discovery, token and userinfo: what the way back from the provider asks for."""

    def do_GET(self) -> None:
        at = f"http://{self.headers['Host']}"
        known: dict[str, dict[str, Any]] = {
            "/.well-known/openid-configuration": {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/userinfo",
            },
            "/userinfo": ALICE,
        }
        self.answer(known[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "secret", "token_type": "Bearer"})

    def answer(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@pytest.fixture
def provider(db: None, settings: Settings) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        app = {
            "provider_id": "company",
            "name": "Meridian",
            "client_id": "almanac",
            "secret": "secret",
            "settings": {"server_url": address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield address
        server.shutdown()


def way_back(client: Client) -> Any:
    """Go to the provider and come back from it, as the browser would."""
    leaving = client.get(LOGIN)
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    return client.get(CALLBACK, {"code": "code", "state": state})


def test_the_door_offers_the_provider(client: Client, provider: str) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with Meridian" in page
    assert f'href="{LOGIN}' in page


def test_the_way_there_is_guarded_by_state_and_pkce(client: Client, provider: str) -> None:
    leaving = client.get(LOGIN)
    assert leaving["Location"].startswith(f"{provider}/authorize?")
    assert {"state", "code_challenge"} <= parse_qs(urlsplit(leaving["Location"]).query).keys()


def test_whoever_the_provider_vouches_for_gets_an_account_although_signup_is_closed(
    client: Client, provider: str
) -> None:
    assert way_back(client)["Location"] == "/"
    made = User.objects.get()
    assert (made.username, made.name, made.email) == ("alice", "Alice Andersson", "alice@meridian.example")
    assert not made.has_usable_password()
    assert client.get("/account/profile").status_code == 200


def test_coming_again_is_the_same_person(client: Client, provider: str) -> None:
    way_back(client)
    way_back(Client())
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_an_account_with_the_same_mail_is_not_taken_over(client: Client, provider: str, alice: User) -> None:
    """Addresses of local accounts are nobody's proof: their owner connects them after signing in."""
    way_back(client)
    assert client.get("/account/profile").status_code == 302
    assert not SocialAccount.objects.exists()
    client.force_login(alice)
    leaving = client.get(f"{LOGIN}?process=connect")
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    client.get(CALLBACK, {"code": "code", "state": state})
    assert SocialAccount.objects.get().user == alice


def test_a_made_up_way_back_signs_nobody_in(client: Client, provider: str) -> None:
    answer = client.get(CALLBACK, {"code": "code", "state": "made-up"})
    assert 'class="skip"' in answer.content.decode()
    assert not User.objects.exists()


def unclaimed(username: str, **fields: str) -> User:
    return make_user(username, email="", is_active=False, unclaimed=True, **fields)


@pytest.mark.parametrize(
    "known", [{"username": "alice"}, {"username": "a", "imported_email": ALICE["email"]}]
)
def test_whom_an_import_knew_gets_that_account_at_the_first_sign_in(
    client: Client, provider: str, known: dict[str, str]
) -> None:
    person = unclaimed(**known)
    assert way_back(client)["Location"] == "/"
    person.refresh_from_db()
    assert (person.username, person.email) == (known["username"], ALICE["email"])
    assert (person.is_active, person.unclaimed, person.name) == (True, False, "Alice Andersson")
    assert client.get("/account/profile").status_code == 200
    way_back(Client())
    assert User.objects.count() == SocialAccount.objects.count() == 1


@pytest.mark.parametrize("said", [False, "false"])
def test_an_address_that_the_provider_did_not_verify_claims_nobody(
    client: Client, provider: str, monkeypatch: pytest.MonkeyPatch, said: bool | str
) -> None:
    monkeypatch.setitem(ALICE, "email_verified", said)
    person = unclaimed("sally", imported_email="alice@meridian.example")
    way_back(client)
    person.refresh_from_db()
    assert (person.is_active, person.unclaimed) == (False, True)
    assert not SocialAccount.objects.filter(user=person).exists()


def test_an_address_that_the_provider_did_not_verify_is_not_brought_along(
    client: Client, provider: str, monkeypatch: pytest.MonkeyPatch, bob: User
) -> None:
    monkeypatch.setitem(ALICE, "email_verified", False)
    monkeypatch.setitem(ALICE, "email", bob.email)
    person = unclaimed("alice")
    way_back(client)
    person.refresh_from_db()
    assert (person.is_active, person.email) == (True, "")


def test_connecting_an_account_claims_nobody(client: Client, provider: str, bob: User) -> None:
    person = unclaimed("alice")
    client.force_login(bob)
    leaving = client.get(f"{LOGIN}?process=connect")
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    client.get(CALLBACK, {"code": "code", "state": state})
    person.refresh_from_db()
    assert (SocialAccount.objects.get().user, person.unclaimed) == (bob, True)
