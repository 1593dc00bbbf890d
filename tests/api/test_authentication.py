"""Who gets in, and as what."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.models import AccessToken, Space, User
from tests.api.conftest import Call

ME = "/api/v1/me/"


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token", "BEARER"])
def test_a_token_is_taken_under_either_name(alice: User, scheme: str) -> None:
    _, secret = AccessToken.objects.issue(user=alice, name="laptop", scopes=["read"])
    answer = Client().get(ME, headers={"Authorization": f"{scheme} {secret}"})
    assert answer.status_code == 200
    assert answer.json()["username"] == "alice"
    assert answer.json()["token"]["scopes"] == ["read"]


def test_nobody_is_told_how_to_sign_in(db: None, api: Call) -> None:
    answer = api().get(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not-authenticated"
    assert "/account/tokens" in answer.json()["hint"]


def test_a_revoked_and_an_expired_token_are_refused(alice: User) -> None:
    revoked, one = AccessToken.objects.issue(user=alice, name="old", scopes=["read"])
    expired, other = AccessToken.objects.issue(user=alice, name="older", scopes=["read"], days=1)
    AccessToken.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    AccessToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for secret in (one, other):
        answer = Client().get(ME, headers={"Authorization": f"Token {secret}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")


def test_a_token_of_somebody_who_left_is_refused(alice: User, api: Call) -> None:
    client = api(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(ME).status_code == 401


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token ", "Token nonsense", "Bearer \xff\xfe", "Token " + "x" * 8000]
)
def test_odd_tokens_are_refused_in_words(db: None, header: str) -> None:
    answer = Client().get(ME, headers={"Authorization": header})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_bad_token_is_not_rescued_by_a_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(ME, headers={"Authorization": "Token nonsense"}).status_code == 401


def test_using_a_token_is_remembered(alice: User, api: Call) -> None:
    api(alice).get(ME)
    assert AccessToken.objects.get(user=alice).last_used_at is not None


def test_a_signed_in_browser_reads(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.get(ME)
    assert answer.status_code == 200
    assert answer.json()["token"] is None


def test_a_signed_in_browser_writes_with_its_csrf_token_only(alice: User, growth: Space) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    body = {"slug": "pricing"}
    refused = browser.post("/api/v1/spaces/", body, "application/json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    browser.get("/upload")  # a page with a form brings the cookie
    token = browser.cookies["csrftoken"].value
    made = browser.post("/api/v1/spaces/", body, "application/json", headers={"X-CSRFToken": token})
    assert made.status_code == 201


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 403), ("admin", 201)])
def test_making_a_space_needs_the_admin_scope(
    alice: User, data_dir, api: Call, scope: str, status: int
) -> None:
    answer = api(alice, scope).post("/api/v1/spaces/", {"slug": "pricing"}, "application/json")
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "missing-scope"
