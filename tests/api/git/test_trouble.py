"""What a push meets when something behind the door is broken: it is safe, or it is turned away in words."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client

from knowledge.git import Repository, create_repository, places
from knowledge.models import Push, Space, User
from tests.api.git.conftest import Server, remote
from tests.api.git.wire import PUSH_REFS, basic, secret_of
from tests.git_client import Clone, push_request

MakeClone = Callable[..., Clone]


@pytest.fixture
def lose_database() -> Iterator[Callable[[], None]]:
    settings = dict(connection.settings_dict)

    def go() -> None:
        connection.close()
        connection.settings_dict["HOST"] = "/nowhere"

    yield go
    connection.close()
    connection.settings_dict.update(settings)


def test_a_broken_hook_stops_pushes_not_reading(
    growth: Space, alice: User, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create_repository("growth")
    (tmp_path / "pre-receive").write_text("#!/bin/sh\n")
    monkeypatch.setattr(places, "HOOKS", tmp_path)
    headers = basic("alice", secret_of(alice))
    answer = client.get(PUSH_REFS, headers=headers)
    assert answer.status_code == 503
    assert b"can't check pushes" in answer.content
    reading = client.get(PUSH_REFS.replace("receive", "upload"), headers=headers)
    assert reading.status_code == 200
    reading.close()


@pytest.mark.django_db(transaction=True)
def test_without_its_database_the_door_says_try_again(
    client: Client, alice: User, lose_database: Callable[[], None]
) -> None:
    headers = basic("alice", secret_of(alice))
    lose_database()
    answer = client.get(PUSH_REFS, headers=headers)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert b"Nothing was changed; please try again shortly." in answer.content


@pytest.mark.django_db(transaction=True)
def test_a_push_is_safe_though_the_database_goes_meanwhile(
    growth: Space, alice: User, client: Client, tmp_path: Path, lose_database: Callable[[], None]
) -> None:
    create_repository("growth")
    work = Clone(tmp_path / "work")
    head = work.commit({"a.md": "# A\n"})
    answer = client.post(
        "/git/growth.git/git-receive-pack",
        push_request(work, head),
        content_type="application/x-git-receive-pack-request",
        headers=basic("alice", secret_of(alice)),
    )
    assert isinstance(answer, StreamingHttpResponse)
    lose_database()
    said = b"".join(answer)
    answer.close()
    assert b"unpack ok" in said
    assert b"growth: your push is safe." in said
    assert said.endswith(b"0000")
    assert Repository("growth").head("main") == head


def test_a_space_without_its_repository_is_not_an_error_page(
    growth: Space, alice: User, client: Client
) -> None:
    answer = client.get(PUSH_REFS, headers=basic("alice", secret_of(alice)))
    assert answer.status_code == 404
    answer.close()


def test_without_a_broker_the_push_is_taken_and_says_that_posts_follow(
    server_without_broker: Server, served: Space, alice: User, tmp_path: Path
) -> None:
    work = Clone(tmp_path / "work", remote(server_without_broker, alice, served))
    head = work.commit({"a.md": "# A\n"})
    begun = time.monotonic()
    said = work.push()
    assert said.code == 0
    assert said.remote == [
        "growth: your push is safe. Its documents will be taken in shortly;",
        f"  see what became of each: {server_without_broker.url}/s/growth/-/pushes/{head}",
    ]
    assert time.monotonic() - begun < 10


@pytest.mark.slow
def test_a_long_ingest_keeps_the_conversation_alive(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    said = []
    pushing = threading.Thread(target=lambda: said.append(work.push()))
    with transaction.atomic():
        Space.objects.select_for_update().get()  # the ingest waits for this
        pushing.start()
        time.sleep(7)
    pushing.join()
    assert said[0].remote[0] == "Your push is safe; its documents are being read …"
    assert said[0].remote[1] == "growth: 1 document (1 new)"
    assert Push.objects.count() == 1


@pytest.mark.slow
def test_a_large_push_passes_through_without_staying_in_memory(
    server: Server, served: Space, alice: User, clone: MakeClone
) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.push()  # whatever a first push loads
    work.git("config", "core.compression", "0")
    work.commit({"big.bin": os.urandom(120_000_000)})
    before, highest, watching = server.memory(), 0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not watching.wait(0.05):
            highest = max(highest, server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = work.push(timeout=300)
    watching.set()
    watcher.join()
    assert said.code == 0, said.err
    assert highest - before < 50_000_000, f"{before} -> {highest} bytes"
