"""Starts programs, keeps them running, repeats what they complain about, and stops them.

Knows nothing of Almanac and nothing of Django. Single-threaded on purpose: the kernel ends our children when
the *thread* that started them ends, so one long-lived thread starts them all.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

COMPLAINT = re.compile(r"(?<!%)\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
PR_SET_PDEATHSIG = 1
LOG_MAX_BYTES = 20_000_000
READ_BYTES = 100_000
SETTLED_SECONDS = 3.0  # what can't start ends sooner; what was killed later is started again at once
BACKOFF_MAX_SECONDS = 10.0

libc = ctypes.CDLL(None) if sys.platform == "linux" else None

# What PostgreSQL says while those that a killed one left behind are still on their way out.
STILL_ENDING = "pre-existing shared memory block"


class CannotStart(Exception):
    """Something did not start; the message says why and what to do, for the person at the terminal."""


@dataclass(frozen=True)
class Program:
    """What to run and how to end it. Times are in seconds."""

    name: str
    command: Sequence[str]
    log: Path
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace: float = 10.0
    complaint: re.Pattern[str] = COMPLAINT
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True


class Child:
    """One program's process: at most one at a time, started again as often as needed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self._said = 0
        self._born_at = 0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; `settle` waits for it. Raises CannotStart where starting would be in vain."""
        program = self.program
        program.prepare()
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            self._said = self._born_at = log.tell()
            self.process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.cwd,
                start_new_session=True,  # the terminal's Ctrl-C is ours alone, so that we end them in order
                preexec_fn=partial(end_with_parent, os.getpid(), program.orphan_signal),
            )
        self.started_at = time.monotonic()

    def settle(self, timeout: float) -> None:
        """Wait until the process is ready. Raises CannotStart with its last words if it ends or is late."""
        deadline = time.monotonic() + timeout
        while not self.program.ready():
            if not self.alive:
                if STILL_ENDING in self.last_words() and time.monotonic() < deadline:
                    time.sleep(0.2)
                    self.start()
                    continue
                raise CannotStart(f"{self.program.name} ended at once. It said:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{self.program.name} was not ready after {timeout:.0f} s. It said:\n{self.last_words()}"
                )
            time.sleep(0.02)

    def ask_to_stop(self) -> None:
        if self.process and self.alive:
            self.process.send_signal(self.program.stop_signal)

    def wait_or_kill(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then kill what is left of the process and its own children."""
        if not self.process:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.kill()

    def stop(self) -> None:
        self.ask_to_stop()
        self.wait_or_kill(time.monotonic() + self.program.grace)

    def kill(self) -> None:
        """kill -9, children included."""
        if self.process and self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of what this process has logged since its start."""
        said = self._read(max(self._born_at, self._log_size() - READ_BYTES)).decode(errors="replace")
        return "\n".join(f"    {line}" for line in said.strip().splitlines()[-lines:]) or "    (nothing)"

    def complaints(self) -> list[str]:
        """New lines of the log that someone should read."""
        new = self._read(self._said)
        whole = new if len(new) == READ_BYTES else new[: new.rfind(b"\n") + 1]
        self._said += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        return [line.strip()[:200] for line in lines if self.program.complaint.search(line)]

    def _read(self, start: int) -> bytes:
        with suppress(FileNotFoundError), self.program.log.open("rb") as log:
            log.seek(start)
            return log.read(READ_BYTES)
        return b""  # someone tidied the logs away; the next start makes a new one

    def _log_size(self) -> int:
        with suppress(FileNotFoundError):
            return self.program.log.stat().st_size
        return 0

    def trim_log(self) -> None:
        """Keep the log and one predecessor. The process appends, so the file can be emptied under it."""
        log = self.program.log
        if self._log_size() > LOG_MAX_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
            self._said = self._born_at = 0


def end_with_parent(parent: int, orphan_signal: signal.Signals) -> None:
    """Between fork and exec: ask the kernel to end this process when `parent` dies, be it by kill -9."""
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:
            os._exit(1)


def stop_all(children: Iterable[Child]) -> None:
    """Ask all to stop at once, give each its grace, kill what is left."""
    children = list(children)
    asked_at = time.monotonic()
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill(asked_at + child.program.grace)


class Supervisor:
    """Restarts children that die, a little later each time, and tells `say` about it."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def watch(self, stopped: Callable[[], bool], interval: float = 0.2) -> None:
        while not stopped():
            for child in self.children:
                self.tend(child)
            time.sleep(interval)

    def tend(self, child: Child) -> None:
        """One look at one child: pass on its complaints, restart it when it is dead and its time has come."""
        self._repeat(child)
        name, now = child.program.name, time.monotonic()
        if child.alive:
            if now - child.started_at > SETTLED_SECONDS:
                self._deaths.pop(name, None)
        elif name not in self._due:
            self._mourn(child, now)
        elif now >= self._due[name]:
            self._restart(child)

    def _repeat(self, child: Child) -> None:
        complaints = child.complaints()
        for line in complaints[:5]:
            self.say(f"{child.program.name} | {line}")
        if len(complaints) > 5:
            self.say(f"{child.program.name} | … {len(complaints) - 5} more in {child.program.log}")
        child.trim_log()

    def _mourn(self, child: Child, now: float) -> None:
        name = child.program.name
        deaths = self._deaths[name] = self._deaths.get(name, 0) + 1
        delay = 0.0 if deaths == 1 else min(BACKOFF_MAX_SECONDS, 0.5 * 2 ** (deaths - 2))
        self._due[name] = now + delay
        how = describe_exit(child.process.returncode if child.process else None)
        self.say(f"{name} {how}; starting it again{f' in {delay:.0f} s' if delay >= 1 else ''}.")
        if deaths > 2:
            self.say(f"It said:\n{child.last_words(4)}")

    def _restart(self, child: Child) -> None:
        del self._due[child.program.name]
        try:
            child.start()
        except (CannotStart, OSError) as reason:
            self.say(f"{child.program.name}: {reason}")


def describe_exit(code: int | None) -> str:
    if code is None:
        return "did not start"
    if code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended with code {code}"
