import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.portal_process import Portal, wait_until

PARTS = ("postgres", "valkey", "web", "worker", "beat")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("up") / "var")
    yield portal
    if portal.alive:
        portal.stop()


@pytest.fixture
def portal(home: Portal) -> Portal:
    """The portal of this module, running: each test may leave it so, or stopped, or killed."""
    if not home.alive:
        home.start()
    return home


def answers(portal: Portal) -> bool:
    try:
        with urllib.request.urlopen(f"{portal.url}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def worker_answers(portal: Portal) -> bool:
    return "pong" in portal.manage("shell", "-c", "import portal; print(portal.celery_app.control.ping())")


def still_there(processes: list[psutil.Process]) -> list[str]:
    _, alive = psutil.wait_procs(processes, timeout=15)  # a busy machine takes its time
    return [
        " ".join(process.cmdline()) for process in alive if process.is_running() and not is_zombie(process)
    ]


def is_zombie(process: psutil.Process) -> bool:
    """Ended, and only waiting for init to take note, which in a container can take a while."""
    return bool(process.status() == psutil.STATUS_ZOMBIE)


def test_it_starts_all_parts_says_each_step_and_the_address(portal: Portal) -> None:
    assert answers(portal)
    assert {portal.pid(name) for name in PARTS}
    for step in ("PostgreSQL and Valkey", "Database tables", "Static files", "Web, worker and scheduler"):
        assert step in portal.terminal
    assert f"Almanac is at {portal.url} · make an account" in portal.terminal


def test_another_command_on_the_same_data_finds_the_servers(portal: Portal) -> None:
    assert "[X] 0001_initial" in portal.manage("showmigrations", "knowledge")


def test_a_second_one_on_the_same_data_is_refused_with_the_pid_of_the_first(portal: Portal) -> None:
    second = Portal(portal.data_dir)
    second.launch()
    assert second.process
    assert portal.process
    assert second.process.wait(20) == 1
    assert f"Almanac already runs on {portal.data_dir} (process {portal.process.pid})" in portal.terminal


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        portal = Portal(tmp_path, port=port)
        portal.launch()
        assert portal.process
        assert portal.process.wait(20) == 1
    assert f"Port {port} is taken by another program" in portal.terminal
    assert f"PORT={port + 1} make run" in portal.terminal
    assert not (tmp_path / "postgres").exists()


def test_data_of_another_postgresql_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    portal = Portal(tmp_path)
    portal.launch()
    assert portal.process
    assert portal.process.wait(20) == 1
    assert "made by PostgreSQL 12" in portal.terminal
    assert "Traceback" not in portal.terminal


def test_a_place_that_cannot_be_written_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    portal = Portal(tmp_path, environment={"DATA_DIR": str(tmp_path / "file" / "var")})
    portal.launch()
    assert portal.process
    assert portal.process.wait(20) == 1
    assert portal.terminal.startswith("Cannot write to ")
    assert "DATA_DIR=/some/folder" in portal.terminal


def test_a_command_without_servers_says_how_to_start_them(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="No PostgreSQL and Valkey to talk to"):
        Portal(tmp_path).manage("showmigrations")


def test_whatever_is_killed_comes_back_and_the_portal_goes_on(portal: Portal) -> None:
    killed = {name: portal.kill(name) for name in PARTS}
    for name, pid in killed.items():
        wait_until(lambda name=name, pid=pid: portal.find(name) not in {None, pid}, 20)  # type: ignore[misc]
        assert f"{name} was killed (SIGKILL); starting it again" in portal.terminal
    wait_until(lambda: answers(portal), 20)
    wait_until(lambda: worker_answers(portal), 30)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_every_process_and_is_no_failure(portal: Portal, how: signal.Signals) -> None:
    processes = portal.processes()
    assert len(processes) > len(PARTS)
    assert portal.stop(how) == 0
    assert still_there(processes) == []
    assert "Traceback" not in portal.terminal


def test_after_a_kill_nothing_is_left_and_the_next_start_works(portal: Portal) -> None:
    processes = portal.processes()
    portal.stop(signal.SIGKILL)
    assert still_there(processes) == []
    portal.start()
    assert answers(portal)


def test_samples_are_loaded_once_and_an_interrupted_load_is_taken_up_again(tmp_path: Path) -> None:
    portal = Portal(tmp_path, samples=True)
    state = tmp_path / "samples"
    state.write_text("unfinished")
    with portal:
        assert "  Sample content\n" in portal.terminal
        assert "sample accounts alice, bob, carol, mallory and admin (password almanac)" in portal.terminal
        assert state.read_text() == "loaded"
    with portal:
        assert portal.terminal.count("sample accounts alice") == 2
        assert portal.terminal.count("  Sample content\n") == 1
