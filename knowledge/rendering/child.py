"""Rendering in a process of its own, so that no document can take down, fill up or read its worker."""

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from knowledge.documents import DocumentError
from knowledge.rendering import wire
from knowledge.rendering.nursery import IS_POSSIBLE, Forked, spawn
from knowledge.rendering.result import Rendering

Process: TypeAlias = Forked | subprocess.Popen[bytes]

_CHUNK = 1 << 16
# A fresh process now and then, against slow leaks of libraries.
_RENDERS_PER_PROCESS = 500
_YIELDING = 10  # as `nice`
_START_SECONDS = 0.0 if IS_POSSIBLE else 0.5  # of processor time, about: what its imports take
_RESIDENT_MAX = 300_000_000  # bytes: what a child keeps of a document that needed far more than most


class RenderFailed(Exception):
    """A document could not be rendered for no fault that its author could be shown a line of."""

    def __init__(self, code: str, message: str, hint: str, detail: str = "") -> None:
        super().__init__(f"{message} {detail}".strip())
        self.code = code
        self.message = message
        self.hint = hint
        self.detail = detail


class RenderTimeout(RenderFailed):
    """It took longer than a document may take. `code` is "render-timeout"."""


class RenderCrashed(RenderFailed):
    """The child ended or gave up. `code` is "render-crashed", "render-memory" or "render-depth"."""


_LIGHTEN = "Clear the largest outputs, or split the document, and push again."
_REPORT = "Nothing is lost: the source is stored. Tell the people who run this portal."


class RenderChild:
    """A warm process that renders one document after another; starts anew when it died.

    To be used by one thread at a time. `seconds` is the time for one document, `memory` the bytes of address
    space that the child may have.
    """

    def __init__(self, *, seconds: float = 60, memory: int = 1_500_000_000) -> None:
        self.seconds = seconds
        self.memory = memory
        self._process: Process | None = None
        self._renders = 0
        self._has_yielded = False
        self._spent = 0.0  # what the process had used when it got the document at hand
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_fresh(self) -> bool:
        """Whether the process has drawn nothing yet."""
        return self._renders == 0

    @property
    def pid(self) -> int | None:
        """The process, for those who watch it."""
        return self._process.pid if self._process else None

    def render(
        self, path: str, source: bytes, *, on_wait: Callable[[], None] | None = None, every: float = 2
    ) -> Rendering:
        """What `knowledge.rendering.render` returns, made by the child.

        `on_wait` is called about every `every` seconds while it works. Raises DocumentError, RenderTimeout,
        RenderCrashed; after each of them the next call works.
        """
        head, blobs = self._asked({"path": path}, [source], on_wait, every)
        try:
            return wire.unpack_rendering(head, blobs)
        except wire.BadMessage as error:
            self._restart()
            raise RenderCrashed("render-crashed", "Rendering ended abruptly.", _REPORT, str(error)) from error

    def compare(
        self,
        paths: list[str],
        sources: list[bytes],
        *,
        on_wait: Callable[[], None] | None = None,
        every: float = 2,
    ) -> bytes:
        """What differs between two documents, as JSON that is yet to be checked (knowledge.diffing.wire).

        Raises what `render` does.
        """
        _, blobs = self._asked({"paths": paths}, sources, on_wait, every)
        return b"".join(blobs)

    def _asked(
        self,
        request: dict[str, Any],
        sources: list[bytes],
        on_wait: Callable[[], None] | None,
        every: float,
    ) -> tuple[dict[str, Any], list[bytes]]:
        process = self._ready()
        self._spent = _processor_seconds(process.pid) if self._renders else _START_SECONDS
        exchange = _Exchange(process, self.seconds, on_wait, every)
        try:
            exchange.send(wire.encode(request, sources))
            head, blobs = wire.receive(exchange.read)
            self._renders += 1
            if self._has_yielded or self._resident() > _RESIDENT_MAX:
                self._restart()
            if head.get("ok") is True:
                return head, blobs
        except _TimeIsUp:
            self._restart()
            raise RenderTimeout(
                "render-timeout", f"Rendering took longer than {self.seconds:g} seconds.", _LIGHTEN
            ) from None
        except (EOFError, BrokenPipeError, wire.BadMessage) as error:
            detail = self._how_it_ended() or str(error)
            self._restart()
            raise RenderCrashed("render-crashed", "Rendering ended abruptly.", _REPORT, detail) from error
        except BaseException:  # `on_wait` gave up, or the worker is stopping: the pipe is out of step
            self._restart()
            raise
        raise _refusal(head)

    @property
    def processor_seconds(self) -> float:
        """The processor time that the document at hand has taken so far; 0 where the system doesn't tell."""
        used = _processor_seconds(self._process.pid) if self._process else 0.0
        return max(0.0, used - self._spent)

    def yield_processor(self) -> None:
        """Let other processes go first for the rest of this document. The next gets a process of its own:
        what has yielded can't be hastened again."""
        if self._process and not self._has_yielded:
            self._has_yielded = True
            with suppress(OSError):  # it has just ended
                os.setpriority(os.PRIO_PROCESS, self._process.pid, _YIELDING)

    def close(self) -> None:
        """End the child. It may be used again: the next render starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        self._complaints.close()

    def _ready(self) -> Process:
        if self._process is None or self._process.poll() is not None or self._renders >= _RENDERS_PER_PROCESS:
            self._restart()
        assert self._process is not None  # noqa: S101
        return self._process

    def _restart(self) -> None:
        self.close()
        self._start()

    def _start(self) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._process = spawn(self.memory, int(self.seconds) + 1, self._complaints)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                os.set_blocking(pipe.fileno(), False)
        self._renders = 0
        self._has_yielded = False

    def _resident(self) -> int:
        """Bytes of memory that the child has; 0 where the system doesn't say."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _how_it_ended(self) -> str:
        """The exit code and the last words of a child that ended by itself, for the log."""
        assert self._process is not None  # noqa: S101
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return ""
        self._complaints.seek(0)
        words = self._complaints.read()[-500:].decode(errors="replace").strip()
        return f"exit code {code}. {words}".strip()


def _processor_seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _refusal(head: dict[str, Any]) -> Exception:
    if isinstance(fields := head.get("document"), dict):
        line = fields.get("line")
        code, message, hint = (str(fields.get(name, "")) for name in ("code", "message", "hint"))
        return DocumentError(code, message, hint, line if isinstance(line, int) else None)
    if head.get("crash") == "memory":
        return RenderCrashed(
            "render-memory", "Rendering needs more memory than a document may use.", _LIGHTEN
        )
    if head.get("crash") == "depth":
        return RenderCrashed("render-depth", "The document nests too deeply to be rendered.", _LIGHTEN)
    detail = str(head.get("detail", ""))
    return RenderCrashed("render-crashed", "Rendering failed on this document.", _REPORT, detail)


class _TimeIsUp(Exception):
    pass


class _Exchange:
    """One request and its answer, waiting for neither longer than the deadline says."""

    def __init__(
        self,
        process: Process,
        seconds: float,
        on_wait: Callable[[], None] | None,
        every: float,
    ) -> None:
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        self.requests, self.answers = process.stdin.fileno(), process.stdout.fileno()
        self.deadline = time.monotonic() + seconds
        self.on_wait, self.every = on_wait, every
        self.next_call = time.monotonic() + every

    def send(self, message: bytes) -> None:
        rest = memoryview(message)
        while rest:
            self._wait(self.requests, select.POLLOUT)
            rest = rest[os.write(self.requests, rest[:_CHUNK]) :]

    def read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self.answers, select.POLLIN)
            piece = os.read(self.answers, min(size - len(data), 16 * _CHUNK))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _wait(self, descriptor: int, event: int) -> None:
        """Until the pipe is ready; the heart beats meanwhile."""
        poll = select.poll()
        poll.register(descriptor, event)
        while True:
            now = time.monotonic()
            if now >= self.deadline:
                raise _TimeIsUp
            if self.on_wait and now >= self.next_call:
                self.next_call = now + self.every
                self.on_wait()
            until = min(self.deadline, self.next_call if self.on_wait else self.deadline)
            if poll.poll(max(0.0, until - now) * 1000):
                return
