"""Calling out: only to public addresses, to the very one that was checked, and never for long."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from knowledge.pipeline import outgoing


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent; `answer` is the status, or what a test wants done instead."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Any = 204
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        if callable(server.answer):
            server.answer(self)
            return
        self.send_response(server.answer)
        if server.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def call(url: str, **how: Any) -> int:
    return outgoing.post(url, b"{}", {"Content-Type": "application/json"}, **how)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1"],
)  # fmt: skip
def test_addresses_of_this_network_are_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_others_are(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
     "http://127.1/", "http://0/"],
)  # fmt: skip
def test_what_leads_into_this_network_is_refused(url: str) -> None:
    with pytest.raises(outgoing.Refused, match="this network"):
        call(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "//example.org", "example.org", "https://", "http://a b/",
     "https://user:word@example.org/", "https://example.org:99999/", "https://exämple.org/", "http://[::1",
     "https://example.org/\r\nHost: x"],
)  # fmt: skip
def test_what_is_no_address_to_call_is_refused(url: str) -> None:
    with pytest.raises(outgoing.Refused):
        call(url)


class TestWhereASettingAllowsIt:
    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Any) -> None:
        settings.WEBHOOKS_PRIVATE = True

    def test_it_posts_and_says_what_was_answered(self, receiver: Receiver) -> None:
        assert call(receiver.url) == 204
        ((path, headers, body),) = receiver.got
        assert (path, body) == ("/hook?a=1", b"{}")
        assert headers["host"] == receiver.url.split("/")[2]

    def test_where_one_address_does_not_answer_the_next_is_called(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = receiver.server_address[1]
        found = [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert call(f"http://hooks.example:{port}/hook?a=1") == 204
        assert receiver.got[0][1]["host"] == f"hooks.example:{port}"

    def test_a_redirect_is_not_followed(self, receiver: Receiver) -> None:
        receiver.answer = 302
        assert call(receiver.url) == 302
        assert len(receiver.got) == 1

    def test_nothing_that_listens_is_no_answer(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with pytest.raises(outgoing.NoAnswer, match="nothing listens"):
            call(f"http://127.0.0.1:{port}/")

    def test_a_host_that_is_not_known_is_no_answer(self) -> None:
        with pytest.raises(outgoing.NoAnswer, match="isn't known"):
            call("http://nowhere.invalid/")

    def test_one_that_says_nothing_is_left_in_time(self, receiver: Receiver) -> None:
        receiver.answer = lambda _: time.sleep(1)
        with pytest.raises(outgoing.NoAnswer):
            call(receiver.url, seconds=0.2)

    def test_one_that_answers_a_byte_at_a_time_is_left_in_time(self, receiver: Receiver) -> None:
        def drip(handler: BaseHTTPRequestHandler) -> None:
            for _ in range(20):
                try:
                    handler.wfile.write(b"H")
                except OSError:
                    return
                time.sleep(0.1)

        receiver.answer = drip
        began = time.monotonic()
        with pytest.raises(outgoing.NoAnswer):
            call(receiver.url, seconds=0.4)
        assert time.monotonic() - began < 1.5


def test_the_name_is_resolved_once_and_the_checked_address_is_called(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time leads nowhere: there is no second time."""
    asked: list[str] = []

    def resolve(host: str, *rest: Any, **how: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", 0))
        ]

    settings.WEBHOOKS_PRIVATE = True
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    target = outgoing.read(receiver.url.replace("127.0.0.1", "hooks.example"))
    assert outgoing.addresses(target) == ["127.0.0.1"]
    assert asked == ["hooks.example"]
    settings.WEBHOOKS_PRIVATE = False
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(2, 1, 6, "", ("8.8.8.8", 0)), (2, 1, 6, "", ("10.0.0.1", 0))],
    )
    with pytest.raises(outgoing.Refused):  # one public address doesn't make up for a private one
        outgoing.addresses(target)
