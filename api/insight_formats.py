"""Which shape of an answer is asked for, and the answers that are not JSON."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.http.request import MediaType
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from api.etags import is_among
from portal.spreadsheets import csv_lines

CSV = "text/csv; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"
RANGES = 50  # of an Accept
# By the names that `format` has for them. Rows are JSON, and are asked for by name alone.
ACCEPTED = {
    "json": "application/json",
    "csv": "text/csv",
    "openmetrics": "application/openmetrics-text",
    "prometheus": "text/plain",
    "parquet": PARQUET,
    "arrow": ARROW,
}


def _source() -> str:
    """Another with each release that tells it otherwise."""
    told_by = [API / f"{name}.py" for name in ("insight_told", "insight_limits", "insight_formats")]
    told_by += [DOMAIN / "trust.py", *sorted((DOMAIN / "serving").glob("*.py")), DOMAIN / "watching/words.py"]
    return blake2b(b"".join(each.read_bytes() for each in told_by), digest_size=8).hexdigest()


API = Path(__file__).parent
DOMAIN = API.parent / "knowledge"
_WORDS = _source()


class FastJSON(JSONRenderer):
    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return orjson.dumps(data) if data is not None else b""
        except TypeError:  # lazy words and the like
            return super().render(data, *args, **kwargs)


def asked_format(request: Request, offered: Sequence[str]) -> str:
    """What `?format=` says, else what `Accept` likes best, else the first of `offered`."""
    if named := request.query_params.get("format"):
        if named not in offered:
            raise ValidationError({"format": [f"Send one of {', '.join(offered)}."]})
        return named
    if not request.META.get("HTTP_ACCEPT"):
        return offered[0]
    liked = {
        name: _liking(request.META["HTTP_ACCEPT"], ACCEPTED[name]) for name in offered if name in ACCEPTED
    }
    best = max(liked, key=liked.__getitem__)
    return best if liked[best][0] > 0 else offered[0]


def _liking(accept: str, content_type: str) -> tuple[float, int]:
    """How much `Accept` likes it, and how early it says so: by the range that names it most closely.

    Without a look at parameters: scrapers name versions, and browsers charsets, that we don't tell apart.
    """
    wanted = [MediaType(part) for part in accept.split(",")[:RANGES]]
    main, _, sub = content_type.partition("/")
    for names in ((main, sub), (main, "*"), ("*", "*")):
        found = [(it.quality, -at) for at, it in enumerate(wanted) if (it.main_type, it.sub_type) == names]
        if found:
            return max(found)
    return 0, 0


def download(data: str | bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def as_csv(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    return download("".join(csv_lines(rows)), CSV, f"{name}.csv")


def etag_of(*parts: object) -> str:
    """Of all that an answer is made from: rows as the database gave them, the shape, and our words."""
    made_from = repr((settings.SITE_URL, _WORDS, parts)).encode()
    return f'"{blake2b(made_from, digest_size=16).hexdigest()}"'


def not_modified(request: Request, etag: str) -> HttpResponseBase | None:
    """304 for who has it already; None for all others. To be asked before the answer is made.

    `etag` is "" where nothing stands for the answer but its bytes.
    """
    if not etag or not is_among(etag, request.headers.get("If-None-Match", "")):
        return None
    return HttpResponseNotModified(headers={"ETag": etag})


def tagged(answer: HttpResponseBase, etag: str) -> Any:
    if etag:
        answer["ETag"] = etag
    patch_vary_headers(answer, ["Accept"])
    return answer
