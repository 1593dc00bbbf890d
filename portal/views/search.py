"""Searching: the page, what the box in the bar offers while one types, and what browsers are told of it."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.errors import UserError
from knowledge.models import LibraryUse, Subscription
from knowledge.models.for_readers import ForReader
from knowledge.models.writers import LATELY_ABOUT
from knowledge.pipeline.demand import record_search_miss
from knowledge.pipeline.following import clean_query
from knowledge.pipeline.search_more import PUT_AWAY, facets, pageable, put_away_count, sorted_by
from knowledge.pipeline.search_suggest import Suggestions, suggest
from knowledge.pipeline.searching import Results, search
from knowledge.search.grammar import MAX_LENGTH, extended
from portal import search as words
from portal.follows import follow_of
from portal.hits import rows
from portal.requests import SignedInRequest

TAGS = SAVED = 12
_PAGE = re.compile(r"[1-9]\d{0,3}", re.ASCII)
# What the grammar can do, as one would type it.
EXAMPLES = {
    "churn retention": "posts about both; those with one of them come after",
    '"free trial"': "these words, in this order",
    "churn OR attrition": "either",
    "churn -draft": "without a word",
    "author:alice tag:pricing": "by whom, and about what",
    "code:read_parquet": "in code alone",
    "dataset:orders has:insight": "posts that use a dataset and publish a number",
    "space:growth after:90d is:approved": "of one space, lately, and reviewed",
}


_SAVED = ForReader(
    lambda reader: (
        Subscription.objects.filter(user=reader, kind="search").order_by("-pk").values_list("query")[:SAVED]
    )
)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "")[: MAX_LENGTH * 2]
    sort = request.GET.get("sort", "")
    sort = sort if sort in words.SORTS else "relevance"
    as_typed = request.GET.get("as") == "typed"
    context: dict[str, Any] = {"section": "search", "query": text.strip(), "sort": sort}
    if not text.strip():
        return render(request, "search/start.html", context | _start(request))
    try:
        results = search(user=request.user, text=text, as_typed=as_typed)
        if not results.query.clauses:
            notes = results.query.notes or ("There is no word in that to look for.",)
            return render(request, "search/start.html", context | _start(request) | {"notes": notes})
        context |= _found(request, results, sort, as_typed=as_typed)
    except UserError as error:
        return render(request, "search/start.html", context | _start(request) | {"trouble": error})
    return render(request, "search/index.html", context)


@require_safe
def suggestions(request: SignedInRequest) -> HttpResponse:
    """The options of the box in the bar."""
    text = request.GET.get("q", "")[: MAX_LENGTH * 2]
    context = {"query": text.strip(), "all": words.address(text.strip())}
    return render(request, "search/_suggestions.html", context | {"found": _suggested(request, text)})


@require_safe
def suggestions_json(request: SignedInRequest) -> JsonResponse:
    """As browsers ask for them (OpenSearch): the query, then texts, descriptions and addresses."""
    text = request.GET.get("q", "")[: MAX_LENGTH * 2]
    posts = [each.post for each in _suggested(request, text).posts]
    answer = [
        text,
        [post.title for post in posts],
        [post.space.name for post in posts],
        [f"{settings.SITE_URL}{post.get_absolute_url()}" for post in posts],
    ]
    return JsonResponse(answer, safe=False, content_type="application/x-suggestions+json")


def _suggested(request: SignedInRequest, text: str) -> Suggestions:
    try:
        return suggest(user=request.user, text=text)
    except UserError:
        return Suggestions()  # while one types, nothing is better than late


@login_not_required  # the same on every portal
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """What browsers need to offer the portal as a search engine."""
    context = {"site_url": settings.SITE_URL}
    kind = "application/opensearchdescription+xml"
    return render(request, "search/opensearch.xml", context, content_type=kind)


def _start(request: SignedInRequest) -> dict[str, Any]:
    examples = [(example, says, words.address(example)) for example, says in EXAMPLES.items()]
    return {
        "examples": examples,
        "tags": LATELY_ABOUT(request.user)[:TAGS],
        "saved": [(query, words.address(query)) for (query,) in _SAVED(request.user)],
    }


def _found(request: SignedInRequest, results: Results, sort: str, *, as_typed: bool) -> dict[str, Any]:
    user, query = request.user, results.query
    listed = sorted_by(sort, results, user=user)
    hits = pageable(listed)
    pages = max(1, -(-len(hits) // words.PAGE))
    asked = request.GET.get("page", "")
    page = min(int(asked), pages) if _PAGE.fullmatch(asked) else 1
    shown = hits[(page - 1) * words.PAGE : page * words.PAGE]
    away = put_away_count(results, user=user)
    if not results.pool and not away and page == 1:
        record_search_miss(query=query.text, by=user)

    def at(number: int) -> str:
        return words.address(query.text, sort=sort, page=number, as_typed=as_typed)

    return {
        "results": results,
        "rows": rows(listed, shown, user=user),
        "count": words.count_in_words(results),
        "chips": words.chips(query, sort),
        "follow": follow_of(user, "search", clean_query(query.text)),
        "libraries": _libraries(request, results),
        "groups": words.groups(query, facets(results), sort),
        "sorts": words.sorts(query, sort, as_typed=as_typed),
        "typed": words.address(request.GET["q"], sort=sort, as_typed=True),
        "suggested": words.address(results.suggested, sort=sort),
        "page": page,
        "before": at(page - 1) if page > 1 else "",
        "after": at(page + 1) if page < pages else "",
        "is_cut": page == pages and (results.is_capped or len(hits) < len(results.pool)),
        "ranked": len(hits),
        "away": f"{away}{' or more' if away == PUT_AWAY else ''}" if away else "",
        "is_one_away": away == 1,
        "put_away": words.address(extended(query.text, words.PUT_AWAY), sort=sort),
    }


def _libraries(request: SignedInRequest, results: Results) -> list[str]:
    """Those that are asked for and have a page."""
    asked = [term for term in results.query.terms if term.field == "library" and not term.is_not]
    if not asked:
        return []
    uses = LibraryUse.objects.visible_to(request.user)
    named = uses.filter(library__in=[term.value.lower() for term in asked])
    return list(named.order_by("library").values_list("library", flat=True).distinct())
