"""Searching: from what somebody typed to the posts they see, the best first, each with its best passage.

What is not to be found is spelled otherwise, or looked for with fewer of its words; what was done is told.
Nothing here depends on posts that the reader can't see, but the weights of words.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from time import time

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import QueryCanceled

from knowledge.errors import UserError
from knowledge.models import User
from knowledge.models.search_filters import searched_by
from knowledge.models.search_pool import Pool, exists, holding, pool_of
from knowledge.models.search_sight import Sight
from knowledge.models.search_words import posts_with, quotable_of, words_like
from knowledge.models.statements import SQL
from knowledge.pipeline.search_ground import Ground, ground_of, lexemes_of, weights_of, with_tags_of_today
from knowledge.search import scoring, spelling
from knowledge.search.grammar import Query, Term, parse
from knowledge.search.languages import DEFAULT
from knowledge.search.passages import Marker, Quote, opening
from knowledge.search.scoring import Score
from knowledge.search.tsquery import Search, all_of, any_of, understood
from knowledge.search.words import fold

FEW = 10  # found with all words, below which some of them will do
SPELLED = 4  # words of a query that are looked up, and of each so many that may have been meant
LISTED = 1_000  # posts that a query without words lists
COMMON = 2.0  # the weight of a word that one post in eight has,
SMALL = 5_000  # which are few in a portal of as many posts


@dataclass(frozen=True, slots=True)
class Hit:
    """`missing` are words of the query that the post doesn't hold."""

    post: int
    score: Score
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`hits` are the best, ranked; `pool` all that came into question, hits first and likely ones next.

    `whole` is how many hold all that was asked for. `query` is what was looked for; `spelled` is set where
    that is another than was asked, and `suggested` where another may have been meant. `wanted` are the words
    that the scores of hits speak of. `posts` and `sight` are those of its Ground.
    """

    query: Query
    posts: SQL
    sight: Sight
    hits: Sequence[Hit] = ()
    pool: Sequence[int] = ()
    whole: int = 0
    is_capped: bool = False
    spelled: bool = False
    suggested: str = ""
    wanted: Sequence[str] = ()
    marker: Marker = field(default_factory=lambda: Marker({}, (DEFAULT,)))


@contextmanager
def in_time() -> Iterator[None]:
    """UserError "search-took-long" where PostgreSQL gave up; what the transaction did before stands."""
    try:
        # In somebody's transaction only what was done in here is undone.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise UserError("search-took-long") from error
        raise


@in_time()
def search(*, user: User, text: str, today: date | None = None, as_typed: bool = False) -> Results:
    """The posts that `user` finds, by relevance; `as_typed` in no other spelling than theirs.

    Raises UserError "search-took-long".
    """
    query = parse(text, today=today or timezone.localdate())
    asked = _Finding.of(user, query)
    found = asked.with_all()
    if not query.words or found.whole > FEW:
        return found
    if found.whole > 3 or as_typed or not (other := _respelled(asked, found)):
        return asked.with_some(found)
    meant, again = other
    if not again.whole or found.whole:
        some = asked.with_some(found)
        if some.hits:
            return replace(some, suggested=meant.query.text)
    return replace(meant.with_some(again), spelled=True)


def quotes(results: Results, posts: Sequence[int]) -> dict[int, Quote]:
    """The best passage of each of some posts that were found. One query."""
    found: dict[int, Quote] = {}
    for post, quotable in quotable_of(posts).items():
        if quote := results.marker.best(quotable) or opening(quotable):
            found[post] = quote
    return found


@dataclass(slots=True)
class _Spoken:
    languages: tuple[str, ...]


_spoken = _Spoken((DEFAULT,))


class _Finding:
    """One query, looked for by one person; `posts_with` tells how many posts have each lexeme of `search`."""

    def __init__(
        self, user: User, query: Query, search: Search, ground: Ground, posts_with: Mapping[str, int]
    ) -> None:
        self.user, self.query, self.search = user, query, search
        self.corpus, self.posts, self.sight = ground.corpus, ground.posts, ground.sight
        self._ground = ground
        self.weights, self._of_lexeme = weights_of(search.wanted, posts_with, ground.corpus)

    @classmethod
    def of(cls, user: User, query: Query) -> "_Finding":
        named = with_tags_of_today(query)
        # The languages of the last search, to ask for all in one round trip: nearly always those of this one.
        search = understood(named, _spoken.languages)
        ground, known = ground_of(user, query, search)
        if ground.corpus.languages != _spoken.languages:
            _spoken.languages = ground.corpus.languages
            search = understood(named, ground.corpus.languages)
            known = posts_with(lexemes_of(search))
        return cls(user, query, search, ground, known)

    def spelled(self, text: str) -> "_Finding":
        """With other words and the same of all else."""
        query = parse(text, today=timezone.localdate())
        search = understood(with_tags_of_today(query), self.corpus.languages)
        return _Finding(self.user, query, search, self._ground, posts_with(lexemes_of(search)))

    def with_all(self) -> Results:
        """Those that hold all that was asked for."""
        search = self.search
        form = all_of([*search.clauses, *search.marks])
        if not form:
            return self._listed()
        if search.asks_code:
            return self._ranked(self._pool(titled="", head="", full=form))
        titled = all_of([*search.in_titles, *search.marks]) if search.wanted else ""
        # Of fields the head knows all, and of small words it alone.
        is_told = search.only_small_words or not search.wanted
        return self._ranked(self._pool(titled=titled, head=form, full="" if is_told else form))

    def with_some(self, found: Results) -> Results:
        """`found`, and after them those that hold some of the words, where there are several and few had all.

        Found by the rarer words: the others are in every post, and only make the order.
        """
        search = self.search
        if len(search.clauses) < 2 or search.only_small_words or found.whole > FEW:
            return found
        by_rarity = sorted(zip(self.weights, search.wanted, strict=True), key=lambda pair: -pair[0])
        is_small = self.corpus.posts < SMALL
        rare = [one.loose for weight, one in by_rarity if is_small or weight > COMMON] or [
            by_rarity[0][1].loose
        ]
        form = all_of([any_of([all_of(search.clauses), *rare]), *search.marks])
        some = self._ranked(self._pool(titled="", head=form, full=form))
        return replace(some, whole=found.whole, suggested=found.suggested)

    def is_there(self, word: str) -> bool:
        """Whether one of the posts that come into question has it."""
        wanted = understood(parse(word, today=date.min), self.corpus.languages).wanted
        return bool(wanted) and exists(self.posts, self.sight, wanted[0].anywhere)

    def _pool(self, *, titled: str, head: str, full: str) -> Pool:
        return pool_of(
            self.posts,
            self.sight,
            titled=titled,
            head=head,
            full=full,
            excluded=any_of(self.search.excluded),
            wanted=self.search.wanted,
            weights=self.weights,
        )

    def _ranked(self, pool: Pool) -> Results:
        wanted = self.search.wanted
        lengths = [len(one.term.value) for one in wanted]
        hits: list[tuple[float, float, Hit]] = []
        now = time()
        for each in pool.candidates:
            score = scoring.score(each, self.weights, lengths, average=self.corpus.average, now=now)
            missing = [one.term.value for one, there in zip(wanted, score.found, strict=True) if not there]
            hits.append((-score.total, -each.updated_at, Hit(each.post, score, tuple(missing))))
        hits.sort(key=lambda hit: hit[:2])
        return self._results([hit for _, _, hit in hits], pool.posts, is_capped=pool.is_capped)

    def _listed(self) -> Results:
        """All there is, for a query without words and marks."""
        posts = searched_by(self.user, self.query).newest_first()
        if excluded := any_of(self.search.excluded):
            posts = posts.filter(~holding(excluded))
        newest = list(posts.values_list("pk", flat=True)[:LISTED])
        nothing = Score(0.0, (), {})
        return self._results([Hit(pk, nothing, ()) for pk in newest], newest, is_capped=len(newest) == LISTED)

    def _results(self, hits: Sequence[Hit], pool: Sequence[int], *, is_capped: bool) -> Results:
        marker = Marker(self._of_lexeme, self.corpus.languages)
        in_order = tuple(dict.fromkeys([*(hit.post for hit in hits), *pool]))
        wanted = [one.term.value for one in self.search.wanted]
        return Results(
            query=self.query,
            posts=self.posts,
            sight=self.sight,
            hits=hits,
            pool=in_order,
            whole=len(in_order),
            is_capped=is_capped,
            marker=marker,
            wanted=wanted,
        )


def _respelled(asked: _Finding, found: Results) -> tuple[_Finding, Results] | None:
    """With words that the user's posts don't hold spelled as they do; None where nothing helps."""
    wanted, text = asked.search.wanted, asked.query.text
    if len(wanted) == len(list(asked.query.terms)) == 1:
        # Whether it is there was just seen, and what is found with other spellings tells whether they are.
        for other in [] if found.whole else _spellings(wanted[0].term):
            meant = asked.spelled(text.replace(wanted[0].term.value, other, 1))
            again = meant.with_all()
            if again.whole:
                return meant, again
        return None
    for one in wanted[:SPELLED]:
        if _is_spelled(one.term) and not asked.is_there(one.term.value):
            known = (other for other in _spellings(one.term) if asked.is_there(other))
            text = text.replace(one.term.value, next(known, one.term.value), 1)
    if text == asked.query.text:
        return None
    meant = asked.spelled(text)
    return meant, meant.with_all()


def _is_spelled(term: Term) -> bool:
    """Whether it is a word that may be mistyped."""
    return term.field != "code" and " " not in term.value and spelling.is_correctable(fold(term.value))


def _spellings(term: Term) -> list[str]:
    """How a word may have been meant, the likeliest first. One query."""
    if not _is_spelled(term):
        return []
    word = fold(term.value)
    near = words_like(spelling.keys(word), len(word), spelling.slips(word))
    return spelling.nearest(word, near, most=SPELLED)
