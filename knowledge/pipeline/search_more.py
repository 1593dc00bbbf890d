"""Around a search: its matches in another order, what the posts have in common, what is put away, and whether
given posts match.
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.models import SearchBody, SearchHead, User
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.search_facets import Facet, facets_of
from knowledge.models.search_filters import (
    asks_columns,
    asks_for_out,
    narrowed,
    put_away,
    put_away_for,
    searched_by,
)
from knowledge.models.search_order import ORDERS, counted, ordered
from knowledge.models.search_pool import holding
from knowledge.models.search_sight import Sight, ids_of
from knowledge.models.search_words import Corpus
from knowledge.pipeline.searching import Hit, Results, in_time
from knowledge.search.grammar import Query
from knowledge.search.scoring import Score
from knowledge.search.tsquery import Search, all_of, any_of, understood

SORTED = 200  # by another order than relevance
PUT_AWAY = 100  # that are counted
_UNRANKED = Score(0.0, (), {})


def pageable(results: Results) -> Sequence[Hit]:
    """All that can be paged through: those that were ranked, then the others that came into question."""
    return [*results.hits, *(Hit(pk, _UNRANKED, ()) for pk in results.pool[len(results.hits) :])]


@in_time()
def sorted_by(sort: str, results: Results, *, user: User) -> Results:
    """The same results with the first SORTED in one of ORDERS as hits, beyond those that were ranked too.

    By relevance they are as they are; where only fields are asked for, none is more relevant than another,
    and the newest come first.
    """
    search = understood(results.query, results.marker.languages)
    if sort not in ORDERS and search.marks and not search.wanted:
        sort = "new"
    if sort not in ORDERS or not results.pool:
        return results
    form = _form(search)
    if results.is_capped and form and results.whole == len(results.pool):
        excluded = any_of(search.excluded)
        sight = results.sight.without(excluded) if excluded else results.sight
        found = ordered(
            results.posts,
            sight,
            kind=_kind(search),
            form=form,
            sort=sort,
            limit=SORTED,
            only_listed=not asks_for_out(results.query),
        )
    else:
        # Of those with some of the words the ranked ones: of others nobody knows which they lack.
        among = results.pool if results.whole == len(results.pool) else [hit.post for hit in results.hits]
        listed = searched_by(user, results.query).filter(pk__in=among).order_by(*ORDERS[sort][1])
        found = list(listed.values_list("pk", flat=True)[:SORTED])
    known = {hit.post: hit for hit in results.hits}
    return replace(results, hits=[known.get(pk) or Hit(pk, _UNRANKED, ()) for pk in found], pool=found)


@in_time()
def facets(results: Results) -> list[Facet]:
    return facets_of(results.posts, results.pool)


@in_time()
def put_away_count(results: Results, *, user: User) -> int:
    """How many archived and superseded posts match too, up to PUT_AWAY; 0 where results hold them."""
    search = understood(results.query, results.marker.languages)
    form = _form(search)
    if not form or asks_for_out(results.query):
        return 0
    sight = Sight.of(user, only_listed=False)
    away = Sight(f"NOT vectors.is_listed AND {sight.sql}", sight.params)
    away = away.without(any_of(search.excluded)) if search.excluded else away
    put = (
        ids_of(put_away(user, results.query))
        if asks_columns(results.query)
        else put_away_for(user.pk, is_superuser=user.is_superuser)
    )
    return counted(put, away, kind=_kind(search), form=form, limit=PUT_AWAY)


def _form(search: Search) -> str:
    return all_of([*search.clauses, *search.marks])


def _kind(search: Search) -> str:
    return "head" if search.only_small_words else "body"


def matching(query: Query, posts: PostQuerySet, *, user: User, corpus: Corpus) -> set[int]:
    """The ids of those of `posts` that `query` of `user` finds, whoever sees them."""
    among = narrowed(posts, query, user)
    search = understood(query, corpus.languages)
    if search.excluded:
        among = among.filter(~holding(any_of(search.excluded)))
    form = _form(search)
    if not form:
        return set(among.values_list("pk", flat=True))
    vectors = SearchHead.objects if search.only_small_words else SearchBody.objects
    found = vectors.filter(post__in=among.order_by().values("pk"), vector__matches=form)
    return set(found.values_list("post_id", flat=True))
