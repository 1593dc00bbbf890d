"""Asking the portal: a token for its address alone; again when told to wait; and what is known is kept."""

from __future__ import annotations

import email.utils
import http.client
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from almanac_client._errors import AlmanacError, Unreachable, error_of

KEPT = 256  # answers
KEPT_BYTES = 20_000_000
AGAIN = {429, 502, 503, 504}  # answers after which it is tried again
IN_PROGRESS = "in-progress"  # and the code of one: the first try, whose answer was lost, is still being done


@dataclass(frozen=True)
class Answer:
    """Names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token isn't carried elsewhere: a redirect is an error that says where the portal is."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Http:
    """`patience` bounds the seconds that one call waits in all; `timeout` those for one answer."""

    def __init__(self, base: str, token: str, *, timeout: float, retries: int, patience: float) -> None:
        self.base, self.timeout, self.retries, self.patience = base, timeout, retries, patience
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": "almanac-client/1.0",
        }
        self._open = urllib.request.build_opener(_Stay()).open
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str) -> Answer:
        """What is at a path; what was asked before is asked for its changes alone."""
        known = self._known(path)
        headers = {"If-None-Match": known.headers["etag"]} if known else {}
        answer = self._ask("GET", path, headers, None)
        if answer.status == 304 and known:
            return known
        if answer.headers.get("etag"):
            self._keep(path, answer)
        return answer

    def send(self, method: str, path: str, body: bytes | None, kind: str, key: str = "") -> Answer:
        """Something that may be sent twice: by `key` the portal knows that it was."""
        headers = {"Content-Type": kind} if body is not None else {}
        return self._ask(method, path, headers | ({"Idempotency-Key": key} if key else {}), body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        url, until = self.base + path, time.monotonic() + self.patience
        for attempt in range(self.retries + 1):
            request = urllib.request.Request(url, body, {**self._headers, **headers}, method=method)  # noqa: S310
            try:
                answer = self._once(request)
                if answer.status < 400:
                    return answer
                error = error_of(answer.status, answer.body)
                is_again = answer.status in AGAIN or error.code == IN_PROGRESS
                wait = _wait(answer.headers.get("retry-after"), attempt) if is_again else None
            except (OSError, http.client.HTTPException) as failure:
                error, wait = (
                    Unreachable(f"No answer from {self.base}: {_words(failure)}"),
                    _wait(None, attempt),
                )
            is_late = wait is None or time.monotonic() + wait > until
            if is_late or attempt == self.retries:
                raise error
            time.sleep(wait or 0)
        raise AlmanacError("unreachable")  # the last attempt returned or raised

    def _once(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open(request, timeout=self.timeout) as got:
                return Answer(got.status, _lowered(got.headers), got.read())
        except urllib.error.HTTPError as error:
            with error:
                if error.code in {301, 302, 303, 307, 308}:
                    place = error.headers.get("Location", "")
                    raise Unreachable(
                        f"The portal is elsewhere: {place}",
                        hint="Make the client with the address that the portal has.",
                        status=error.code,
                    ) from None
                return Answer(error.code, _lowered(error.headers), error.read())

    def _known(self, path: str) -> Answer | None:
        with self._lock:
            if path in self._kept:
                self._kept.move_to_end(path)
            return self._kept.get(path)

    def _keep(self, path: str, answer: Answer) -> None:
        with self._lock:
            self._kept[path] = answer
            self._kept.move_to_end(path)
            while len(self._kept) > KEPT or sum(len(each.body) for each in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _wait(said: str | None, attempt: int) -> float:
    """Seconds, as the portal says (a number, or a moment), else longer each time."""
    if said and said.strip().isdigit():
        return float(said)
    if said:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
        except (TypeError, ValueError):
            pass
    return 0.25 * float(2**attempt) * random.uniform(0.8, 1.2)  # noqa: S311


def _words(failure: BaseException) -> str:
    reason = getattr(failure, "reason", None) or failure
    return str(reason) or type(reason).__name__
