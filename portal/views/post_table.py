"""All posts as a table, to be sorted, narrowed and taken along."""

from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from knowledge.models import Space
from knowledge.models.post_orders import ORDERS
from portal.post_table import STATUSES, TYPES, Wanted, csv_of, narrowed, page
from portal.requests import SignedInRequest

SPACES = 200  # to choose from


@dataclass(frozen=True, slots=True)
class Head:
    """A column that sorts. `sort` and `dir` are what its link says, `aria` how it sorts the table now."""

    sort: str
    words: str
    dir: str
    aria: str = ""


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """`?q=`, `?space=`, `?tag=` (several mean all of them), `?author=`, `?status=` and `?type=` narrow it.

    `?sort=` and `?dir=` order it, `?after=` goes on after a row.
    """
    wanted = Wanted.of(request.GET)
    context = {
        "section": "posts",
        "wanted": wanted,
        "rows": page(narrowed(request.user, wanted), wanted),
        "heads": {name: _head(name, wanted) for name in ORDERS},
        "spaces": Space.objects.visible_to(request.user)[:SPACES],
        "statuses": STATUSES,
        "types": TYPES,
        "query": _query(request),
    }
    return render(request, "posts/table.html", context)


@require_safe
def export(request: SignedInRequest) -> StreamingHttpResponse:
    """All of it as CSV, narrowed and sorted as the page is; a row at a time, however long it is."""
    wanted = Wanted.of(request.GET)
    lines = csv_of(narrowed(request.user, wanted), wanted)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "posts.csv") or ""
    return response


def _head(name: str, wanted: Wanted) -> Head:
    words = {"published": "Published", "updated": "Updated", "title": "Title", "popular": "Read"}[name]
    if wanted.order != name:
        return Head(name, words, "desc" if ORDERS[name][1] else "asc")
    other = "asc" if wanted.descending else "desc"
    return Head(name, words, other, "descending" if wanted.descending else "ascending")


def _query(request: SignedInRequest) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    return f"?{query.urlencode()}" if query else ""
