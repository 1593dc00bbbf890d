"""Queries as PostgreSQL's tsquery, written out, for the vectors of vector.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.search.grammar import MARK_FIELDS, Query, Term
from knowledge.search.languages import LANGUAGES
from knowledge.search.vector import pairs, quoted
from knowledge.search.words import Step, asked, fold, tokens

# The words of titles stand in vectors once more under this sign, where the index finds them alone.
TITLE_SIGN = "~"
_PLACES = {"": "", "title": "A", "code": "D"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is looked for in texts, a word or a phrase.

    `lexemes` are what its words are indexed as, by their place; `anywhere` is its tsquery, `in_title` that
    among the words of titles, `loose` that of any of its words.
    """

    term: Term
    lexemes: tuple[Step, ...]
    anywhere: str
    in_title: str
    loose: str


@dataclass(frozen=True, slots=True)
class Search:
    """What PostgreSQL is asked. `wanted` are the positive words of the query, which make the order.

    `clauses` and `marks` (values of fields) all have to match, `excluded` must not: tsqueries. Words so small
    that only the head vector knows them are looked for where there are no others.
    """

    query: Query
    wanted: tuple[Wanted, ...]
    clauses: tuple[str, ...]
    marks: tuple[str, ...]
    excluded: tuple[str, ...]
    only_small_words: bool = False

    @property
    def asks_code(self) -> bool:
        """Of which the head vector knows nothing."""
        return any(one.term.field == "code" for one in self.wanted)

    @property
    def in_titles(self) -> list[str]:
        """What titles have to hold that name all that is wanted, and whatever else their posts have to."""
        words = [one.in_title for one in self.wanted]
        # Only of single words a title tells all.
        is_told = all(len(one.lexemes) == 1 for one in self.wanted)
        return words if is_told else [*words, *self.clauses]


def understood(query: Query, languages: Sequence[str]) -> Search:
    """`languages` are those of the posts there are: a word is looked for as each of them would index it."""
    small = frozenset.intersection(*(LANGUAGES[language] for language in languages))
    only_small = bool(query.words) and not any(_is_big(term, small) for term in query.words)
    skipped = frozenset() if only_small else small
    clauses: list[str] = []
    marks: list[str] = []
    excluded: list[str] = []
    wanted: dict[Term, Wanted] = {}
    for clause in query.clauses:
        forms = []
        for term in clause:
            if _is_mark(term):
                forms.append(quoted(mark(term.field, term.value)))
            elif term.is_text and (_is_big(term, skipped) or term.is_not):
                found = _wanted(term, languages, frozenset() if term.is_not else skipped)
                forms.append(found.anywhere)
                if not term.is_not:
                    wanted[term] = found
        if not forms or len(forms) < len(clause):
            continue  # a column's, or beside a word so small that every post has it
        whole = any_of(forms)
        (excluded if clause[0].is_not else marks if all(map(_is_mark, clause)) else clauses).append(whole)
    return Search(query, tuple(wanted.values()), tuple(clauses), tuple(marks), tuple(excluded), only_small)


def any_of(forms: Iterable[str]) -> str:
    return _joined(" | ", forms)


def all_of(forms: Iterable[str]) -> str:
    return _joined(" & ", forms)


def mark(field: str, value: str) -> str:
    """The lexeme that stands for a field's value."""
    return f"{field}:{' '.join(fold(value).split())}"[:200]


def _joined(sign: str, forms: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(form for form in forms if form))
    return distinct[0] if len(distinct) == 1 else f"({sign.join(distinct)})" if distinct else ""


def _is_mark(term: Term) -> bool:
    return term.field in MARK_FIELDS


def _is_big(term: Term, small: frozenset[str]) -> bool:
    return any(fold(word) not in small for word in term.value.split())


def _wanted(term: Term, languages: Sequence[str], skipped: frozenset[str]) -> Wanted:
    spoken = [_Spoken.of(term, language, skipped) for language in languages]
    places = max(len(each.steps) for each in spoken)
    lexemes = tuple(
        tuple(
            dict.fromkeys(lexeme for each in spoken if at < len(each.steps) for lexeme in each.steps[at][1])
        )
        for at in range(places)
    )
    whole = spoken[0].whole
    suffix = f":{_PLACES[term.field]}" if _PLACES[term.field] else ""
    anywhere = any_of([quoted(whole) + suffix if whole else "", *(each.near(suffix) for each in spoken)])
    in_title = all_of(any_of(quoted(TITLE_SIGN + lexeme) for lexeme in each) for each in lexemes)
    loose = any_of([quoted(whole) if whole else "", *(quoted(lexeme) for each in lexemes for lexeme in each)])
    if term.field == "title" and len(lexemes) == 1:
        anywhere = in_title
    return Wanted(term, lexemes, anywhere, in_title, loose)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A term in one language: its words' places in it and their lexemes, and a name as a whole."""

    whole: str
    steps: tuple[tuple[int, Step], ...]

    @classmethod
    def of(cls, term: Term, language: str, skipped: frozenset[str]) -> "_Spoken":
        found: list[tuple[int, Step]] = []
        whole, at = "", 0
        names = [token[0] for token in tokens(term.value)]
        for name in names:
            whole, parts = asked(name, language)
            if fold(name) not in skipped:
                found += enumerate(parts, at)
            at += len(parts)
        return cls(whole if len(names) == 1 else "", tuple(found))

    def near(self, suffix: str) -> str:
        """One word, or several at their distances from each other; the index finds them by their pairs."""
        text = ""
        for number, (at, step) in enumerate(self.steps):
            text += f" <{at - self.steps[number - 1][0]}> " if number else ""
            text += any_of(quoted(lexeme) + suffix for lexeme in step)
        beside = [
            any_of(map(quoted, sorted(pairs(step, self.steps[number][1]))))
            for number, (at, step) in enumerate(self.steps[:-1], 1)
            if self.steps[number][0] == at + 1
        ]
        return all_of([*beside, f"({text})"]) if len(self.steps) > 1 else text
