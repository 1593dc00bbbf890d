"""What a search reads besides vectors: what weighs words, and the passages of what was found.

In SQL: each is asked with every search, and putting such a query together costs more than its answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from knowledge.models import prepared
from knowledge.models.statements import SQL
from knowledge.search.languages import DEFAULT, LANGUAGES
from knowledge.search.quotable import Quotable

USUAL_WORDS = 300  # of a post, where none was counted yet


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many posts there are, their languages, and how many words they have on average."""

    posts: int
    languages: tuple[str, ...]
    average: float

    ASKED: ClassVar[SQL] = (
        "SELECT language, posts, words FROM knowledge_searchlanguage ORDER BY posts DESC, language",
        (),
    )

    @classmethod
    def now(cls) -> "Corpus":
        """One query."""
        return cls.of(prepared.rows(*cls.ASKED))

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> "Corpus":
        """Of what ASKED finds."""
        known = [row for row in rows if row[0] in LANGUAGES]
        posts, words = sum(row[1] for row in known), sum(row[2] for row in known)
        languages = tuple(row[0] for row in known) or (DEFAULT,)
        return cls(max(posts, 1), languages, float(words / posts) if posts else USUAL_WORDS)


def posts_with(lexemes: Collection[str]) -> dict[str, int]:
    """In how many posts each of them is, as far as they were counted."""
    return dict(prepared.rows(*counting(lexemes))) if lexemes else {}


def counting(lexemes: Collection[str]) -> tuple[str, list[Any]]:
    """For prepared.several: what posts_with asks."""
    counted = "SELECT lexeme, max(posts) FROM knowledge_searchword WHERE lexeme = ANY(%s) GROUP BY lexeme"
    return counted, [list(lexemes)]


def words_like(keys: Sequence[int], length: int, slips: int) -> dict[str, int]:
    """Words that share a key, and in how many posts they are; about as many letters long."""
    found = """
        SELECT word, posts FROM knowledge_searchword
        WHERE keys && %s::integer[] AND length(word) BETWEEN %s AND %s
    """
    # Left to itself the planner would read the whole vocabulary.
    return dict(prepared.asked(found, [list(keys), length - slips, length + slips]))


def quotable_of(posts: Collection[int]) -> dict[int, Quotable]:
    """What can be quoted of each post."""
    stored = "SELECT entry_id, packed FROM knowledge_searchpassages WHERE entry_id = ANY(%s)"
    return {post: Quotable(packed) for post, packed in prepared.rows(stored, [list(posts)])}
