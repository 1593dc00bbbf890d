"""Asking again without doing again (`Idempotency-Key`), and changing only what was seen (`If-Match`)."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.utils.encoding import force_bytes
from psycopg import errors
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.etags import etag_of, is_among
from knowledge.models import KeptAnswer, User

Handler = Callable[..., Response]
KEY = re.compile(r"[\x21-\x7e]{1,200}")
SECRETS = {"secret", "standard_secret"}  # fields of answers that are kept nowhere
TRIES, PAUSE = 50, 0.1  # seconds; of who waits for another to be through with the same


class InProgress(APIException):
    status_code = 409
    default_detail = "A request with this Idempotency-Key is still being done."
    default_code = "in_progress"
    wait = 1  # seconds, for Retry-After


class KeyReused(APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was sent before, with something else."
    default_code = "key_reused"


class PreconditionFailed(APIException):
    status_code = 412
    default_detail = "It is not, or no longer, what If-Match names."
    default_code = "precondition_failed"


def once(handler: Handler, key: str, caller: User) -> Handler:
    """The handler, or what it answered to the same before.

    What it does and its answer are committed together: a process that is killed leaves neither, and a refusal
    isn't kept, so that a mended request may go under the same key. Secrets that it answers are said once.
    """
    if not KEY.fullmatch(key):
        raise ValidationError({"Idempotency-Key": ["Send 1 to 200 visible ASCII letters, such as a UUID."]})

    def wrapped(request: Request, *args: Any, **kwargs: Any) -> Response:
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            if not _is_alone(f"{caller.pk}:{key}", 1):
                raise InProgress()
            if kept := KeptAnswer.objects.current().filter(user=caller, key=key).first():
                if kept.fingerprint != fingerprint:
                    raise KeyReused()
                return _again(kept)
            answer = handler(request, *args, **kwargs)
            KeptAnswer.objects.keep(
                user=caller,
                key=key,
                fingerprint=fingerprint,
                status=answer.status_code,
                location=answer.get("Location", ""),
                body=JSONRenderer().render(_without_secrets(answer.data)).decode(),
            )
        return answer

    return wrapped


def unless_changed(handler: Handler, show: Handler, etags: str) -> Handler:
    """The handler, if what `show` answers for the same address still has one of `etags`.

    Both see the database as it is at one moment, and whatever is written since, by whichever door, makes
    PostgreSQL refuse to write over it. Then it is looked at once more: what has that ETag still is changed.
    """

    def attempt(request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            _see_one_moment()
            if not _is_alone(_place(request), 2):
                raise _Busy()
            shown = show(request, *args, **kwargs)
            # As it would be sent, byte for byte.
            body = request.accepted_renderer.render(shown.data, request.accepted_media_type, {})
            if not is_among(shown.get("ETag") or etag_of(force_bytes(body)), etags, strongly=True):
                raise PreconditionFailed()
            return handler(request, *args, **kwargs)

    def wrapped(request: Request, *args: Any, **kwargs: Any) -> Response:
        for _ in range(TRIES):
            try:
                return attempt(request, *args, **kwargs)
            except _Busy:
                time.sleep(PAUSE)
            except OperationalError as error:
                if not isinstance(error.__cause__, errors.SerializationFailure):
                    raise
        raise PreconditionFailed("Others are changing it at this moment.")

    return wrapped


def refuse_post() -> NoReturn:
    """Rather than do what was to be done under a condition only."""
    words = "It is for PUT, PATCH and DELETE. What a POST makes is made once under an Idempotency-Key."
    raise ValidationError({"If-Match": [words]})


def _again(kept: KeptAnswer) -> Response:
    headers = {"Idempotency-Replayed": "true"} | ({"Location": kept.location} if kept.location else {})
    return Response(json.loads(kept.body) if kept.body else None, kept.status, headers=headers)


def _fingerprint(request: Request) -> str:
    """Of where it goes and what it brings, whatever the spelling of the JSON or the boundary of the form."""
    data = request.data
    if hasattr(data, "lists"):
        data = [(name, [_spelled(value) for value in values]) for name, values in sorted(data.lists())]
    spelled = json.dumps([request.get_full_path(), data], sort_keys=True, default=str)
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()


def _spelled(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    found = hashlib.sha256()
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return [value.name, found.hexdigest()]


def _without_secrets(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {name: None if name in SECRETS else value for name, value in data.items()}


class _Busy(Exception):
    """Somebody else is changing the same, under a condition too."""


def _see_one_moment() -> None:
    """Of the transaction that begins here, unless it is part of another: it may only be said at first."""
    if len(connection.atomic_blocks) == 1:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _place(request: Request) -> str:
    """However the address is spelled."""
    found = request.resolver_match
    return f"{found.view_name} {sorted(found.kwargs.items())}" if found else request.path


def _is_alone(name: str, kind: int) -> bool:
    """Whether nobody else is at it; it ends with the transaction, also when the process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [name, kind])
        return bool(cursor.fetchone()[0])
