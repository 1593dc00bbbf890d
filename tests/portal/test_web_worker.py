"""A client that sends slowly, or not at all, takes a thread of the web server for a moment only."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One process with two threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.portal.hasty", "--bind", f"127.0.0.1:{number}"),
        *("--worker-class", "tests.portal.hasty.Hasty", "--threads", "2", "--no-control-socket"),
    ]
    log = tmp_path_factory.mktemp("hasty") / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file)
    try:
        wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not come up")


def answer(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/", b"x" * 100_000)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def send(port: int, text: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(text)
    return client


def test_a_whole_request_is_answered(port: int) -> None:
    assert answer(port) == "100000"


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbeginning",
        b"POST /git/a.git HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
    ],
    ids=["in its head", "in its body", "in a push"],
)
def test_clients_that_stop_in_the_middle_do_not_keep_others_waiting(port: int, beginning: bytes) -> None:
    stalled = [send(port, beginning) for _ in range(3)]
    try:
        assert answer(port) == "100000"
    finally:
        for client in stalled:
            client.close()


def trickle(client: socket.socket) -> None:
    for _ in range(50):
        client.sendall(b"X: y\r\n")
        time.sleep(0.2)


def test_a_trickle_ends_too(port: int) -> None:
    begun = time.monotonic()
    with send(port, b"GET / HTTP/1.1\r\nHost: a\r\n") as client, pytest.raises(OSError):
        trickle(client)
    assert time.monotonic() - begun < 6
