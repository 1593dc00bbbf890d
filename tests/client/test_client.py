"""The Python client against a live portal, and against one that is busy, away, elsewhere or odd."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from almanac_client import Almanac, Busy, Insight, NotAllowed, NotFound, Refused, Unreachable
from django.test import Client

from knowledge.models import Decision, Post, User
from portal.views import helper
from tests.client.conftest import DOCUMENT, World

EXACT = Decimal("0.15100000000000000001")
CLIENT = Path(__file__).resolve().parents[2] / "client"


def test_a_portal_is_asked_searched_and_written_to(
    world: World, alice: User, carol: User, tmp_path: Path
) -> None:
    almanac = Almanac(world.url, world.token(alice))
    churn = almanac.insight("growth/churn_q2")
    assert (churn.value, churn.unit, churn.as_of) == (Decimal("0.143"), "ratio", date(2026, 6, 30))
    assert (churn.interval, churn.previous) == ((Decimal("0.139"), Decimal("0.147")), EXACT)
    assert (churn.trust, churn.trust_reasons) == ("unreviewed", ("Nobody has reviewed it.",))
    assert churn.trust_next.startswith("Ask a colleague")
    assert churn.delta == Decimal("-0.00800000000000000001")
    assert (churn.is_current, churn.revision, churn.authors) == (True, 2, ("Alice Example",))
    assert str(churn) == "Quarterly churn: 0.143 ratio as of 2026-06-30"
    assert float(churn) == 0.143
    assert almanac.insight("growth/churn_q2", at=date(2026, 10, 2)).value == EXACT
    history = almanac.history("growth/churn_q2")
    assert [each.value for each in history] == [Decimal("0.143"), EXACT]
    frame = history.to_pandas()
    assert list(frame["value"]) == [0.151, 0.143]
    assert str(frame["published_at"].dtype).startswith("datetime64")
    assert [each.name for each in almanac.insights(space="growth", changed_since="2026-01-01")] == [
        "churn_q2"
    ]
    assert list(almanac.insights(status="withdrawn")) == []
    found = almanac.search("churn spring", limit=3)
    assert (found.total, found[0].post.id, found[0].passage) == (1, world.post.pk, "Churn fell in spring.")
    assert almanac.text(almanac.post(world.post.pk)) == "Churn fell in spring."
    assert [each.title for each in almanac.posts(tag="retention", author="alice")] == ["Churn by quarter"]
    assert not almanac.use("growth/churn_q2", "Budget").has_moved
    assert Decision.objects.get().user == alice
    with pytest.raises(NotFound) as missing:
        almanac.insight("growth/none")
    assert (missing.value.code, missing.value.status) == ("not-found", 404)
    with pytest.raises(Refused) as refused:
        almanac.insight("growth/churn_q2", at="soon")
    assert "at: Send a day" in str(refused.value)
    with pytest.raises(NotAllowed) as denied:
        Almanac(world.url, world.token(carol, "read")).publish(b"x", "growth", "x.md")
    assert denied.value.code == "missing-scope"
    file = tmp_path / "a b.md"
    file.write_text(DOCUMENT)
    with world.at_work():
        done = almanac.publish(file, "growth", "notes/", "October")
        assert done.path == "notes/a b.md"
        (document,) = done.wait(60)["documents"]
    assert (document["faults"], document["failure"]) == ([], None)
    post = Post.objects.get(path="notes/a b.md")
    assert (post.title, post.published_revision is not None) == ("Retention", True)
    with pytest.raises(TimeoutError):
        almanac.publish(DOCUMENT.encode() + b"More.", "growth", "late.md").wait(0.1)


# --- a portal that is busy, away, elsewhere or odd --------------------------------------------------------

Answers = list[tuple[int, dict[str, str], bytes]]
Serve = Callable[..., tuple[str, list[Any]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve((503, {}, b""), ...)`: an address that answers so, in turn, and what it was asked."""
    started = []

    def serve(*answers: tuple[int, dict[str, str], bytes]) -> tuple[str, list[Any]]:
        left, asked = list(answers), []

        class Peer(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, sent = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = answer

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}", asked

    yield serve
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


INSIGHT = (
    b'{"space": "growth", "name": "n", "title": "", "value": 0.10000000000000000000001, "unit": "",'
    b'"as_of": null,'
    b'"interval": null, "dimensions": {}, "published_at": "2026-10-31T09:30:00Z", "post": 1, "revision": 1,'
    b'"commit": "c", "authors": [], "reviewed_by": [], "reason": "", "status": "stale", "previous": null,'
    b'"delta": null, "url": "u", "post_url": null}'
)


def test_numbers_keep_all_the_digits_that_are_told(serve: Serve) -> None:
    url, _ = serve((200, {}, INSIGHT), (200, {}, INSIGHT.replace(b'"unit"', b'"exact": "0.50", "unit"')))
    almanac = Almanac(url, "t")
    told = almanac.insight("growth/n")
    assert told.value == Decimal("0.10000000000000000000001")
    assert str(told) == "n: 0.10000000000000000000001 (stale)"
    assert str(almanac.insight("growth/n").value) == "0.50"


def test_what_was_asked_before_is_asked_for_its_changes_alone(serve: Serve) -> None:
    url, asked = serve((200, {"ETag": '"1"'}, INSIGHT), (304, {}, b""))
    almanac = Almanac(url, "t")
    assert almanac.insight("growth/n") == almanac.insight("growth/n")
    assert "If-None-Match" not in asked[0][2]
    assert asked[1][2]["If-None-Match"] == '"1"'


def test_it_waits_as_long_as_it_is_told_and_asks_again(serve: Serve) -> None:
    url, asked = serve(
        (429, {"Retry-After": "1"}, b""),
        (503, {"Retry-After": formatdate(time.time() - 5, usegmt=True)}, b""),
        (502, {}, b""),
        (200, {}, INSIGHT),
    )
    before = time.monotonic()
    assert isinstance(Almanac(url, "t").insight("growth/n"), Insight)
    assert 1 <= time.monotonic() - before < 4
    assert len(asked) == 4


@pytest.mark.parametrize(("said", "asks"), [("3600", 1), ("0", 3)])
def test_it_waits_no_longer_and_no_more_often_than_it_may(serve: Serve, said: str, asks: int) -> None:
    url, asked = serve(
        (429, {"Retry-After": said}, b'{"detail": "Slower.", "code": "throttled", "hint": "Wait."}')
    )
    with pytest.raises(Busy) as busy:
        Almanac(url, "t", retries=2).insight("growth/n")
    assert (str(busy.value), busy.value.code, len(asked)) == ("Slower. Wait.", "throttled", asks)


def test_a_publication_that_is_sent_again_has_the_same_key(serve: Serve) -> None:
    told = b'{"commit": "c", "space": "growth", "path": "a.md", "page": "p", "watch": "w", "post": null}'
    busy = b'{"detail": "It is being done.", "code": "in-progress", "hint": ""}'
    url, asked = serve((409, {"Retry-After": "0"}, busy), (202, {}, told))
    Almanac(url, "t").publish(b"x", "growth", 'a"b\r\n.md', "Größer")
    (_, _, first, body), (_, _, second, same) = asked
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert body == same
    assert "Größer".encode() in body
    assert b'filename="a%22b.md"' in body


def test_the_token_goes_nowhere_else(serve: Serve) -> None:
    elsewhere, heard = serve((200, {}, INSIGHT))
    url, asked = serve((302, {"Location": f"{elsewhere}/api/v1/"}, b""))
    with pytest.raises(Unreachable, match=f"elsewhere: {elsewhere}"):
        Almanac(url, "t").insight("growth/n")
    page = f'{{"results": [], "next": "{elsewhere}/api/v1/insights/?cursor=x", "previous": null}}'.encode()
    url, asked = serve((200, {}, page), (200, {}, b'{"results": [], "next": null}'))
    assert list(Almanac(url, "t").insights()) == []
    assert asked[1][1] == "/api/v1/insights/?cursor=x"
    assert heard == []


@pytest.mark.parametrize("answer", [b"<html>", b"[1]", b"\xff", b""])
def test_what_is_no_portal_is_said_to_be_none(serve: Serve, answer: bytes) -> None:
    url, _ = serve((200, {}, answer))
    with pytest.raises(Unreachable, match="no answer of an Almanac portal"):
        Almanac(url, "t").insight("growth/n")
    url, _ = serve((500, {}, answer))
    with pytest.raises(Unreachable, match="answered 500"):
        Almanac(url, "t").insight("growth/n")


def test_no_answer_is_said_with_the_address() -> None:
    with pytest.raises(Unreachable, match=r"No answer from http://127\.0\.0\.1:1") as error:
        Almanac("http://127.0.0.1:1", "t", retries=1).insight("growth/n")
    assert error.value.status == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Almanac("", "t"),
        lambda: Almanac("ftp://x", "t"),
        lambda: Almanac("https://x", ""),
        lambda: Almanac("https://x", "a\nb"),
        lambda: Almanac("https://x", "t").insight("churn"),
        lambda: Almanac("https://x", "t").insight("../x/y?z"),
        lambda: Almanac("https://x", "t").publish(b"x", "growth"),
    ],
)
def test_what_can_not_be_asked_is_said_before_it_is(
    monkeypatch: pytest.MonkeyPatch, wrong: Callable[[], object]
) -> None:
    monkeypatch.delenv("ALMANAC_URL", raising=False)
    monkeypatch.delenv("ALMANAC_TOKEN", raising=False)
    with pytest.raises(ValueError):
        wrong()


def test_the_portal_ships_a_wheel_that_pip_installs(client: Client, tmp_path: Path) -> None:
    wheel = tmp_path / helper.client_name()
    wheel.write_bytes(client.get(f"/client/{wheel.name}").content)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", tmp_path / "site", wheel], check=True, capture_output=True)
    code = (
        "import almanac_client, sys; print(almanac_client.__file__, *sorted(set(sys.modules) & {'django'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(tmp_path / "site" / "almanac_client" / "__init__.py")
    shipped = {path.name for path in (tmp_path / "site" / "almanac_client").iterdir() if path.is_file()}
    assert shipped == {path.name for path in (CLIENT / "almanac_client").iterdir() if path.is_file()}
