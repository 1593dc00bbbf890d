"""What a search starts from: what there is, who sees what of it, and how much each thing wanted counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.models import TagSynonym, User
from knowledge.models.prepared import several
from knowledge.models.search_filters import asks_columns, asks_for_out, searched_by
from knowledge.models.search_sight import Sight, ids_of, listed_for
from knowledge.models.search_words import Corpus, counting
from knowledge.models.statements import SQL
from knowledge.search import scoring
from knowledge.search.grammar import Query
from knowledge.search.tsquery import Search, Wanted


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is, and, twice, the posts that somebody may find as far as no words decide it."""

    corpus: Corpus
    posts: SQL
    sight: Sight


def ground_of(user: User, query: Query, search: Search | None = None) -> tuple[Ground, dict[str, int]]:
    """And how many posts have each lexeme of `search`. One query, two for who is in groups."""
    asked = [Corpus.ASKED, Sight.asked_of(user), *([counting(lexemes_of(search))] if search else [])]
    languages, spaces, *counted = several(*asked)
    sight = Sight.among(user, spaces, only_listed=not asks_for_out(query))
    posts = listed_for(user.pk, is_superuser=user.is_superuser)
    if asks_columns(query):
        posts = ids_of(searched_by(user, query))
        sight = sight.within(posts)
    return Ground(Corpus.of(languages), posts, sight), dict(*counted)


def with_tags_of_today(query: Query) -> Query:
    """Tags by the names that posts carry now. One query, none without tags."""
    asked = {term.value for term in query.terms if term.field == "tag"}
    if not asked:
        return query
    named = TagSynonym.objects.current(asked)
    return replace(
        query,
        clauses=tuple(
            tuple(replace(term, value=named[term.value]) if term.field == "tag" else term for term in clause)
            for clause in query.clauses
        ),
    )


def lexemes_of(search: Search) -> set[str]:
    return {lexeme for one in search.wanted for step in one.lexemes for lexeme in step}


def weights_of(
    wanted: Sequence[Wanted], posts_with: Mapping[str, int], corpus: Corpus
) -> tuple[list[float], dict[str, float]]:
    """How much each thing wanted counts, and each lexeme of it."""
    of_lexeme = {
        lexeme: scoring.rarity(posts_with.get(lexeme, 1), corpus.posts)
        for one in wanted
        for step in one.lexemes
        for lexeme in step
    }
    weights = []
    for one in wanted:
        of_steps = [max(of_lexeme[lexeme] for lexeme in step) for step in one.lexemes]
        # A phrase is rarer than each of its words, but they are not independent.
        weights.append(max(of_steps) + 0.3 * (sum(of_steps) - max(of_steps)))
    return weights, of_lexeme
