"""Where render children come from."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.rendering import nursery
from knowledge.rendering.child import RenderChild

pytestmark = pytest.mark.skipif(not nursery.IS_POSSIBLE, reason="the system has no process descriptors")


@pytest.fixture
def opened() -> Iterator[nursery.Nursery]:
    """This process's nursery."""
    yield nursery._open()
    nursery.close()


def test_children_are_forks_of_one_process(opened: nursery.Nursery) -> None:
    with RenderChild() as first, RenderChild() as second:
        for child in (first, second):
            status = Path(f"/proc/{child.pid}/status").read_text()
            assert f"PPid:\t{opened._process.pid}\n" in status
        assert first.render("a.md", b"x") == second.render("a.md", b"x")


def test_a_new_child_is_there_in_a_moment(opened: nursery.Nursery) -> None:
    with RenderChild() as child:
        child.render("a.md", b"warm")
        used = os.times().children_user
        child._restart()
        child.render("a.md", b"again")
        assert child.processor_seconds < 0.3
        assert os.times().children_user == used


def test_a_nursery_that_was_killed_is_replaced_and_its_children_too(opened: nursery.Nursery) -> None:
    with RenderChild() as child:
        child.render("a.md", b"warm")
        os.kill(opened._process.pid, signal.SIGKILL)
        _until_gone(child)
        assert child.render("a.md", b"words").words == 1
        assert nursery._open() is not opened


def _until_gone(child: RenderChild) -> None:
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child.pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_what_ended_leaves_nothing_behind(opened: nursery.Nursery) -> None:
    for _ in range(3):
        RenderChild().close()
    children = Path(f"/proc/{opened._process.pid}/task/{opened._process.pid}/children").read_text()
    assert children == ""


def test_where_there_can_be_none_children_are_started_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "IS_POSSIBLE", False)
    with RenderChild(seconds=30) as child:
        assert isinstance(child._process, subprocess.Popen)
        assert child.render("a.md", b"words").words == 1


def test_a_child_whose_nursery_is_gone_can_still_be_closed(opened: nursery.Nursery) -> None:
    child = RenderChild()
    nursery.close()
    _until_gone(child)
    child.close()
    assert child.pid is None
