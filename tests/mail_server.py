"""A mail server that keeps what it is given: as much SMTP as Django speaks."""

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Self, cast


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        super().__init__(("127.0.0.1", 0), _Conversation)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def about(self, title: str, to: str = "") -> list[EmailMessage]:
        """What was sent about a post: to somebody's address, if one is given."""
        return [each for each in self.got if title in each["Subject"] and to in each["To"]]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                self.keep()
            self.say("221 bye" if word == b"QUIT" else "250 fine")
            if word == b"QUIT":
                return

    def keep(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        cast(MailServer, self.server).got.append(message)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
