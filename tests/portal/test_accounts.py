"""Signing in, one's profile, one's access tokens."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from knowledge.models import AccessToken, AuditEvent, Space, User
from tests.cast import PASSWORD, MakePost, make_user
from tests.portal.pages import body

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("name", ["alice", "alice@meridian.example"])
def test_people_sign_in_with_their_name_or_mail_and_land_where_they_wanted(
    client: Client, alice: User, name: str
) -> None:
    answer = client.post(f"{LOGIN}?next=/s/", {"login": name, "password": PASSWORD, "next": "/s/"})
    assert (answer.status_code, answer["Location"]) == (302, "/s/")
    assert client.get("/account/profile").status_code == 200


def test_password_managers_know_the_fields(client: Client, db: None) -> None:
    said = re.findall(r'autocomplete="([^"]+)"', body(client.get(LOGIN)))
    assert said == ["username", "current-password"]


def test_a_wrong_password_says_so_without_telling_who_exists(client: Client, alice: User) -> None:
    known = client.post(LOGIN, {"login": "alice", "password": "wrong"})
    unknown = client.post(LOGIN, {"login": "nobody", "password": "wrong"})
    said = [re.findall(r"<li>([^<]+)</li>", body(answer).replace("\n", "")) for answer in (known, unknown)]
    assert said[0]
    assert said[0] == said[1]


def test_guessing_passwords_is_slowed_down(client: Client, alice: User) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": "alice", "password": "wrong"})
    client.post(LOGIN, {"login": "alice", "password": PASSWORD})
    assert client.get("/account/profile").status_code == 302


def test_signing_in_never_leads_to_another_site(client: Client, alice: User) -> None:
    answer = client.post(LOGIN, {"login": "alice", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_somebody_who_left_can_not_sign_in(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    client.post(LOGIN, {"login": "alice", "password": PASSWORD})
    assert client.get("/account/profile").status_code == 302


def test_accounts_are_made_by_others_unless_signup_is_open(
    client: Client, db: None, settings: Settings
) -> None:
    form = {"username": "eve", "password1": "four words make one", "password2": "four words make one"}
    assert "Ask the people who run it" in body(client.post("/accounts/signup/", form))
    assert not User.objects.exists()
    settings.SIGNUP_OPEN = True
    assert client.post("/accounts/signup/", form).status_code == 302
    assert User.objects.get().username == "eve"


def test_who_signs_up_gets_what_they_wrote_once_their_address_is_verified(
    client: Client, settings: Settings, make_post: MakePost, growth: Space
) -> None:
    sally = make_user(
        "sally", email="", imported_email="sally@meridian.example", is_active=False, unclaimed=True
    )
    post = make_post(growth, authors=(sally,))
    settings.SIGNUP_OPEN, settings.EMAIL_HOST = True, "mail.meridian.example"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    password = "four words make one"
    form = {"username": "smarts", "email": "Sally@meridian.example"}
    client.post("/accounts/signup/", form | {"password1": password, "password2": password})
    assert post.authorships.get().user == sally
    link = re.search(r"/accounts/confirm-email/\S+", str(mail.outbox[0].body))
    assert link
    client.post(link[0])
    author = post.authorships.get().user
    assert author is not None
    assert (author.username, author.is_active) == ("smarts", True)
    client.force_login(author)
    answer = client.get("/people/sally")
    assert (answer.status_code, answer["Location"]) == (302, "/people/smarts")


def test_signing_out_asks_first(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "Sign out?" in body(client.get("/accounts/logout/"))
    assert client.get("/account/profile").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/account/profile").status_code == 302


def test_without_a_mail_server_a_lost_password_is_not_promised_a_mail(client: Client, alice: User) -> None:
    assert "sends no mail" in body(client.get("/accounts/password/reset/"))
    assert client.post("/accounts/password/reset/", {"email": alice.email}).status_code == 200
    assert mail.outbox == []


def test_with_a_mail_server_a_lost_password_is_mailed_a_link(
    client: Client, alice: User, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.meridian.example"
    assert client.post("/accounts/password/reset/", {"email": alice.email}).status_code == 302
    [letter] = mail.outbox
    link = re.search(r"/accounts/password/reset/key/\S+", str(letter.body))
    assert link
    page = client.get(link[0], follow=True)
    assert 'name="password1"' in body(page)


def test_no_provider_is_offered_unless_one_is_set(client: Client, db: None) -> None:
    assert "or with a password" not in body(client.get(LOGIN))


ENTRANCE = [
    "login/", "signup/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/a-b/",
    "password/reset/key/done/", "confirm-email/", "confirm-email/abc/", "3rdparty/login/cancelled/",
    "3rdparty/login/error/",
]  # fmt: skip


@pytest.mark.parametrize("path", ENTRANCE)
def test_every_page_before_the_door_is_drawn_in_our_design(client: Client, db: None, path: str) -> None:
    page = client.get(f"/accounts/{path}", follow=True)
    assert page.status_code in {200, 401}
    assert 'class="skip"' in body(page)
    assert "css/account.css" in body(page)


@pytest.mark.parametrize("path", ["email/", "password/change/", "logout/", "reauthenticate/", "3rdparty/"])
def test_every_page_behind_the_door_is_drawn_in_our_design(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)
    page = client.get(f"/accounts/{path}", follow=True)
    assert page.status_code == 200
    assert 'class="skip"' in body(page)


def test_the_profile_is_changed(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/account/profile", {"name": "Alice Andersson"}, follow=True)
    assert "Your profile is saved" in body(answer)
    alice.refresh_from_db()
    assert alice.get_full_name() == "Alice Andersson"


def test_a_tokens_secret_is_shown_once_and_kept_nowhere(client: Client, alice: User) -> None:
    client.force_login(alice)
    made = client.post("/account/tokens", {"name": "laptop", "scope": "write", "days": "30"})
    secret = re.search(r"alm_[\w-]{30,}", body(made))
    assert secret
    assert "no-store" in made["Cache-Control"]
    assert secret[0] not in body(client.get("/account/tokens"))
    token = AccessToken.objects.get()
    assert secret[0] not in str(AccessToken.objects.values().get())
    assert (AccessToken.objects.find(secret[0]), token.scopes) == (token, ["read", "write"])
    assert token.expires_at is not None
    assert AuditEvent.objects.get(action="token.issue").actor == alice


def test_a_token_may_be_good_until_it_is_revoked(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post("/account/tokens", {"name": "laptop", "scope": "read", "days": "0"})
    assert AccessToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"scope": "root"},
        {"days": "-1"},
        {"days": "x"},
        {"name": "a\x00b"},
        {"name": "x" * 101},
    ],
)
def test_a_token_that_can_not_be_is_refused_in_words(
    client: Client, alice: User, fields: dict[str, str]
) -> None:
    client.force_login(alice)
    sent = {"name": "laptop", "scope": "read", "days": "30"} | fields if fields else {}
    assert "There is a problem" in body(client.post("/account/tokens", sent))
    assert not AccessToken.objects.exists()


def test_a_revoked_token_is_gone_at_once(client: Client, alice: User) -> None:
    token, secret = AccessToken.objects.issue(user=alice, name="laptop", scopes=["read"])
    client.force_login(alice)
    assert "laptop" in body(client.get("/account/tokens"))
    client.post(f"/account/tokens/{token.pk}/revoke")
    assert AccessToken.objects.find(secret) is None
    assert token.hint not in body(client.get("/account/tokens"))


def test_nobody_sees_or_revokes_the_token_of_another(client: Client, alice: User, mallory: User) -> None:
    token, secret = AccessToken.objects.issue(user=alice, name="alices laptop", scopes=["read"])
    client.force_login(mallory)
    assert "alices laptop" not in body(client.get("/account/tokens"))
    assert client.post(f"/account/tokens/{token.pk}/revoke").status_code == 404
    assert AccessToken.objects.find(secret) == token


def test_the_administration_has_no_door_of_its_own(client: Client, admin: User) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, LOGIN)


def test_nobody_takes_an_address_by_which_commits_are_credited(
    alice: User, client: Client, settings: Settings
) -> None:
    client.force_login(alice)
    answer = client.post("/accounts/email/", {"email": "bob@meridian.example", "action_add": ""})
    assert answer.status_code == 302
    assert answer["Location"] == "/account/profile"
    alice.refresh_from_db()
    assert alice.email == "alice@meridian.example"
    assert not {"email", "email*"} & set(
        settings.ACCOUNT_SIGNUP_FIELDS
    )  # a portal that sends no mail can't verify one
