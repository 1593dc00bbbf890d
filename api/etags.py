"""Strong ETags, 304 and gzip: an answer tells what it is, and comes only if it is news."""

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

View = Callable[..., HttpResponseBase]
WORTH_IT = 1_000  # bytes; below, gzip saves nothing
TEXTS = ("application/json", "text/", "application/openmetrics-text", "image/svg+xml")
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))")
KEPT = (
    *("Cache-Control", "ETag", "Vary", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    *("Deprecation", "Link"),
)
# Each encoding of a body is a representation with an ETag of its own; both mean the same state.
MARK = '-gzip"'


def etag_of(body: bytes) -> str:
    return quote_etag(hashlib.md5(body, usedforsecurity=False).hexdigest())


def is_among(etag: str, header: str) -> bool:
    """Whether `If-Match` or `If-None-Match` names it, or everything."""
    named = {each.removeprefix("W/").replace(MARK, '"') for each in parse_etags(header)}
    return bool(named & {"*", etag})


def revalidated(view: View) -> View:
    """The view's 200 with an ETag made of its bytes, or with the one it gave itself; or 304; or zipped."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: Any = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or answer.status_code != 200 or answer.streaming:
            return answer  # type: ignore[no-any-return]
        if hasattr(answer, "add_post_render_callback"):
            answer.add_post_render_callback(partial(_told, request))
            return answer  # type: ignore[no-any-return]
        return _told(request, answer)

    return wrapper


def _told(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if "ETag" not in answer:
        answer["ETag"] = etag_of(answer.content)
    etag = answer["ETag"]
    patch_vary_headers(answer, ["Accept-Encoding"])
    zips = _is_worth_zipping(answer) and bool(GZIP.search(request.headers.get("Accept-Encoding", "")))
    if zips:
        answer["ETag"] = etag.removesuffix('"') + MARK
    if is_among(etag, request.headers.get("If-None-Match", "")):
        return _unchanged(answer)
    if zips:
        # Always the same bytes, as the ETag says. What holds a secret is never zipped: it answers a POST.
        answer.content = gzip.compress(answer.content, 5, mtime=0)
        answer["Content-Encoding"] = "gzip"
        answer["Content-Length"] = str(len(answer.content))
    return answer


def _unchanged(answer: HttpResponse) -> HttpResponse:
    headers = {name: answer[name] for name in KEPT if name in answer}
    return HttpResponseNotModified(headers=headers)


def _is_worth_zipping(answer: HttpResponse) -> bool:
    if len(answer.content) < WORTH_IT or answer.has_header("Content-Encoding"):
        return False
    return answer.get("Content-Type", "").startswith(TEXTS)
