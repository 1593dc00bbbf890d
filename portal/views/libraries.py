"""What published posts use: all libraries, each with its posts, and what an upgrade would touch."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from knowledge import upgrades, versions
from knowledge.models import Campaign, LibraryUse, Space
from knowledge.models.library_sum import most_used
from knowledge.models.library_use import LibraryUseQuerySet, library_address
from knowledge.permissions import can_campaign
from portal.library_pages import MostRead, ages_of, folded, libraries_of, progress_of, rows_of
from portal.paging import moment
from portal.requests import SignedInRequest
from portal.spreadsheets import csv_lines

A_PAGE = 50
UNKNOWN = 20  # posts whose version nobody knows, that the page of an upgrade lists
CAMPAIGNS = 5
SPACES = 200  # to choose from


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """All that posts use which the reader sees, what most of them use first; `?q=` is part of a name."""
    asked = _text(request, "q")
    # All at once: how many there are is told by the same query.
    ranked: list[dict[str, Any]] = [
        {"library": name, "posts": posts} for name, posts in most_used(request.user, asked.lower())
    ]
    page = Paginator(ranked, A_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    context = {
        "section": "insights",
        "libraries": libraries_of(listed, request.user, max((row["posts"] for row in listed), default=0)),
        "page": page,
        "asked": asked,
    }
    return render(request, "libraries/index.html", context)


@require_safe
def show(request: SignedInRequest, library: str) -> HttpResponse:
    """`?version=` (empty: not known) and `?space=` narrow the posts, `?before=` goes on after one."""
    narrowed = Narrowed.of(request)
    found = narrowed.by_space(_visible(request, library))
    chosen = request.GET.get("version")
    chosen = chosen.replace("\x00", "") if chosen is not None else None
    ages = ages_of(found, chosen)
    newest, older = folded(ages)
    listed = found if chosen is None else found.filter(version=chosen)
    uses = _after(listed, request.GET.get("before", ""))[: A_PAGE + 1].loaded()
    campaigns = list(
        Campaign.objects.visible_to(request.user).filter(library=library).order_by("-pk")[:CAMPAIGNS]
    )
    progress = progress_of([each.pk for each in campaigns], request.user)
    context = {
        "section": "insights",
        "library": library,
        "posts": sum(age.posts for age in ages),
        "insights": found.insights().count(),
        "ages": newest,
        "older_ages": older,
        "is_older": any(age.is_chosen for age in older),
        "chosen": chosen,
        "narrowed": narrowed,
        "spaces": _spaces(request),
        "rows": rows_of(uses[:A_PAGE]),
        "older": _mark(uses[A_PAGE - 1]) if len(uses) > A_PAGE else "",
        "is_later": moment(request.GET.get("before", "")) is not None,
        "campaigns": [(each, progress.get(each.pk)) for each in campaigns],
        "api": f"{settings.SITE_URL}/api/v1{library_address(library)}/",
    }
    return render(request, "libraries/show.html", context)


@require_safe
def impact(request: SignedInRequest, library: str) -> HttpResponse:
    """What an upgrade from the versions `?from=` ("<2") to `?to=` would touch, the most read first."""
    found, affected, narrowed = _asked(request, library)
    target = _text(request, "to")[: versions.LONGEST]
    ages = [(age, _touches(affected, target, age.version)) for age in ages_of(found)]
    concerned = found.filter(version__in=[age.version for age, is_touched in ages if is_touched])
    unknown = sum(age.posts for age, _ in ages if not age.version)
    touched = sum(age.posts for age, is_touched in ages if is_touched)
    page = Paginator(MostRead(concerned, touched), A_PAGE).get_page(request.GET.get("page"))
    apart = found.unknown().most_read(0, UNKNOWN) if page.number == 1 and unknown else ()
    asked = {"from": affected, "to": target, "space": narrowed.space}
    context = {
        "section": "insights",
        "library": library,
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "is_text": bool(affected) and not versions.is_range(affected),
        "ages": ages,
        "posts": sum(age.posts for age, _ in ages),
        "insights": concerned.insights().count(),
        "page": page,
        "rows": rows_of(page.object_list),
        "unknown": unknown,
        "apart": rows_of(apart),
        "more_apart": max(0, unknown - UNKNOWN),
        "spaces": _spaces(request),
        "may_campaign": can_campaign(request.user),
    }
    return render(request, "libraries/impact.html", context)


@require_safe
def export(request: SignedInRequest, library: str) -> StreamingHttpResponse:
    """The same as CSV, all of it: those whose version isn't known last, and said to be so."""
    found, affected, _ = _asked(request, library)
    target = _text(request, "to")[: versions.LONGEST]
    rows = upgrades.rows(found.concerned(affected, target), found.unknown())
    lines = (line for each in (csv_lines([upgrades.COLUMNS]), csv_lines(rows)) for line in each)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{library.replace('/', '-')}-impact.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _touches(affected: str, target: str, version: str) -> bool:
    return versions.concerns(affected, version) and versions.is_left(affected, target, version)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`?space=` of a list: its address."""

    space: str

    @classmethod
    def of(cls, request: SignedInRequest) -> "Narrowed":
        return cls(_text(request, "space"))

    def by_space(self, uses: LibraryUseQuerySet) -> LibraryUseQuerySet:
        return uses.filter(space__slug=self.space) if self.space else uses


def _asked(request: SignedInRequest, library: str) -> tuple[LibraryUseQuerySet, str, Narrowed]:
    """The uses of it in the space that is asked for, which versions are, and the space."""
    narrowed = Narrowed.of(request)
    affected = _text(request, "from")[: versions.LONGEST]
    return narrowed.by_space(_visible(request, library)), affected, narrowed


def _visible(request: SignedInRequest, library: str) -> LibraryUseQuerySet:
    """Or 404: what is used by no post that someone sees doesn't exist for them."""
    found = LibraryUse.objects.visible_to(request.user).of(library)
    if "\x00" in library or library != library.lower() or not found.exists():
        raise Http404
    return found


def _spaces(request: SignedInRequest) -> Any:
    return Space.objects.visible_to(request.user).order_by("name").values_list("slug", "name")[:SPACES]


def _after(uses: LibraryUseQuerySet, before: str) -> LibraryUseQuerySet:
    listed = uses.newest_first()
    if (last := moment(before)) is None:
        return listed
    at, post = last
    # The first condition alone can use the index.
    return listed.filter(Q(published_at__lt=at) | Q(post__lt=post), published_at__lte=at)


def _mark(use: LibraryUse) -> str:
    at = use.published_at
    return f"{int(at.timestamp())}.{at.microsecond:06}-{use.post_id}"


def _text(request: SignedInRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:150]
