"""Every failure as application/problem+json (RFC 9457): what happened, a stable code, what to do next."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from api.links import absolute
from knowledge.errors import UserError

logger = logging.getLogger(__name__)

# The codes of the doors, with their status and what to do. The domain's are in knowledge/errors.py.
DOORS = {
    "not-authenticated": (401, "Send the header Authorization: Token <token>. Make a token at {tokens}."),
    "bad-token": (401, "Make a new one at {tokens}."),
    "missing-scope": (403, "Make a token with that scope at {tokens}."),
    "session-needed": (403, "Sign in with a browser, and make it at {tokens}."),
    "permission-denied": (403, "Ask the people who run this portal."),
    "not-found": (404, "Check the address. What you may not see is not found either."),
    "method-not-allowed": (405, "See {docs} for what this address takes."),
    "length-required": (411, "Send a Content-Length instead of a chunked body."),
    "too-large-body": (413, "Push large files with git instead."),
    "in-progress": (409, "Ask again in a moment."),
    "precondition-failed": (412, "Ask for it again, see what changed, and send its new ETag."),
    "key-reused": (422, "Use another key for another request; a UUID will do."),
    "throttled": (429, "Wait as many seconds as Retry-After says."),
    "unavailable": (503, "Ask again after as many seconds as Retry-After says."),
    "server-error": (500, "Tell the people who run this portal what you did; its log says more."),
    "unsupported-media-type": (415, "See {docs} for the content types that this address takes."),
    "invalid": (400, "“errors” tells what is wrong with which field."),
    "parse-error": (400, "Check that the body is well-formed and of the type that Content-Type names."),
    "bad-request": (400, "See {docs} for what this address takes."),
}


class LengthRequired(exceptions.APIException):
    status_code = 411
    default_detail = "A chunked body can't be read here."
    default_code = "length_required"


class BodyTooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The request is larger than this address takes."
    default_code = "too_large_body"


class Unavailable(exceptions.APIException):
    status_code = 503
    default_detail = "The portal can't answer at this moment."
    default_code = "unavailable"
    wait = 5  # seconds, for Retry-After


class BadRequest(exceptions.APIException):
    status_code = 400
    default_detail = "The request can't be read."
    default_code = "bad_request"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What nobody foresaw is None: Django logs it and answers 500."""
    if isinstance(error, UserError):
        return _answer(error.status, error.code, error.message, error.hint)
    known = _as_api_exception(error)
    if known is None:
        return None
    code = _code(known)
    answer = _answer(known.status_code, code, _detail(known), hint(code))
    if isinstance(known, exceptions.ValidationError):
        answer.data["errors"] = list(_faults(known.get_full_details(), ""))
    if wait := getattr(known, "wait", None):
        answer["Retry-After"] = str(int(wait))
    if challenge := getattr(known, "auth_header", None):
        answer["WWW-Authenticate"] = challenge
    return answer


def hint(code: str) -> str:
    """What to do about a failure of the doors; empty for a code of DRF's that says it all."""
    _, words = DOORS.get(code, (0, ""))
    return words.format(tokens=absolute("/account/tokens"), docs=absolute("/api/docs/"))


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(error, SuspiciousOperation):
        return BadRequest()
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("The database didn't answer", exc_info=error)
        return Unavailable()
    return None


def _code(error: exceptions.APIException) -> str:
    """DRF's code in our spelling; a refused field doesn't rename the whole answer."""
    codes = error.get_codes()
    return (codes if isinstance(codes, str) else error.default_code).replace("_", "-")


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "Something in the request can't be used as it is."
    if isinstance(error, exceptions.Throttled):
        return "These are more requests than one person may send in a minute."
    return str(error.detail)


def _faults(details: Any, field: str) -> Iterator[dict[str, str]]:
    """`{"space": [{"message", "code"}]}`, nested or not, as a flat list of field, code and message."""
    if isinstance(details, list):
        for item in details:
            yield from _faults(item, field)
    elif set(details) == {"message", "code"}:
        yield {
            "field": field,
            "code": str(details["code"]).replace("_", "-"),
            "message": str(details["message"]),
        }
    else:
        for name, inner in details.items():
            yield from _faults(inner, f"{field}.{name}".lstrip(".").replace("non_field_errors", ""))


def _answer(status: int, code: str, detail: str, hint: str) -> Response:
    body = {
        "type": absolute(f"/api/docs/#{code}"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
    }
    return Response(body, status=status, content_type="application/problem+json")
