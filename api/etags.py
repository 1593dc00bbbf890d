"""Strong ETags, 304, br and gzip: an answer tells what it is, and comes only if it is news."""

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

View = Callable[..., HttpResponseBase]
WORTH_IT = 1_000  # bytes; below, nothing is saved
TEXTS = (
    "application/json",
    "application/vnd.oai.openapi",
    "text/",
    "application/openmetrics-text",
    "image/svg+xml",
)
# The preferred first. Always the same bytes, as the ETag says.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}
QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
KEPT = (
    *("Cache-Control", "ETag", "Vary", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    *("Deprecation", "Link"),
)
# Each encoding of a body is a representation with an ETag of its own; both mean the same state.
MARK = re.compile(rf'-(?:{"|".join(CODINGS)})"\Z')


def etag_of(body: bytes) -> str:
    return quote_etag(hashlib.md5(body, usedforsecurity=False).hexdigest())


def is_among(etag: str, header: str, *, strongly: bool = False) -> bool:
    """Whether `If-None-Match` names it, or everything; `If-Match` does so `strongly`, by no weak ETag."""
    named = (each if strongly else each.removeprefix("W/") for each in parse_etags(header))
    return not {"*", etag}.isdisjoint(MARK.sub('"', each) for each in named)


def coding_of(accepted: str) -> str:
    """Which of CODINGS an `Accept-Encoding` wants most; "" for none, or the plain bytes more."""
    asked: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, more = part.partition(";")
        asked[name.strip()] = _quality(more)
    wanted = {coding: asked.get(coding, asked.get("*", 0.0)) for coding in CODINGS}
    best = max(wanted, key=lambda coding: wanted[coding])
    return best if wanted[best] > 0 and wanted[best] >= asked.get("identity", 0.0) else ""


def _quality(said: str) -> float:
    found = QUALITY.fullmatch(said)
    return float(found[1]) if found else 0.0 if said.strip() else 1.0


def revalidated(view: View, *, is_kept: bool = False) -> View:
    """The view's 200 with an ETag made of its bytes, or with the one it gave itself; or 304; or zipped.

    `is_kept`: it answers the same few bytes all the time, so that what they become is kept.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: Any = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or answer.status_code != 200 or answer.streaming:
            return answer  # type: ignore[no-any-return]
        if hasattr(answer, "add_post_render_callback"):
            answer.add_post_render_callback(partial(_told, request, is_kept=is_kept))
            return answer  # type: ignore[no-any-return]
        return _told(request, answer, is_kept=is_kept)

    return wrapper


def _told(request: HttpRequest, answer: HttpResponse, *, is_kept: bool) -> HttpResponse:
    if "ETag" not in answer:
        answer["ETag"] = etag_of(answer.content)
    etag = answer["ETag"]
    patch_vary_headers(answer, ["Accept-Encoding"])
    coding = coding_of(request.headers.get("Accept-Encoding", "")) if _is_worth_zipping(answer) else ""
    if coding:
        answer["ETag"] = f'{etag[:-1]}-{coding}"'
    if is_among(etag, request.headers.get("If-None-Match", "")):
        return _unchanged(answer)
    if coding:
        # What holds a secret is never zipped: it answers a POST.
        answer.content = _kept(coding, answer.content) if is_kept else CODINGS[coding](answer.content)
        answer["Content-Encoding"] = coding
        answer["Content-Length"] = str(len(answer.content))
    return answer


@lru_cache(maxsize=8)
def _kept(coding: str, body: bytes) -> bytes:
    return CODINGS[coding](body)


def _unchanged(answer: HttpResponse) -> HttpResponse:
    headers = {name: answer[name] for name in KEPT if name in answer}
    return HttpResponseNotModified(headers=headers)


def _is_worth_zipping(answer: HttpResponse) -> bool:
    if len(answer.content) < WORTH_IT or answer.has_header("Content-Encoding"):
        return False
    return answer.get("Content-Type", "").startswith(TEXTS)
