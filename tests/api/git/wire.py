"""git's requests put on the wire by hand."""

import base64
import http.client
import time
from collections.abc import Callable

from knowledge.models import AccessToken, User
from tests.api.git.conftest import Server

REFS = "/git/growth.git/info/refs?service=git-upload-pack"
PUSH_REFS = "/git/growth.git/info/refs?service=git-receive-pack"


def secret_of(user: User, *scopes: str) -> str:
    return AccessToken.objects.issue(user=user, name="git", scopes=list(scopes) or ["write"])[1]


def basic(username: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}


def ask(
    server: Server,
    path: str,
    headers: dict[str, str] | None = None,
    method: str = "GET",
    body: bytes | None = None,
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode("latin-1")
    finally:
        connection.close()


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
