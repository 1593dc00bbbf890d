"""The render child: what it returns, and that nothing a document does reaches its parent."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import DocumentError
from knowledge.rendering import render, wire
from knowledge.rendering.child import RenderChild, RenderCrashed, RenderTimeout
from tests.knowledge.notebooks import code, display, notebook, png64, stream, text

GOOD = notebook(text("# T\n\nWords with ünïcode"), code("1", display(image_png=png64()), stream("x")))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def child() -> Iterator[RenderChild]:
    with RenderChild(seconds=30) as child:
        yield child


def _process(child: RenderChild) -> int:
    assert child.pid is not None
    return child.pid


def _paused(child: RenderChild) -> int:
    """As a document would hold it that never comes to an end."""
    os.kill(_process(child), signal.SIGSTOP)
    return _process(child)


def test_a_child_renders_what_this_process_would(child):
    assert child.render("a.ipynb", GOOD) == render("a.ipynb", GOOD)
    assert child.render("a.md", b"*words*") == render("a.md", b"*words*")


def test_findings_come_with_the_rendering_but_for_those_of_the_header(child):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}
    (found,) = child.render("a.ipynb", notebook(text("# A"), code("x", error) | {"id": "late"})).findings
    assert (found.code, found.cell, found.line, found.anchor) == ("ends-in-error", 2, None, "late")


@pytest.mark.parametrize(
    "finding",
    [["no-code", "", "", 1, 1, ""], ["secret", 7, "", 1, 1, ""], ["secret", "", "", "1", 1, ""], ["secret"]],
)
def test_a_finding_that_no_honest_child_gives_is_turned_away(finding):
    head, blobs = received(wire.pack_rendering(render("a.md", b"*words*")))
    with pytest.raises(wire.BadMessage):
        wire.unpack_rendering(head | {"findings": [finding]}, blobs)


def received(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    rest = BytesIO(message)
    return wire.receive(rest.read)


def test_a_large_document_passes_through_the_pipes(child):
    pictures = notebook(*(code("1", display(image_png=png64(200 + n, 900))) for n in range(200)))
    big = pictures[:-1] + b" " * 3_000_000 + b"}"
    assert len(child.render("a.ipynb", big).assets) == 200


def test_a_document_that_is_refused_is_refused_with_all_its_words(child):
    with pytest.raises(DocumentError) as here:
        render("a.ipynb", b'{"cells": [\n')
    with pytest.raises(DocumentError) as there:
        child.render("a.ipynb", b'{"cells": [\n')
    assert vars(there.value) == vars(here.value)


def test_a_child_that_was_killed_is_replaced(child):
    before = _process(child)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.05)
    assert child.render("a.md", b"words").words == 1
    assert child.pid != before


def test_a_document_that_takes_too_long_is_ended_and_the_next_one_works():
    beats: list[float] = []
    with RenderChild(seconds=20) as child:
        child.render("a.md", b"warm")
        child.seconds = 1
        _paused(child)
        with pytest.raises(RenderTimeout) as timeout:
            child.render("a.md", b"words", on_wait=lambda: beats.append(time.monotonic()), every=0.2)
        assert timeout.value.code == "render-timeout"
        assert "1 seconds" in timeout.value.message
        child.seconds = 20
        assert child.render("a.md", b"words").words == 1
    assert 2 <= len(beats) <= 5


def test_a_child_tells_the_processor_time_of_the_document_at_hand():
    seen: list[float] = []
    slow = notebook(*[code("1", stream("\x1b[31mx\x1b[0m" * 9_000 + str(n))) for n in range(25)])
    with RenderChild(seconds=30) as child:
        child.render("a.md", b"warm")
        child.render("a.ipynb", slow, on_wait=lambda: seen.append(child.processor_seconds), every=0.05)
        assert seen == sorted(seen)
        assert 0 < seen[-1] < 10
        _paused(child)
        child.seconds = 0.3
        with pytest.raises(RenderTimeout):
            child.render("a.md", b"words", on_wait=lambda: seen.append(child.processor_seconds), every=0.1)
        assert seen[-1] < 0.1


def test_a_child_that_dies_at_work_is_a_crash_that_says_how():
    with RenderChild(seconds=20) as child:
        child.render("a.md", b"warm")
        process = _paused(child)
        with pytest.raises(RenderCrashed) as crash:
            child.render("a.md", b"words", on_wait=lambda: os.kill(process, signal.SIGKILL), every=0.1)
        assert crash.value.code == "render-crashed"
        assert "exit code -9" in crash.value.detail
        assert child.render("a.md", b"words").words == 1


def test_memory_beyond_the_limit_ends_the_document_not_the_worker():
    huge = notebook(*(code("1", display(image_png=png64())) for _ in range(3)), filler="x" * 60_000_000)
    with RenderChild(seconds=30, memory=300_000_000) as child:
        with pytest.raises(RenderCrashed) as crash:
            child.render("a.ipynb", huge)
        assert crash.value.code in {"render-memory", "render-crashed"}
        assert child.render("a.md", b"words").words == 1


def test_a_heartbeat_that_gives_up_leaves_the_child_in_order():
    def lost() -> None:
        raise ConnectionError("the database is gone")

    with RenderChild(seconds=20) as child:
        child.render("a.md", b"warm")
        _paused(child)
        with pytest.raises(ConnectionError):
            child.render("a.md", b"first", on_wait=lost, every=0.1)
        assert "second" in child.render("a.md", b"second").html


def test_a_closed_child_is_gone_and_may_be_used_again():
    child = RenderChild()
    process = _process(child)
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert child.render("a.md", b"words").words == 1
    child.close()


def test_a_child_dies_with_its_parent():
    script = """
        import os, sys, time
        from knowledge.rendering.child import RenderChild
        child = RenderChild()
        child.render("a.md", b"warm")
        print(child.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert _is_gone(child)


def _is_gone(process: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        status = Path(f"/proc/{process}/stat")
        try:
            if status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_a_child_sees_nothing_of_its_parents_environment_and_files(child, monkeypatch):
    monkeypatch.setenv("ALMANAC_SECRET", "hidden")
    with RenderChild() as fresh:
        fresh.render("a.md", b"warm")
        environment = Path(f"/proc/{fresh.pid}/environ").read_bytes()
        limits = Path(f"/proc/{fresh.pid}/limits").read_text()
        descriptors = list(Path(f"/proc/{fresh.pid}/fd").iterdir())
        folder = Path(f"/proc/{fresh.pid}/cwd").readlink()
    assert b"ALMANAC_SECRET" not in environment
    assert folder == Path("/")
    assert len(descriptors) <= 6
    limit = {line[:25].strip(): line[26:46].strip() for line in limits.splitlines()}
    assert limit["Max address space"] == "1500000000"
    assert limit["Max core file size"] == "0"
    assert int(limit["Max cpu time"]) < 120


@pytest.mark.parametrize(
    "message",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b'\x00\x00\x00\x0c{"blobs":[9]}',
        wire.encode({"ok": True}, []),
        wire.encode({"ok": True, "assets": [["text/html", 1, 1]], "outputs": []}, [b"", b"", b""]),
        b'\x00\x00\x00\x13{"blobs":[99999999999]}',
    ],
)
def test_an_answer_that_no_honest_child_gives_is_turned_away(message):
    rest: list[bytes] = [message]

    def read(size: int) -> bytes:
        data, rest[0] = rest[0][:size], rest[0][size:]
        if len(data) < size:
            raise EOFError
        return data

    with pytest.raises((wire.BadMessage, EOFError)):
        wire.unpack_rendering(*wire.receive(read))


def test_the_parent_computes_the_digests_itself():
    rendering = render("a.ipynb", GOOD)
    packed = wire.pack_rendering(rendering).replace(b"\x89PNG", b"\x89GNP")
    at = [0]

    def read(size: int) -> bytes:
        at[0] += size
        return bytes(packed[at[0] - size : at[0]])

    received = wire.unpack_rendering(*wire.receive(read))
    (asset,) = received.assets
    assert asset.digest == sha256(asset.data).hexdigest() != rendering.assets[0].digest


def test_a_child_that_keeps_too_much_memory_is_replaced(child, monkeypatch):
    first = child.pid
    monkeypatch.setattr("knowledge.rendering.child._RESIDENT_MAX", 1)
    child.render("a.md", b"x")
    assert child.pid != first
    assert child.render("a.md", b"y").html
