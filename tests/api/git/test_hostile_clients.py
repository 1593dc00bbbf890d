"""What a client sends along: headers, encodings, bodies. As mallory would try it."""

import gzip
import socket
import time
from collections.abc import Callable

import pytest
from django.conf import settings

from knowledge.git import Repository
from knowledge.models import Space, User
from tests.api.git.conftest import Server
from tests.api.git.wire import REFS, ask, basic, secret_of, until
from tests.git_client import Clone

MakeClone = Callable[..., Clone]


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
