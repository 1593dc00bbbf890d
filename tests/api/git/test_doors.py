"""Who gets in, to what, and what the door answers to those who don't."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.git import Repository
from knowledge.models import AccessToken, Membership, Post, Role, Space, User
from tests.api.git.conftest import Server
from tests.api.git.wire import REFS, ask, basic, secret_of
from tests.git_client import Clone

MakeClone = Callable[..., Clone]


# --- who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [REFS, "/git/nowhere.git/info/refs?service=git-upload-pack", "/git/growth.git/x"]
)
def test_without_a_token_every_address_asks_for_one(server: Server, served: Space, path: str) -> None:
    status, headers, words = ask(server, path)
    assert status == 401
    assert headers["WWW-Authenticate"] == 'Basic realm="Almanac", charset="UTF-8"'
    assert "/account/tokens" in words


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic w6TDtg", "Bearer x", "Basic " + "A" * 3000, "Basic AAAA", "", "Basic gA=="],
)
def test_broken_credentials_are_none(server: Server, served: Space, header: str) -> None:
    assert ask(server, REFS, {"Authorization": header})[0] == 401


def test_a_password_is_no_token(server: Server, served: Space, alice: User) -> None:
    assert ask(server, REFS, basic("alice", "almanac"))[0] == 401


def test_a_token_works_under_its_owners_name_only(
    server: Server, served: Space, alice: User, mallory: User
) -> None:
    secret = secret_of(mallory)
    assert ask(server, REFS, basic("mallory", secret))[0] == 200
    for name in ("alice", "Mallory", "", "mallory\0", "mallory "):
        assert ask(server, REFS, basic(name, secret))[0] == 401


def test_expired_and_revoked_tokens_and_those_of_the_gone_are_refused(
    server: Server, served: Space, alice: User
) -> None:
    now = timezone.now()
    for change in ({"expires_at": now - timedelta(seconds=1)}, {"revoked_at": now}):
        secret = secret_of(alice)
        AccessToken.objects.filter(revoked_at=None, expires_at=None).update(**change)
        assert ask(server, REFS, basic("alice", secret))[0] == 401
    secret = secret_of(alice)
    User.objects.filter(username="alice").update(is_active=False)
    assert ask(server, REFS, basic("alice", secret))[0] == 401


def test_a_signed_in_browser_is_no_git(served: Space, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get(REFS).status_code == 401


def test_a_clone_address_opened_in_a_browser_leads_to_the_space(
    growth: Space, alice: User, client: Client
) -> None:
    client.force_login(alice)
    assert client.get("/git/growth.git").headers["Location"] == "/s/growth/"


def test_a_use_is_remembered(server: Server, served: Space, alice: User) -> None:
    ask(server, REFS, basic("alice", secret_of(alice)))
    assert AccessToken.objects.get().last_used_at is not None


def test_git_shows_why_it_may_not_push(
    server: Server, served: Space, alice: User, carol: User, clone: MakeClone
) -> None:
    work = clone(carol, served)
    work.commit({"a.md": "# A\n"})
    said = work.push()
    assert said.code == 128
    assert said.remote == [
        "You can't write to growth. Ask one of its maintainers to make you an author: dana."
    ]
    reads = clone(alice, served, "read", folder="reads")
    reads.commit({"a.md": "# A\n"})
    assert "This token may only read." in reads.push().remote[0]


def test_the_second_request_of_a_push_is_checked_as_the_first(
    server: Server, served: Space, carol: User, mallory: User, alice: User
) -> None:
    path = "/git/growth.git/git-receive-pack"
    for user, scope, expected in ((carol, "write", 403), (alice, "read", 403), (mallory, "write", 403)):
        headers = basic(user.username, secret_of(user, scope))
        assert ask(server, path, headers, "POST", b"0000")[0] == expected
    assert Repository("growth").head("main") == ""


def test_outsiders_see_of_a_restricted_space_what_they_see_of_none(
    server: Server, hosted: Callable[..., Space], mallory: User, bob: User
) -> None:
    hosted("finance", visibility=Space.Visibility.RESTRICTED)
    headers = basic("mallory", secret_of(mallory, "admin"))
    for service in ("git-upload-pack", "git-receive-pack"):
        there = ask(server, f"/git/finance.git/info/refs?service={service}", headers)
        nowhere = ask(server, f"/git/nowhere.git/info/refs?service={service}", headers)
        assert there[0] == nowhere[0] == 404
        assert there[2].replace("finance", "nowhere") == nowhere[2]
        assert ask(server, f"/git/finance.git/{service}", headers, "POST", b"0000")[0] == 404
    member = basic("bob", secret_of(bob, "read"))
    assert ask(server, "/git/finance.git/info/refs?service=git-upload-pack", member)[0] == 200


def test_an_author_who_lost_the_role_pushes_no_more(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    assert work.push().code == 0
    Membership.objects.filter(user=alice).update(role=Role.READER)
    work.commit({"b.md": "# B\n"})
    assert work.push().code == 128


# --- where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/git/growth.git/HEAD",
        "/git/growth.git/config",
        "/git/growth.git/objects/info/packs",
        "/git/growth.git/info/refs",
        "/git/growth.git/info/refs?service=",
        "/git/growth.git/info/refs?service=git-upload-archive",
        "/git/growth.git/info/refs?service=upload-pack",
        "/git/growth.git/info/refs?service=git-upload-pack%0Ax",
        "/git/growth.git/info/refs?service=git-upload-pack%00",
        "/git/growth.git/../finance.git/info/refs?service=git-upload-pack",
        "/git/growth.git/%2e%2e/finance.git/info/refs?service=git-upload-pack",
        "/git/growth.git/..%2ffinance.git/info/refs?service=git-upload-pack",
        "/git/%2e%2e.git/info/refs?service=git-upload-pack",
        "/git/..%2fgrowth.git/info/refs?service=git-upload-pack",
        "/git/growth.git//info/refs?service=git-upload-pack",
        "/git/growth.git/info/refs/?service=git-upload-pack",
        "/git/growth/info/refs?service=git-upload-pack",
        "/git/GROWTH.git/info/refs?service=git-upload-pack",
        "/git/growth.git/git-upload-pack",
        "/git/growth.git/info/refs%00?service=git-upload-pack",
        "/git/growth.git%00/info/refs?service=git-upload-pack",
    ],
)
def test_nothing_but_the_smart_protocol_is_served(
    server: Server, hosted: Callable[..., Space], alice: User, path: str
) -> None:
    hosted("growth")
    status, _, words = ask(server, path, basic("alice", secret_of(alice)))
    assert status in {400, 404}
    assert "[core]" not in words


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "POST", "HEAD"])
def test_other_methods_get_nothing(server: Server, served: Space, alice: User, method: str) -> None:
    assert ask(server, REFS, basic("alice", secret_of(alice)), method, b"")[0] == 404


def test_a_space_with_private_posts_is_cloned_by_its_members_only(
    server: Server, served: Space, carol: User, mallory: User, make_post: Callable[..., Post]
) -> None:
    make_post(served, "diary.md", title="For us")
    assert ask(server, REFS, basic("mallory", secret_of(mallory)))[0] == 200
    make_post(served, "diary.md", title="For us", private=True)
    status, _, words = ask(server, REFS, basic("mallory", secret_of(mallory)))
    assert status == 403
    assert "only its members can clone it" in words
    assert ask(server, REFS, basic("carol", secret_of(carol)))[0] == 200
