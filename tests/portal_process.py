"""The whole portal as it is started by hand, for tests that kill parts of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from portal.embedded import Servers

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "SITE_URL", "SECRET_KEY")
SIGNS = {
    "web": "gunicorn portal.wsgi",
    "worker": "portal worker",
    "beat": "portal beat",
    "postgres": "/bin/postgres -D",
    "valkey": "/valkey-server ",
}


# Management commands by one process, a line of JSON each: Django's start takes seconds, the commands none.
CLERK = """
import io, json, sys
import django
from django.core.management import call_command
django.setup()
for line in sys.stdin:
    printed = io.StringIO()
    call_command(*json.loads(line), stdout=printed)
    print(json.dumps(printed.getvalue()), flush=True)
"""


class Portal:
    """`manage.py up` on a free port and its own data directory.

    With `servers`, PostgreSQL and Valkey are the caller's to start, stop and empty (they must run already);
    else they are embedded, under names "postgres" and "valkey" like "web", "worker" and "beat".
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        samples: bool = False,
        port: int | None = None,
        servers: Servers | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.samples = samples
        self.env = {name: value for name, value in os.environ.items() if name not in INHERITED}
        self.env |= {"DATA_DIR": str(data_dir), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        if servers:
            self.env |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        self.env |= environment or {}
        self.process: subprocess.Popen[bytes] | None = None
        self.clerk: subprocess.Popen[str] | None = None

    @property
    def terminal(self) -> str:
        """What all starts so far have printed."""
        return (self.data_dir / "terminal").read_text()

    def start(self, timeout: float = 90) -> None:
        """Start, and wait until the portal tells its address; fails with its words if it ends before."""
        before = self.launch()
        wait_until(lambda: not self.alive or "Almanac is at" in self.terminal[before:], timeout)
        assert self.alive, self.terminal

    def launch(self) -> int:
        """Start without waiting; returns how long `terminal` was before."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "manage.py", "up", *([] if self.samples else ["--empty"])]
        with (self.data_dir / "terminal").open("ab") as terminal:
            before = terminal.tell()
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=terminal, stderr=subprocess.STDOUT
            )
        return before

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGINT, timeout: float = 40) -> int:
        """Ctrl-C. Returns the exit code of `manage.py up`."""
        assert self.process
        self._dismiss_the_clerk()
        self.process.send_signal(how)
        return self.process.wait(timeout)

    def processes(self) -> list[psutil.Process]:
        """Everything that runs below `manage.py up` now."""
        return (
            psutil.Process(self.process.pid).children(recursive=True) if self.process and self.alive else []
        )

    def find(self, name: str) -> int | None:
        """The pid of "web", "worker", "beat", "postgres" or "valkey", if it runs."""
        assert self.process
        for child in psutil.Process(self.process.pid).children():
            if SIGNS[name] in command_of(child):
                return child.pid
        return None

    def pid(self, name: str, timeout: float = 20) -> int:
        """Like `find`, but waits for the process, as after a restart."""
        wait_until(lambda: self.find(name) is not None, timeout)
        pid = self.find(name)
        assert pid
        return pid

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one part, kill -9 if not told otherwise; returns the pid that it hit."""
        pid = self.pid(name)
        os.kill(pid, how)
        return pid

    def log(self, name: str) -> str:
        return (self.data_dir / "logs" / f"{name}.log").read_text()

    def manage(self, *arguments: str) -> str:
        """Run a management command on the same data, as in a second terminal. Returns what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def errand(self, *arguments: str) -> str:
        """Like `manage`, by a process that stays: for commands that tests need and don't test."""
        if not self.clerk:
            self.clerk = subprocess.Popen(
                [sys.executable, "-c", CLERK],
                cwd=ROOT,
                env={"DJANGO_SETTINGS_MODULE": "portal.settings", **self.env},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.clerk.stdin
        assert self.clerk.stdout
        print(json.dumps(arguments), file=self.clerk.stdin, flush=True)
        printed: str = json.loads(self.clerk.stdout.readline())
        return printed

    def _dismiss_the_clerk(self) -> None:
        if self.clerk:
            self.clerk.communicate()
            self.clerk = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss_the_clerk()
        if self.alive:
            self.stop()


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(met: Callable[[], bool], timeout: float, interval: float = 0.05) -> None:
    """Wait for `met`; fails the test after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not met():
        assert time.monotonic() < deadline, f"waited {timeout} s in vain"
        time.sleep(interval)
