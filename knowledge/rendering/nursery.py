"""Where render children come from: a process that has imported everything once, and forks.

A fresh interpreter needs half a second of processor time for its imports; a fork of one that has them needs a
few milliseconds, and shares its memory. The nursery never sees a document, so each child is as clean as the
first. Only where the system has no process descriptors (Linux has) are children started afresh.
"""

import atexit
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[2]
# `-I` keeps environment, user site and working directory out of the imports.
_IMPORT = "import sys; sys.path.insert(0, sys.argv.pop(1)); import knowledge.rendering.{0} as m; m.main()"
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": os.defpath, "HOME": "/nonexistent"}
MESSAGE = 64  # bytes of each message to a nursery
ANSWER = struct.Struct(">i")
_SECONDS = 30.0  # for what takes milliseconds, unless the machine is very busy
IS_POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "send_fds")


class Forked:
    """A child of the nursery; as much of subprocess.Popen as render children need."""

    def __init__(self, nursery: "Nursery", pid: int, requests: int, answers: int) -> None:
        self.pid = pid
        self.stdin: IO[bytes] = os.fdopen(requests, "wb", buffering=0)
        self.stdout: IO[bytes] = os.fdopen(answers, "rb", buffering=0)
        self._nursery = nursery
        self._descriptor = os.pidfd_open(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """None while it runs, else its exit code (or minus the signal that ended it)."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("render child", timeout or 0)
        return code

    def kill(self) -> None:
        if self._code is None:
            with suppress(ProcessLookupError):  # it ended with the nursery
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self._code is None and select.select([self._descriptor], [], [], timeout)[0]:
            self._code = self._nursery.bury(self.pid)
            os.close(self._descriptor)
        return self._code


class Nursery:
    """One process; its methods may be called by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair()
        self._line.settimeout(_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                command("nursery_main", str(theirs.fileno()), str(os.getpid())),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, memory: int, seconds: int, complaints: IO[bytes]) -> Forked:
        """A child that writes its last words to `complaints`. Raises OSError where that can't be."""
        theirs_in, requests = os.pipe()
        answers, theirs_out = os.pipe()
        try:
            descriptors = [theirs_in, theirs_out, complaints.fileno()]
            pid = self._ask(f"fork {memory} {seconds}", descriptors)
            return Forked(self, pid, requests, answers)
        except OSError:
            os.close(requests)
            os.close(answers)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)

    def bury(self, pid: int) -> int:
        """The exit code of a child that ended, which is forgotten with that."""
        try:
            return self._ask(f"bury {pid}", [])
        except OSError:  # the nursery is gone, and its children with it
            return -signal.SIGKILL

    def _ask(self, words: str, descriptors: list[int]) -> int:
        with self._lock:
            socket.send_fds(self._line, [words.encode().ljust(MESSAGE)], descriptors)
            answer = self._line.recv(ANSWER.size, socket.MSG_WAITALL)
        if len(answer) < ANSWER.size:
            raise BrokenPipeError("The nursery of render children has ended.")
        return int(ANSWER.unpack(answer)[0])

    def close(self) -> None:
        """End it, and with it all of its children."""
        self._process.kill()
        self._process.wait()
        self._line.close()


_nursery: Nursery | None = None
_opening = threading.Lock()


def spawn(memory: int, seconds: int, complaints: IO[bytes]) -> "Forked | subprocess.Popen[bytes]":
    """A new render child: `memory` bytes of address space, `seconds` of processor time for a document."""
    if IS_POSSIBLE:
        for _ in range(2):  # the nursery may have been killed
            with suppress(OSError):
                return _open().fork(memory, seconds, complaints)
            close()
    return subprocess.Popen(
        command("child_main", str(memory), str(seconds), str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        cwd="/",
        env=_ENVIRONMENT,
        bufsize=0,
    )


def _open() -> Nursery:
    global _nursery
    with _opening:
        if _nursery is not None and not _nursery.is_alive:
            _nursery.close()
            _nursery = None
        _nursery = _nursery or Nursery()
        return _nursery


@atexit.register
def close() -> None:
    """End this process's nursery, if it has one; the next child opens another."""
    global _nursery
    with _opening:
        if _nursery is not None:
            _nursery.close()
        _nursery = None


def command(module: str, *arguments: str) -> list[str]:
    """How a module of this package runs as a process of its own."""
    return [sys.executable, "-I", "-c", _IMPORT.format(module), str(_ROOT), *arguments]
