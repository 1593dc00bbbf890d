import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal import supervisor
from portal.supervisor import CannotStart, Child, Program, Supervisor, stop_all
from tests.portal_process import wait_until


@pytest.fixture
def shell(tmp_path: Path) -> Iterator["Shell"]:
    made = Shell(tmp_path)
    yield made
    for child in made.children:
        child.kill()


class Shell:
    """Makes children that run a line of shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[Child] = []

    def __call__(self, line: str, name: str = "part", **options: object) -> Child:
        program = Program(name=name, command=["sh", "-c", line], log=self.folder / "logs" / f"{name}.log")
        child = Child(replace(program, **options))  # type: ignore[arg-type]
        self.children.append(child)
        return child


def ended(child: Child) -> None:
    wait_until(lambda: not child.alive, 5, interval=0.005)


def test_only_complaints_are_repeated_and_only_once(shell: Shell) -> None:
    child = shell(
        "echo INFO all is well; echo ERROR it hurts; echo 'logfile -> %WARNING'; printf 'ERROR not yet'"
    )
    child.start()
    ended(child)
    assert child.complaints() == ["ERROR it hurts"]
    assert child.complaints() == []


def test_a_flood_of_complaints_is_cut_short(shell: Shell) -> None:
    child, said = shell("for i in 1 2 3 4 5 6 7 8; do echo ERROR $i; done"), list[str]()
    child.start()
    ended(child)
    Supervisor([child], said.append).tend(child)
    assert said[:5] == [f"part | ERROR {number}" for number in range(1, 6)]
    assert said[5].startswith("part | … 3 more in ")


def test_it_waits_longer_each_time_and_quotes_the_last_words(shell: Shell) -> None:
    child, said = shell("echo no such file; exit 3"), list[str]()
    watching = Supervisor([child], said.append)
    child.start()
    delays = []
    for _ in range(4):
        ended(child)
        watching.tend(child)
        delays.append(round(watching._due.pop("part") - time.monotonic(), 1))
        child.start()
    assert delays == [0.0, 0.5, 1.0, 2.0]
    assert said[0] == "part ended with code 3; starting it again."
    assert said[-2:] == ["part ended with code 3; starting it again in 2 s.", "It said:\n    no such file"]


def test_one_that_cannot_start_again_does_not_end_the_others(shell: Shell) -> None:
    def refuse() -> None:
        raise CannotStart("The disk is full.")

    child, said = shell("true"), list[str]()
    child.start()
    ended(child)
    child.program = replace(child.program, prepare=refuse)
    watching = Supervisor([child], said.append)
    watching.tend(child)
    watching.tend(child)
    assert said[-1] == "part: The disk is full."


def test_logs_that_were_tidied_away_are_begun_anew(shell: Shell) -> None:
    child, said = shell("echo ERROR again; exit 1"), list[str]()
    watching = Supervisor([child], said.append)
    child.start()
    ended(child)
    child.program.log.unlink()
    child.program.log.parent.rmdir()
    watching.tend(child)
    watching.tend(child)
    ended(child)
    watching.tend(child)
    assert "part | ERROR again" in said


def test_a_long_log_is_moved_aside_and_goes_on(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_MAX_BYTES", 5)
    child = shell("echo ERROR one; sleep 0.3; echo ERROR two")
    child.start()
    wait_until(lambda: child.complaints() == ["ERROR one"], 5, interval=0.01)
    child.trim_log()
    ended(child)
    assert child.complaints() == ["ERROR two"]
    assert child.program.log.read_text() == "ERROR two\n"
    assert child.program.log.with_suffix(".log.1").read_text() == "ERROR one\n"


def test_one_that_ignores_the_request_to_stop_is_killed_with_its_children(shell: Shell) -> None:
    stubborn = shell("trap '' TERM; sleep 60 & echo ready; wait; sleep 60", name="stubborn", grace=0.2)
    obliging = shell("exec sleep 60", name="obliging")
    stubborn.start()
    obliging.start()
    wait_until(lambda: "ready" in stubborn.last_words(), 5)
    stop_all([stubborn, obliging])
    assert stubborn.process
    assert obliging.process
    assert stubborn.process.returncode == -signal.SIGKILL
    assert obliging.process.returncode == -signal.SIGTERM


def test_one_that_is_not_ready_in_time_is_quoted(shell: Shell) -> None:
    child = shell("echo still thinking; exec sleep 60", ready=lambda: False)
    child.start()
    wait_until(lambda: "thinking" in child.last_words(), 5)
    with pytest.raises(CannotStart, match=r"part was not ready after 0 s. It said:\n    still thinking"):
        child.settle(0.1)
