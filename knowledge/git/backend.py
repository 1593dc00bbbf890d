"""git http-backend for one request: a process fed from the client and read by it, nothing held between."""

import contextlib
import logging
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, cast

from django.conf import settings

from knowledge.git import places

logger = logging.getLogger(__name__)

PIECE = 65_536
HEAD_MAX = 16_384
GRACE_SECONDS = 5.0
# A client may pause, but not hold a thread of the server for ever with a trickle.
PATIENCE_SECONDS = 60.0
SLOWEST_BYTES_PER_SECOND = 1_000


class BackendFailed(Exception):
    """git ended before it said anything; the log tells what it complained of."""


@dataclass(frozen=True, slots=True)
class Request:
    """What git is asked. `read(n)` gives up to n bytes of the body, b"" at its end; `see` watches them.

    `hang_up` is called where the client goes on sending after all is said.
    """

    slug: str
    service: str  # "info/refs", "git-upload-pack", "git-receive-pack"
    query: str = ""
    content_type: str = ""
    gzipped: bool = False
    protocol: str = ""
    pusher: str = ""
    default_branch: str = "main"
    read: Callable[[int], bytes] | None = None
    see: Callable[[bytes], None] = lambda piece: None
    hang_up: Callable[[], None] = lambda: None


class Backend:
    """Iterate for the body of git's answer; always `close`. `status` and `headers` are there at once."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._client_gone = False
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            ["git", "http-backend"],
            stdin=subprocess.PIPE if request.read else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=_environment(request),
            cwd="/",
            start_new_session=True,  # to end git's children with it
        )
        self._out = cast("IO[bytes]", self._process.stdout)
        self._feeder = threading.Thread(target=self._feed, name=f"git-{request.slug}", daemon=True)
        if request.read:
            self._feeder.start()
        try:
            self.status, self.headers = self._head()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        while piece := os.read(self._out.fileno(), PIECE):
            yield piece
        if self._process.wait() and not self._client_gone:
            logger.warning("git for %s failed: %s", self._request.slug, self._complaint())

    def close(self) -> None:
        """End git if it still runs, gently: killed outright it would leave its locks behind."""
        self._out.close()
        if self._process.poll() is None:
            self._end()
        if self._feeder.is_alive():
            self._feeder.join(GRACE_SECONDS)
        if self._feeder.is_alive():
            self._request.hang_up()
        self._complaints.close()

    def _head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers, read byte by byte so that the body stays in the pipe."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = os.read(self._out.fileno(), 1)
            if not byte or len(head) > HEAD_MAX:
                self._end()
                level = logging.INFO if self._client_gone else logging.ERROR
                logger.log(level, "git for %s ended early: %s", self._request.slug, self._complaint())
                raise BackendFailed
            head += byte
        lines = [line.partition(": ") for line in head.decode("latin-1").strip().split("\r\n")]
        headers = {name: value for name, _, value in lines}
        return int(headers.pop("Status", "200")[:3]), headers

    def _feed(self) -> None:
        """The client's bytes into git; runs in a thread, for git may answer before it has read all."""
        into = cast("IO[bytes]", self._process.stdin)
        try:
            for piece in self._body():
                self._request.see(piece)
                if self._process.poll() is None:  # else just let the client finish, to hear the answer
                    with contextlib.suppress(BrokenPipeError):
                        into.write(piece)
                        into.flush()
        except Exception as error:  # noqa: BLE001 whatever the server's input raises: the client is gone
            logger.info("A client of %s went away: %r", self._request.slug, error)
            self._client_gone = True
            self._signal(signal.SIGTERM)
        finally:
            with contextlib.suppress(BrokenPipeError):
                into.close()

    def _body(self) -> Iterator[bytes]:
        """The client's bytes. Raises TimeoutError where they trickle, ValueError where they don't end."""
        read = cast("Callable[[int], bytes]", self._request.read)
        received, waited = 0, 0.0
        while True:
            begun = time.monotonic()
            piece = read(PIECE)
            waited += time.monotonic() - begun
            received += len(piece)
            if not piece:
                return
            if waited > PATIENCE_SECONDS and received / waited < SLOWEST_BYTES_PER_SECOND:
                raise TimeoutError(f"{received} bytes in {waited:.0f} seconds")
            if received > 2 * settings.PUSH_MAX_BYTES:
                raise ValueError(f"{received} bytes and no end")
            yield piece

    def _end(self) -> None:
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _complaint(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read(2_000).decode(errors="replace").strip()


def _environment(request: Request) -> dict[str, str]:
    """The CGI variables. Nothing of the HTTP request gets in but what was checked before."""
    variables = {
        "GIT_PROJECT_ROOT": str(settings.REPOSITORIES_DIR),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{request.slug}.git/{request.service}",
        "REQUEST_METHOD": "POST" if request.read else "GET",
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.content_type,
        "REMOTE_USER": request.pusher,
        "REMOTE_ADDR": "",
        **places.policy(request.default_branch),
    }
    if request.gzipped:
        variables["HTTP_CONTENT_ENCODING"] = "gzip"
    if request.protocol:
        variables["GIT_PROTOCOL"] = request.protocol
    if request.service == "git-receive-pack":
        # A tiny delta may unfold to gigabytes before any hook can see it.
        variables["GIT_ALLOC_LIMIT"] = str(2 * settings.FILE_MAX_BYTES + 64_000_000)
    return places.environment(pusher=request.pusher, **variables)
