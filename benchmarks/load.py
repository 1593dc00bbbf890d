"""A small load generator for loopback: a fixed number of GET requests over a few kept connections.

Runs in a process of its own (`python -m benchmarks.load PORT PATH COOKIE REQUESTS CONNECTIONS`), so that its
work is not the server's. Prints one JSON line: requests per second, and latencies in seconds.
"""

import json
import selectors
import socket
import sys
import time

from benchmarks.figures import percentile


class Connection:
    """One kept connection that sends the same request again and again."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.sent_at = 0.0
        self.left = 0
        self.head = b""

    def send(self) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(self.request)
        self.head, self.left = b"", -1

    def receive(self) -> bool:
        """Read what is there; True once the answer is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        if self.left >= 0:
            self.left -= len(data)
            return self.left <= 0
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.head[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"the server answered {self.head[:60]!r}")
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        self.left = length - (len(self.head) - end - 4)
        return self.left <= 0


def run(port: int, path: str, cookie: str, requests: int, connections: int) -> dict[str, float]:
    """Send `requests` requests over `connections` connections, one outstanding on each."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        "Accept: text/html\r\nConnection: keep-alive\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    to_send = requests
    latencies: list[float] = []
    for _ in range(min(connections, requests)):
        connection = Connection(port, request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
        to_send -= 1
    while len(latencies) < requests:
        for key, _ in selector.select(timeout=10):
            connection = key.data
            if connection.receive():
                latencies.append(time.perf_counter() - connection.sent_at)
                if to_send:
                    to_send -= 1
                    connection.send()
    seconds = time.perf_counter() - started
    return {
        "rate": requests / seconds,
        "p50": percentile(latencies, 0.5),
        "p95": percentile(latencies, 0.95),
        "p99": percentile(latencies, 0.99),
    }


if __name__ == "__main__":
    _, port, path, cookie, requests, connections = sys.argv
    print(json.dumps(run(int(port), path, cookie, int(requests), int(connections))))
