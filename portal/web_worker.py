"""gunicorn's threads, but they wait only so long for a slow client: who waits serves nobody else."""

import socket
import struct
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

GIT = "/git/"  # a push may take hours; its view sees to its pace


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """The watch on what a client sends. What it is sent has a limit of silence alone."""

    head_seconds = 20.0
    silence_seconds = 30
    body_bytes_per_second = 50_000

    def init_process(self) -> None:
        self.deadlines: dict[Any, float] = {}
        super().init_process()

    def enqueue_req(self, connection: Any) -> None:
        silence = struct.pack("ll", self.silence_seconds, 0)
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            connection.sock.setsockopt(socket.SOL_SOCKET, direction, silence)
        super().enqueue_req(connection)

    def handle(self, connection: Any) -> Any:
        self.deadlines[connection] = time.monotonic() + self.head_seconds
        try:
            return super().handle(connection)
        finally:
            self.deadlines.pop(connection, None)

    def handle_request(self, request: Any, connection: Any) -> Any:
        """The head is there, and tells how long the body may take."""
        if request.path.startswith(GIT):
            self.deadlines.pop(connection, None)
        else:
            pace = length_of(request) / self.body_bytes_per_second
            self.deadlines[connection] = time.monotonic() + self.head_seconds + pace
        return super().handle_request(request, connection)

    def murder_pending(self) -> None:
        """Called every second. Who is late is not listened to any more, but may still be answered."""
        super().murder_pending()
        now = time.monotonic()
        late = [connection for connection, deadline in list(self.deadlines.items()) if deadline < now]
        for connection in late:
            self.deadlines.pop(connection, None)
            try:
                connection.sock.shutdown(socket.SHUT_RD)
            except OSError:
                continue  # it has gone


def length_of(request: Any) -> int:
    """Bytes of the body that the head announces; none for a chunked one, which only git's view reads."""
    announced = next((value for name, value in request.headers if name == "CONTENT-LENGTH"), "0")
    return int(announced) if announced.isdigit() else 0
