"""The page of a search in words and links: its terms as chips, counts, facets, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.urls import reverse

from knowledge.models.search_facets import Facet
from knowledge.pipeline.searching import Results
from knowledge.search.grammar import Query, Term, extended, term_of
from knowledge.search.words import fold

PAGE = 10
# The first is what it is when nothing is said; the others are of knowledge.models.search_order.ORDERS.
SORTS = {"relevance": "Best match", "new": "Newest", "read": "Most read"}
FACETS = {
    "space": "Space",
    "tag": "Tag",
    "author": "Author",
    "type": "Kind of document",
    "status": "State",
    "year": "Year",
}
PUT_AWAY = "is:archived OR is:superseded"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    is_on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    links: Sequence[Link]


def address(text: str, *, sort: str = "", page: int = 1, as_typed: bool = False) -> str:
    asked = {
        "q": text,
        "sort": "" if sort == "relevance" else sort,
        "page": "" if page == 1 else str(page),
        "as": "typed" if as_typed else "",
    }
    return f"{_path()}?{urlencode({name: value for name, value in asked.items() if value})}"


@cache
def _path() -> str:
    return reverse("search")


def chips(query: Query, sort: str) -> list[Link]:
    """Each term, and the search without it."""
    return [Link(_said(term), address(query.without(term.written), sort=sort)) for term in query.terms]


def _said(term: Term) -> str:
    value = f"“{term.value}”" if term.is_phrase else term.value
    return f"{'not ' * term.is_not}{f'{term.field}: ' if term.field else ''}{value}"


def groups(query: Query, facets: Sequence[Facet], sort: str) -> list[Group]:
    """What is chosen, and what would tell the posts apart."""
    made = []
    for field, label in FACETS.items():
        links = [_link(query, facet, sort) for facet in facets if facet.field == field]
        if len(links) > 1 or any(link.is_on for link in links):
            made.append(Group(label, links))
    return made


def _link(query: Query, facet: Facet, sort: str) -> Link:
    chosen = next((term for term in query.terms if _names(term, facet)), None)
    text = (
        query.without(chosen.written) if chosen else extended(query.text, term_of(facet.field, facet.value))
    )
    return Link(facet.label, address(text, sort=sort), is_on=chosen is not None, count=facet.posts)


def _names(term: Term, facet: Facet) -> bool:
    said = fold(term.value)
    return term.field == facet.field and not term.is_not and said in {fold(facet.value), fold(facet.label)}


def sorts(query: Query, chosen: str, *, as_typed: bool) -> list[Link]:
    return [
        Link(label, address(query.text, sort=sort, as_typed=as_typed), is_on=sort == chosen)
        for sort, label in SORTS.items()
    ]


def count_in_words(results: Results) -> str:
    number = len(results.pool)
    if results.is_capped:
        return f"More than {number:,} posts"
    if results.whole < number:
        with_all = f"{results.whole:,}" if results.whole else "None"
        return f"{with_all} with all words, {number - results.whole:,} with some"
    return f"{number:,} post{'s' * (number != 1)}" if number else "No post"
