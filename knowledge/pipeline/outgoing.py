"""One POST to an address that somebody gave: never to where only this machine gets, and never for long.

The name is resolved once, every address it has is checked, and the connection goes to a checked address: what
the name leads to a moment later doesn't matter. Redirects are not followed, and of the answer only the status
counts. No proxy is used: it would resolve the name again.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10.0
PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """It is not called, however often one tries: the address says why."""


class NoAnswer(Exception):
    """It was called in vain; another time may do."""


@dataclass(frozen=True, slots=True)
class Target:
    parts: SplitResult
    host: str
    port: int

    @property
    def path(self) -> str:
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


def read(url: str) -> Target:
    """Raises Refused for what is no address to call. Resolves nothing."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise Refused("it holds characters that belong in no address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("it is no address") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused("it doesn't begin with https:// or http:// and a host")
    if parts.username or parts.password:
        raise Refused("it holds a user name or a password")
    return Target(parts, parts.hostname, port or PORTS[parts.scheme])


def addresses(target: Target) -> list[str]:
    """All that the host has, if each may be called. Raises Refused or NoAnswer."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer("its host isn't known") from error
    resolved = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not settings.WEBHOOKS_PRIVATE and not all(is_public(address) for address in resolved):
        raise Refused("it leads into this network")
    return resolved


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


NAT64 = ipaddress.ip_network("64:ff9b::/96")


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float = SECONDS) -> int:
    """The status of the answer. Raises Refused or NoAnswer."""
    target = read(url)
    connection = _Connection(target, addresses(target), seconds)
    # A server that sends a byte now and then would hold on to the thread: this ends it.
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(_words(error)) from error
    finally:
        watch.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """To the first that answers of addresses that were checked, under the name that was asked for."""

    def __init__(self, target: Target, checked: Sequence[str], seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._checked, self._until = target, checked, time.monotonic() + seconds
        self.default_port = PORTS[target.parts.scheme]  # left out of the Host header

    def connect(self) -> None:
        plain = self._reach()
        self.sock = plain
        if self._target.parts.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._target.host)

    def _reach(self) -> socket.socket:
        """Each has its share of the time that is left."""
        *others, last = self._checked
        for number, address in enumerate(others):
            left = max(0.1, self._until - time.monotonic())
            try:
                found = socket.create_connection(
                    (address, self._target.port), left / (len(self._checked) - number)
                )
            except OSError:
                continue
            found.settimeout(max(0.1, self._until - time.monotonic()))
            return found
        left = max(0.1, self._until - time.monotonic())
        return socket.create_connection((last, self._target.port), left)

    def cut(self) -> None:
        if self.sock:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it didn't answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, ssl.SSLError):
        return "its certificate isn't good"
    return "it broke off without an answer"
