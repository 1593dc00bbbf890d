"""Who gets in, and what the door answers to those who don't. As mallory would try it: on the wire."""

import base64
import gzip
import http.client
import socket
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from knowledge.git import Repository
from knowledge.models import AccessToken, Membership, Role, Space, User
from tests.api.git.conftest import Server
from tests.git_client import Clone

MakeClone = Callable[..., Clone]
REFS = "/git/growth.git/info/refs?service=git-upload-pack"
PUSH_REFS = "/git/growth.git/info/refs?service=git-receive-pack"


def secret_of(user: User, *scopes: str) -> str:
    return AccessToken.objects.issue(user=user, name="git", scopes=list(scopes) or ["write"])[1]


def basic(username: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}


def ask(
    server: Server,
    path: str,
    headers: dict[str, str] | None = None,
    method: str = "GET",
    body: bytes | None = None,
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode("latin-1")
    finally:
        connection.close()


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


# --- what is carried along ------------------------------------------------------------------------------


def test_headers_do_not_reach_gits_environment(server: Server, served: Space, alice: User) -> None:
    headers = basic("alice", secret_of(alice)) | {
        "Git-Dir": "/etc",
        "Git-Project-Root": "/",
        "Path-Info": "/etc/passwd",
        "Query-String": "service=git-receive-pack",
        "Git-Config-Count": "0",
        "Remote-User": "bob",
        "Content-Type": "application/x-git-receive-pack-request",
    }
    status, answered, words = ask(server, REFS, headers)
    assert status == 200
    assert answered["Content-Type"] == "application/x-git-upload-pack-advertisement"
    assert words.startswith("001e# service=git-upload-pack\n")


@pytest.mark.parametrize("value", ["version=2", "version=2:extra", "version=1"])
def test_the_protocols_version_is_passed_on(server: Server, served: Space, alice: User, value: str) -> None:
    words = ask(server, REFS, basic("alice", secret_of(alice)) | {"Git-Protocol": value})[2]
    assert f"version {value[8]}" in words


@pytest.mark.parametrize("value", ["version=2\tx", "version=99", "$(id)", "a" * 9000, "version=2;x"])
def test_other_protocols_are_not(server: Server, served: Space, alice: User, value: str) -> None:
    status, _, words = ask(server, REFS, basic("alice", secret_of(alice)) | {"Git-Protocol": value})
    assert status in {200, 431}  # gunicorn itself refuses headers of that length
    assert "version 2" not in words


def test_a_pusher_cannot_name_another(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.git("config", "http.extraHeader", "Remote-User: bob")
    work.commit({"a.md": "# A\n"})
    assert work.push().code == 0
    assert [step.by for step in Repository("growth").steps("main", "")] == ["alice"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_push_comes_as_it_is(server: Server, served: Space, alice: User, encoding: str) -> None:
    headers = basic("alice", secret_of(alice)) | {"Content-Encoding": encoding}
    body = gzip.compress(b"0000")
    assert ask(server, "/git/growth.git/git-receive-pack", headers, "POST", body)[0] == 415


def test_a_fetch_that_unfolds_without_end_is_stopped(server: Server, served: Space, alice: User) -> None:
    headers = basic("alice", secret_of(alice)) | {
        "Content-Encoding": "gzip",
        "Content-Type": "application/x-git-upload-pack-request",
    }
    body = gzip.compress(b"0032have " + b"1" * 40 + b"\n" + b"\0" * 100_000_000)
    before = server.memory()
    status, _, words = ask(server, "/git/growth.git/git-upload-pack", headers, "POST", body)
    assert status in {200, 500}
    assert "PACK" not in words
    assert server.memory() - before < 20_000_000


def test_junk_instead_of_a_push_changes_nothing(server: Server, served: Space, alice: User) -> None:
    headers = basic("alice", secret_of(alice))
    for body in (b"", b"0000", b"junk", b"0" * 100_000, b"ffff" + b"x" * 10):
        status = ask(server, "/git/growth.git/git-receive-pack", headers, "POST", body)[0]
        assert status in {200, 500}
    assert Repository("growth").head("main") == ""


@pytest.mark.slow
def test_the_size_of_a_push_is_bounded_while_it_arrives(
    server: Server, served: Space, alice: User, clone: MakeClone
) -> None:
    """The pack is larger than PUSH_MAX_BYTES of the server: git stops reading it, and says why."""
    work = clone(alice, served)
    work.git("config", "core.compression", "0")
    work.git("config", "core.bigFileThreshold", "1m")
    block = bytes(range(256)) * 270_000
    work.commit({f"{number}.bin": block + bytes([number]) for number in range(2)})
    said = work.push(timeout=120)
    assert said.code != 0
    assert any("pack exceeds maximum allowed size" in line for line in said.remote)
    assert Repository("growth").head("main") == ""


def test_who_hangs_up_leaves_no_process_and_no_lock_behind(
    server: Server, served: Space, alice: User
) -> None:
    head = basic("alice", secret_of(alice))["Authorization"]
    lines = [
        "POST /git/growth.git/git-receive-pack HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {head}",
        "Content-Type: application/x-git-receive-pack-request",
        "Transfer-Encoding: chunked",
    ]
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + b"10\r\n" + b"x" * 10)
        until(lambda: bool(server.git_processes()))
    until(lambda: not server.git_processes())
    assert not list((settings.REPOSITORIES_DIR / "growth.git").rglob("*.lock"))


def test_a_slow_client_keeps_nobody_else_waiting(
    server: Server, served: Space, alice: User, clone: MakeClone
) -> None:
    head = basic("alice", secret_of(alice))["Authorization"]
    begin = f"POST /git/growth.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\nAuthorization: {head}\r\n"
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(6)]
    for connection in connections:
        connection.sendall(begin.encode() + b"Content-Length: 1000000\r\n\r\n00")
    until(lambda: len(server.git_processes()) >= 6)
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    begun = time.monotonic()
    assert work.push().code == 0
    assert time.monotonic() - begun < 10
    for connection in connections:
        connection.close()
    until(lambda: not server.git_processes())


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
