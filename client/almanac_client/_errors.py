"""What can go wrong, as exceptions: each with a stable code, what happened, and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any


class AlmanacError(Exception):
    """`code` is stable, for programs; `message` says what happened and `hint` what to do, for people.

    `errors` tells of refused fields, each with `field`, `code` and `message`; `status` is 0 where
    there was no answer.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        status: int = 0,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        fields = [f"{each.get('field', '')}: {each.get('message', '')}" for each in errors]
        super().__init__(" ".join(part for part in (message, *fields, hint) if part))
        self.message, self.code, self.hint = message, code, hint
        self.status, self.errors = status, list(errors)


class NotFound(AlmanacError):
    """It isn't there, or isn't yours to see: the portal answers both alike."""


class NotAllowed(AlmanacError):
    """The token is missing, expired or lacks a scope, or you may not do that."""


class Refused(AlmanacError):
    """What was sent can't be used as it is."""


class Busy(AlmanacError):
    """The portal asks to come back later, for longer than this client waits."""


class Unreachable(AlmanacError):
    """There was no answer, or none of an Almanac portal."""


_KINDS = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 410: NotFound, 429: Busy, 503: Busy}


def error_of(status: int, body: bytes) -> AlmanacError:
    """Of an answer of 400 or more; a problem (RFC 9457) where the portal wrote it."""
    try:
        problem: Any = json.loads(body)
    except ValueError:
        problem = None
    kind = _KINDS.get(status, Refused if status < 500 else Unreachable)
    if not isinstance(problem, dict) or "detail" not in problem:
        return kind(f"The portal answered {status} {_phrase(status)}.", status=status)
    return kind(
        str(problem["detail"]),
        code=str(problem.get("code", "")),
        hint=str(problem.get("hint", "")),
        status=status,
        errors=problem.get("errors") or (),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
