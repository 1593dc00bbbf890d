"""A web server in a hurry, for test_web_worker.py."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.web_worker import Worker


class Hasty(Worker):
    head_seconds = 0.5
    silence_seconds = 1


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with the number of bytes it was sent."""
    size = len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{size}".encode()]
