"""/mcp/: the door of assistants, by the Model Context Protocol (Streamable HTTP, each POST on its own).

It takes the API's tokens alone, never a browser's session, and turns away what pages of other sites send.
docs/assistants.md tells how it is used.
"""

from collections.abc import Mapping

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.authentication import TokenAuthentication
from api.exceptions import hint
from api.mcp_catalog import DATA, methods_of
from api.mcp_protocol import INVALID_REQUEST, ProtocolError, Server, messages_in
from api.mcp_tools import Caller
from knowledge.models import Scope, User
from portal.rates import spend

BODY_MOST = 1_000_000  # bytes
INSTRUCTIONS = (
    "Almanac holds what the analysts of this company found out: posts, and numbers (insights) that posts "
    "publish, each dated and with its source. Search before you answer from memory. Give each number with "
    f"its unit, the day it is of and its url, and say so where its status isn't current. {DATA}"
)


@csrf_exempt
@login_not_required  # the token says who it is
def serve(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _refused(405, "Send a POST: nothing is streamed here.", {"Allow": "POST"})
    if not _is_from_here(request.headers.get("Origin")):
        return _refused(403, "Pages of other sites may not call this.")
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed as error:
        return _challenge(f"{error.detail} {hint('bad-token')}", 'error="invalid_token"')
    if found is None:
        return _challenge(f"Send a token of yours. {hint('not-authenticated')}")
    user, token = found
    if not token.allows(Scope.READ):
        return _refused(403, "This token lacks the scope 'read'.")
    return _answered(request, user)


def _answered(request: HttpRequest, user: User) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return _refused(411, hint("length-required"))
    if int(length) > BODY_MOST:
        return _refused(413, f"A message may have {BODY_MOST} bytes.")
    if request.content_type != "application/json":
        return _refused(415, "Send application/json.")
    rate = spend(user, messages_in(request.body))
    if rate and rate.is_over:
        told = rate.headers() | {"Retry-After": str(rate.seconds)}
        return _refused(
            429, f"These are more messages than one person may send in a minute. {hint('throttled')}", told
        )
    server = Server("1", INSTRUCTIONS, methods_of(Caller(user, request)))
    reply = server.reply(request.body, request.headers)
    answer = _json(reply.status, reply.body)
    for name, value in (rate.headers() if rate else {}).items():
        answer[name] = value
    return answer


def _is_from_here(origin: str | None) -> bool:
    """Programs name no origin; browsers do, and a page that had its name led here names its own."""
    return origin is None or origin in settings.CSRF_TRUSTED_ORIGINS


def _challenge(words: str, more: str = "") -> HttpResponse:
    challenge = ", ".join(part for part in ('Bearer realm="Almanac"', more) if part)
    return _refused(401, words, {"WWW-Authenticate": challenge})


def _refused(status: int, words: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    answer = _json(status, ProtocolError(INVALID_REQUEST, words).answer())
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def _json(status: int, body: object) -> HttpResponse:
    content = b"" if body is None else orjson.dumps(body)
    answer = HttpResponse(content, status=status, content_type="application/json")
    patch_cache_control(answer, private=True, no_store=True)
    return answer
