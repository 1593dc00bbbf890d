import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from portal import embedded, postgres
from portal.embedded import Servers, urls
from portal.supervisor import CannotStart

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time, pathlib
from portal.embedded import Servers
servers = Servers(pathlib.Path(sys.argv[1]), fast=True)
servers.start()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all of these tests: its files are made once, the servers start in each."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def running(data_dir: Path) -> Iterator[Servers]:
    with Servers(data_dir, fast=True) as servers:
        yield servers


def ask(servers: Servers, sql: str) -> object:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row and row[0]


def valkey(servers: Servers) -> redis.Redis:
    return redis.Redis.from_url(servers.redis_url, decode_responses=True)


def gone(pid: int, within: float = 5.0) -> bool:
    """Has it ended? A zombie has too: only init has not taken note yet."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def holder(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs the servers of the same data directory."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


def test_both_servers_answer_and_leave_no_process_behind(data_dir: Path) -> None:
    with Servers(data_dir, fast=True) as servers:
        assert str(ask(servers, "SHOW server_version")).startswith("18")
        assert valkey(servers).ping()
        pids = [child.pid or 0 for child in servers.processes]
    assert all(gone(pid, within=0.1) for pid in pids)


def test_what_was_written_is_there_at_the_next_start(tmp_path: Path) -> None:
    with Servers(tmp_path) as servers:
        with psycopg.connect(servers.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        valkey(servers).rpush("queue", "message")
    with Servers(tmp_path) as servers:
        assert ask(servers, "SELECT answer FROM kept") == 42
        assert valkey(servers).lrange("queue", 0, -1) == ["message"]


def test_other_commands_find_the_servers_while_they_run_and_only_then(data_dir: Path) -> None:
    assert urls(data_dir) is None
    with Servers(data_dir, fast=True) as servers:
        assert urls(data_dir) == (servers.database_url, servers.redis_url)
    assert urls(data_dir) is None


def test_a_second_instance_is_refused_with_the_pid_of_the_first(
    data_dir: Path, holder: "subprocess.Popen[str]"
) -> None:
    with pytest.raises(CannotStart, match=f"already runs on .*process {holder.pid}.*PORT=8001 make run"):
        Servers(data_dir, fast=True).start()
    assert urls(data_dir)


def test_the_servers_die_with_a_killed_parent_and_the_next_start_recovers(
    data_dir: Path, holder: "subprocess.Popen[str]"
) -> None:
    pid = postgres.owner(data_dir / "postgres" / "postmaster.pid")
    holder.kill()
    holder.wait()
    assert urls(data_dir) is None
    with Servers(data_dir, fast=True) as servers:
        assert ask(servers, "SELECT 1") == 1
    assert pid
    assert gone(pid)


def test_a_killed_server_starts_again_with_its_data(running: Servers) -> None:
    valkey(running).set("x", "1")
    for child in running.processes:
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        while child.alive:
            time.sleep(0.01)
        child.start()
        child.settle(20)
    assert ask(running, "SELECT 1") == 1
    assert valkey(running).ping()


def test_a_pid_file_that_names_another_living_program_does_not_stop_the_start(data_dir: Path) -> None:
    with Servers(data_dir, fast=True):
        pid_file = data_dir / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    user = pid_file.parent.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user) as other:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:], ""]))
        with Servers(data_dir, fast=True) as servers:
            assert ask(servers, "SELECT 1") == 1
        other.kill()


def test_a_half_made_database_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    with Servers(tmp_path, fast=True) as servers:
        assert ask(servers, "SELECT 1") == 1
    assert not (tmp_path / "postgres.new").exists()


def test_a_database_of_another_version_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 17, .* brings 18.*operate.md"):
        Servers(tmp_path).start()
    assert urls(tmp_path) is None


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.tex").touch()
    with pytest.raises(CannotStart, match="not a PostgreSQL database"):
        Servers(tmp_path).start()
    assert (tmp_path / "postgres" / "thesis.tex").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"Cannot write to .*/file/var: Not a directory.*DATA_DIR="):
        Servers(tmp_path / "file" / "var").start()


def test_a_disk_with_too_little_room_is_named_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "FREE_BYTES_NEEDED", 10**18)
    with pytest.raises(CannotStart, match=r"The disk is full: .* MB are free"):
        Servers(tmp_path).start()
    assert not (tmp_path / "postgres").exists()


def test_a_missing_wheel_is_named_with_both_ways_out() -> None:
    with pytest.raises(CannotStart, match=r"pip install '\.\[embedded\]'.*DATABASE_URL and REDIS_URL"):
        postgres.wheel("no_such_wheel", "bin/postgres")


@pytest.mark.parametrize("name", ["deep/" * 30, "with a space, 100 %"])
def test_sockets_go_to_a_short_plain_folder_where_the_data_directory_has_none(
    tmp_path: Path, name: str
) -> None:
    with Servers(tmp_path / name, fast=True) as servers:
        assert ask(servers, "SELECT 1") == 1
        assert valkey(servers).ping()
        assert urls(tmp_path / name) == (servers.database_url, servers.redis_url)
        folder = Path(servers.redis_url.removeprefix("unix://")).parent
        assert folder.is_dir()
        assert tmp_path not in folder.parents
    assert not folder.exists()


def test_nobody_else_may_enter_the_folder_of_the_sockets(running: Servers) -> None:
    path = Path(running.redis_url.removeprefix("unix://"))
    assert path.is_socket()
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_server_that_ends_at_once_is_quoted(data_dir: Path) -> None:
    servers = Servers(data_dir, fast=True)
    servers.valkey.program = replace(servers.valkey.program, command=["false"])
    with pytest.raises(CannotStart, match="valkey ended at once"):
        servers.start()
    assert servers.postgres.pid
    assert gone(servers.postgres.pid)
    assert urls(data_dir) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("FATAL:  could not write lock file: No space left on device", "is full. Make room"),
        ("FATAL:  data directory has wrong ownership", "belongs to another user"),
        ("Bad file format reading the append only file", "/valkey and start once more"),
    ],
)
def test_what_a_server_says_is_put_into_words(said: str, words: str, tmp_path: Path) -> None:
    explained = embedded.explain(said, tmp_path)
    assert words in explained
    assert said in explained


def test_nothing_listens_on_the_network(running: Servers) -> None:
    assert ask(running, "SHOW listen_addresses") == ""
    assert valkey(running).config_get("port") == {"port": "0"}


@pytest.mark.parametrize(
    ("gigabytes", "own", "all_of_it"),
    [(0.5, "128MB", "512MB"), (4, "500MB", "2000MB"), (64, "2000MB", "32000MB")],
)
def test_the_database_takes_a_share_of_the_memory(gigabytes: float, own: str, all_of_it: str) -> None:
    wanted = {"shared_buffers": own, "effective_cache_size": all_of_it}
    assert postgres.memory_for(int(gigabytes * 1_000_000_000)) == wanted
    assert postgres.memory_bytes() > 100_000_000
