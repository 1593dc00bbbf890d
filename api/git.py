"""git over HTTP: clone, fetch and push, streamed through git http-backend. docs/git.md tells how."""

import base64
import binascii
import logging
import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from api.git_push import PushAnswer
from knowledge import permissions
from knowledge.errors import UserError
from knowledge.git import backend, pktline, places
from knowledge.models import AccessToken, Scope, Space, User

logger = logging.getLogger(__name__)

SERVICES = {"git-upload-pack", "git-receive-pack"}
PROTOCOL = re.compile(r"version=[0-2](:[a-z]+(=[a-z0-9]+)?)*")
STALL_SECONDS = 60


class Denied(Exception):
    """The request ends here; git prints the words for its user."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.response = HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")
        for name, value in headers.items():
            self.response[name.replace("_", "-")] = value


@csrf_exempt
@login_not_required
def serve(request: HttpRequest, space: str, service: str) -> HttpResponseBase:
    """The three addresses of the smart protocol; all else below a repository is 404."""
    try:
        return _serve(request, space, service)
    except Denied as denied:
        return denied.response
    except (OperationalError, InterfaceError):
        logger.exception("The database can't be reached, so a git request was turned away")
        words = (
            "The portal's database can't be reached just now. Nothing was changed; please try again shortly."
        )
        return Denied(503, words, Retry_After="30").response
    except backend.BackendFailed:
        return Denied(
            500, "git could not answer here. Nothing was changed; the portal's log tells more."
        ).response


def _serve(request: HttpRequest, slug: str, service: str) -> HttpResponseBase:
    token = _token(request)
    wanted = _wanted(request, service)
    space = Space.objects.visible_to(token.user).filter(slug=slug).first()
    if space is None or wanted is None:
        raise Denied(
            404, f"There is no repository at {request.path}, or you are not among its space's members."
        )
    _check(token, space, wanted)
    token.touch()
    return _answer(request, space, token.user, service)


# --- who, and what --------------------------------------------------------------------------------------


def _token(request: HttpRequest) -> AccessToken:
    """The token that Basic authentication brings as password; without one, every address is 401."""
    username, secret = _credentials(request.headers.get("Authorization", ""))
    token = AccessToken.objects.find(secret) if secret else None
    if token is None or token.user.get_username() != username:
        words = (
            "Sign in with your user name, and as password an access token that is still valid. "
            f"Make one at {settings.SITE_URL}/account/tokens"
        )
        raise Denied(401, words, WWW_Authenticate='Basic realm="Almanac", charset="UTF-8"')
    return token


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return username, secret


def _wanted(request: HttpRequest, service: str) -> str | None:
    """The service that is asked for, or announced; None where it is none of git's."""
    if service == "info/refs" and request.method == "GET":
        wanted = request.GET.get("service", "")
    else:
        wanted = service if request.method == "POST" else ""
    return wanted if wanted in SERVICES else None


def _check(token: AccessToken, space: Space, service: str) -> None:
    pushes = service == "git-receive-pack"
    if not token.allows(Scope.WRITE if pushes else Scope.READ):
        words = "This token may only read. Make one with the scope “write” at"
        raise Denied(403, f"{words} {settings.SITE_URL}/account/tokens")
    if pushes and not places.hook_can_run():
        logger.error("%s can't be executed, so no push is taken", places.HOOKS / "pre-receive")
        raise Denied(503, "This portal can't check pushes just now, so it takes none. Tell those who run it.")
    check = permissions.check_write if pushes else permissions.check_fetch
    try:
        check(space, token.user)
    except UserError as error:
        raise Denied(403, str(error)) from error


# --- git's answer ---------------------------------------------------------------------------------------


def _answer(request: HttpRequest, space: Space, user: User, service: str) -> HttpResponseBase:
    pushed = pktline.Request()
    asked = backend.Request(
        slug=space.slug,
        service=service,
        query=f"service={request.GET.get('service')}" if service == "info/refs" else "",
        content_type=f"application/x-{service}-request" if service in SERVICES else "",
        gzipped=_gzipped(request, service),
        protocol=_protocol(request),
        pusher=user.get_username(),
        default_branch=space.default_branch,
        read=_reader(request) if service in SERVICES else None,
        see=pushed.see,
        hang_up=_hanger_up(request),
    )
    git = backend.Backend(asked)
    pieces: Iterable[bytes] = git
    if service == "git-receive-pack" and git.status == 200:
        pieces = PushAnswer(git, pushed, space)
    response = StreamingHttpResponse(pieces, status=git.status)
    for name, value in git.headers.items():
        response[name] = value
    response["X-Accel-Buffering"] = "no"  # a proxy in front shall not hold back progress
    return response


def _gzipped(request: HttpRequest, service: str) -> bool:
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return False
    if encoding in {"gzip", "x-gzip"} and service == "git-upload-pack":
        return True
    raise Denied(
        415, "git sends pushes as they are, and requests to fetch plain or gzipped. Check your proxy."
    )


def _protocol(request: HttpRequest) -> str:
    asked = request.headers.get("Git-Protocol", "")
    return asked if PROTOCOL.fullmatch(asked) else ""


def _reader(request: HttpRequest) -> Callable[[int], bytes]:
    """The body from the server itself: Django's stream is empty for the chunked ones that git sends."""
    source = request.META["wsgi.input"]
    length = request.META.get("CONTENT_LENGTH")
    if not length:
        chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
        return source.read if chunked else lambda size: b""
    left = int(length)

    def read(size: int) -> bytes:
        nonlocal left
        piece: bytes = source.read(min(size, left))
        if left and not piece:
            raise EOFError(f"{left} bytes of the body are missing")
        left -= len(piece)
        return piece

    return read


def _hanger_up(request: HttpRequest) -> Callable[[], None]:
    """What ends the connection for good. Where the server shows its socket, waiting is bounded too."""
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return lambda: None
    connection.settimeout(STALL_SECONDS)

    def hang_up() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    return hang_up
