"""git http-backend as a process: it ends when its client does, and a hostile client ends with it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from pytest_django import Settings

from knowledge.git import Repository, backend, create_repository
from tests.git_client import Clone, push_request


@pytest.fixture(autouse=True)
def _repository(_repositories: None) -> None:
    create_repository("growth")


@pytest.fixture(autouse=True)
def _no_process_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 10
    while left := [process for process in psutil.Process().children() if process.name() == "git"]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def push(read: Callable[[int], bytes], **more: Any) -> backend.Backend:
    service = "git-receive-pack"
    kind = f"application/x-{service}-request"
    return backend.Backend(
        backend.Request(slug="growth", service=service, content_type=kind, pusher="alice", read=read, **more)
    )


def pieces(*given: bytes) -> Callable[[int], bytes]:
    rest = iter(given)
    return lambda size: next(rest, b"")


def test_an_announcement_has_status_headers_and_body() -> None:
    asked = backend.Request(slug="growth", service="info/refs", query="service=git-upload-pack")
    git = backend.Backend(asked)
    assert git.status == 200
    assert git.headers["Content-Type"] == "application/x-git-upload-pack-advertisement"
    assert git.headers["Cache-Control"] == "no-cache, max-age=0, must-revalidate"
    assert b"".join(git).startswith(b"001e# service=git-upload-pack\n")
    git.close()


def test_a_repository_that_is_not_there_is_a_404_of_gits_own() -> None:
    git = backend.Backend(
        backend.Request(slug="nowhere", service="info/refs", query="service=git-upload-pack")
    )
    assert git.status == 404
    git.close()


def test_a_push_in_the_smallest_pieces_arrives(tmp_path: Path) -> None:
    work = Clone(tmp_path / "work")
    head = work.commit({"a.md": "# A\n"})
    request = push_request(work, head)
    git = push(pieces(*(request[at : at + 7] for at in range(0, len(request), 7))))
    assert b"ok refs/heads/main" in b"".join(git)
    git.close()
    assert Repository("growth").head("main") == head
    assert [step.by for step in Repository("growth").steps("main", "")] == ["alice"]


def test_closing_early_ends_git_and_hangs_up_on_a_client_that_still_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "GRACE_SECONDS", 0.2)
    hung_up = threading.Event()

    def read(size: int) -> bytes:
        hung_up.wait(30)
        return b""

    push(read, hang_up=hung_up.set).close()
    assert hung_up.is_set()


def test_a_client_that_vanishes_takes_git_along() -> None:
    def read(size: int) -> bytes:
        raise ConnectionResetError

    with suppress(backend.BackendFailed):  # unless git was quicker
        git = push(read)
        assert b"ok" not in b"".join(git)
        git.close()


def test_a_client_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "PATIENCE_SECONDS", 0.2)

    def read(size: int) -> bytes:
        time.sleep(0.02)
        return b"0"

    begun = time.monotonic()
    git = push(read)
    assert b"ok" not in b"".join(git)
    git.close()
    assert time.monotonic() - begun < 5


def test_a_body_without_end_is_cut_off_though_git_has_long_gone(settings: Settings) -> None:
    settings.PUSH_MAX_BYTES = 5_000_000
    read = 0

    def endless(size: int) -> bytes:
        nonlocal read
        read += size
        return b"x" * size

    git = push(endless)
    assert b"ok" not in b"".join(git)
    git.close()
    assert read < 11_000_000


@pytest.mark.slow
def test_a_delta_that_unfolds_to_gigabytes_is_not_unfolded(tmp_path: Path, settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 1_000_000
    work = Clone(tmp_path / "work")
    work.commit({"zeros.bin": bytes(40_000_000)})
    head = work.commit({"zeros.bin": bytes(70_000_000)})
    work.git("repack", "-adfq")
    request = push_request(work, head)
    assert len(request) < 300_000
    git = push(pieces(request))
    answer = b"".join(git)
    git.close()
    assert b"over limit" in answer
    assert Repository("growth").head("main") == ""


def test_what_is_not_packed_properly_is_refused(tmp_path: Path) -> None:
    work = Clone(tmp_path / "work")
    request = push_request(work, work.commit({"a.md": "# A\n"}))
    for broken in (request[:-1], request[:-30], request[:-1] + b"\0", request[:90]):
        git = push(pieces(broken))
        assert b"ok refs/heads/main" not in b"".join(git)
        git.close()
    assert Repository("growth").head("main") == ""
