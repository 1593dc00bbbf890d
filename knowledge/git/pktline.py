"""git's wire format, as far as we speak along: what a push moves, and lines added to its answer. Pure.

A packet is four hexadecimal digits (its length with them) and a payload; "0000" is a flush packet.
"""

from dataclasses import dataclass, field

FLUSH = b"0000"
HEAD = 4
MESSAGE_MAX = 900  # bytes; clients that know only the old side-band take 995
KEPT_MAX = 1_000_000
BANDS = {b"\x01", b"\x02", b"\x03"}


def message(line: str) -> bytes:
    """A side-band packet that git prints after "remote: "."""
    payload = b"\x02" + line.encode()[:MESSAGE_MAX].decode(errors="ignore").encode() + b"\n"
    return f"{HEAD + len(payload):04x}".encode() + payload


def split(stream: bytes, *, to_flush: bool = False) -> tuple[list[bytes], bytes]:
    """(whole packets with their lengths, the bytes after). Raises ValueError where those begin no packet."""
    packets: list[bytes] = []
    at = 0
    while len(stream) - at >= HEAD and not (to_flush and FLUSH in packets[-1:]):
        length = max(int(stream[at : at + HEAD], 16), HEAD)
        if len(stream) - at < length:
            break
        packets.append(stream[at : at + length])
        at += length
    return packets, stream[at:]


@dataclass
class Request:
    """The head of a receive-pack request, seen in passing: `moves` tells ref -> new commit."""

    moves: dict[str, str] = field(default_factory=dict)
    _rest: bytes | None = b""  # None once the pack begins

    def see(self, piece: bytes) -> None:
        if self._rest is None:
            return
        try:
            packets, rest = split(self._rest + piece, to_flush=True)
        except ValueError:
            packets, rest = [FLUSH], b""
        self._rest = rest if FLUSH not in packets and len(rest) < KEPT_MAX else None
        for packet in packets:
            self._note(packet[HEAD:].split(b"\0")[0].decode(errors="replace").strip())

    def _note(self, line: str) -> None:
        words = line.split(" ", 2)
        if len(words) == 3 and len(words[0]) == len(words[1]) == 40:
            self.moves[words[2]] = words[1]


@dataclass
class Answer:
    """receive-pack's answer on its way to the client, its last packet kept back for lines to go before it.

    `pass_on` each piece, however cut; then send `message(...)`s if it `takes_messages`, and `end` last.
    """

    _rest: bytes = b""
    _held: bytes = b""
    _report: bytes = b""
    _banded: bool = False
    _foreign: bool = False

    def pass_on(self, piece: bytes) -> bytes:
        """What may go out now."""
        if self._foreign:
            return piece
        try:
            packets, self._rest = split(self._rest + piece)
        except ValueError:  # not git's format: hands off
            self._foreign = True
            return self.end() + piece
        sent = []
        for packet in packets:
            sent.append(self._held)
            self._held = packet if packet == FLUSH else b""
            sent.append(packet if packet != FLUSH else b"")
            self._note(packet[HEAD:])
        return b"".join(sent)

    def end(self) -> bytes:
        """What was kept back."""
        kept, self._held, self._rest = self._held + self._rest, b"", b""
        return kept

    @property
    def takes_messages(self) -> bool:
        """Has the answer come to its proper end, to a client that listens for messages?"""
        return self._banded and self._held == FLUSH and not self._rest

    @property
    def accepted(self) -> set[str]:
        """The refs that git reports as moved."""
        try:
            lines = [packet[HEAD:].decode(errors="replace").split() for packet in split(self._report)[0]]
        except ValueError:
            return set()
        return {line[1] for line in lines if len(line) == 2 and line[0] == "ok"}

    def _note(self, payload: bytes) -> None:
        if payload[:1] in BANDS:
            self._banded = True
            if payload[:1] == b"\x01" and len(self._report) < KEPT_MAX:
                self._report += payload[1:]
