"""What somebody typed into the search box, read the way people mean it. Nothing is an error: what can't be
understood is searched for as words, and a note says so.

    churn "free trial" -draft          all of these, the phrase, not that
    churn OR attrition                 either
    author:alice tag:pricing is:stale  fields; a value in quotation marks may hold spaces
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from knowledge.search.words import normal, tokens

MAX_LENGTH = 400
MAX_TERMS = 32
TEXT_FIELDS = ("title", "code")
MARK_FIELDS = ("author", "tag", "space", "library", "dataset", "type", "has")
COLUMN_FIELDS = ("status", "is", "before", "after", "year")
IS = ("approved", "archived", "mine", "stale", "superseded")
HAS = ("insight", "figure", "code", "comment")
FIELDS = (*TEXT_FIELDS, *MARK_FIELDS, *COLUMN_FIELDS)
_SYNONYMS = {
    "lib": "library",
    "data": "dataset",
    "table": "dataset",
    "in": "space",
    "by": "author",
    "format": "type",
}
_QUOTES = str.maketrans("“”„‟«»″", '"' * 7)
_ITEM = re.compile(
    r"""(?P<sign>[-+]*)
    (?:(?P<field>[A-Za-z]+):(?=["\S]))?
    (?:"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_NUL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Term:
    """`field` is "" for words anywhere. A phrase has its words in `value`; dates are in ISO form."""

    value: str
    field: str = ""
    is_phrase: bool = False
    is_not: bool = False
    written: str = ""

    @property
    def is_text(self) -> bool:
        return self.field in {"", *TEXT_FIELDS}


@dataclass(frozen=True, slots=True)
class Query:
    """`clauses` all have to hold; each does if one of its terms does. `notes` tell what wasn't understood."""

    text: str
    clauses: tuple[tuple[Term, ...], ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def terms(self) -> Iterator[Term]:
        return (term for clause in self.clauses for term in clause)

    @property
    def words(self) -> list[Term]:
        """What is looked for in texts."""
        return [term for term in self.terms if term.is_text and not term.is_not]

    def without(self, written: str) -> str:
        """The query without one of its terms, as text again."""
        return " ".join(
            " OR ".join(term.written for term in clause if term.written != written)
            for clause in self.clauses
            if any(term.written != written for term in clause)
        )


def extended(text: str, addition: str) -> str:
    """A query with one more condition, whatever it ends in."""
    return f"{text}{chr(34) * (text.count(chr(34)) % 2)} {addition}".strip()


def term_of(name: str, value: str) -> str:
    """A field and its value as one writes them."""
    plain = " ".join(value.translate(_QUOTES).replace('"', " ").split())
    return f"{name}:{plain}" if re.fullmatch(r"[\w./-]+", plain) else f'{name}:"{plain}"'


def parse(text: str, *, today: date) -> Query:
    """Never fails; see the module's words."""
    plain = " ".join(
        _NUL.sub(" ", normal(text.encode("utf-8", "ignore").decode())).translate(_QUOTES).split()
    )
    notes: list[str] = []
    if len(plain) > MAX_LENGTH:
        plain = plain[:MAX_LENGTH].rsplit(" ", 1)[0] if " " in plain[:MAX_LENGTH] else plain[:MAX_LENGTH]
        notes.append(f"Only the first {MAX_LENGTH} characters were looked for.")
    if plain.count('"') % 2:
        notes.append("A quotation mark has no partner: the phrase was taken to go on to the end.")
    clauses = _clauses(plain, notes, today)
    if sum(map(len, clauses)) > MAX_TERMS:
        clauses = clauses[:MAX_TERMS]
        notes.append(f"Only the first {MAX_TERMS} words were looked for.")
    if clauses and all(term.is_not for clause in clauses for term in clause):
        notes.append("This only says what to leave out, so everything else is listed.")
    return Query(plain, tuple(clauses), tuple(dict.fromkeys(notes)))


def _clauses(text: str, notes: list[str], today: date) -> list[tuple[Term, ...]]:
    clauses: list[tuple[Term, ...]] = []
    joins = negates = False
    for item in _ITEM.finditer(text):
        written, is_bare = item[0], not item["sign"] and not item["field"] and item["phrase"] is None
        if is_bare and written in {"OR", "|", "||"}:
            joins = bool(clauses)
        elif is_bare and written in {"AND", "&", "&&"}:
            continue
        elif is_bare and written == "NOT":
            negates = True
        else:
            for term in _terms(item, notes, today, negates=negates):
                if joins and _joins(clauses[-1][0], term, notes):
                    clauses[-1] = (*clauses[-1], term)
                else:
                    clauses.append((term,))
                joins = False
            negates = False
    return clauses


def _joins(first: Term, term: Term, notes: list[str]) -> bool:
    """Columns and vectors can't be asked in one."""
    fits = (first.field in COLUMN_FIELDS) == (term.field in COLUMN_FIELDS)
    if not fits:
        notes.append(f"OR can't join “{first.written}” and “{term.written}”, so both have to hold.")
    return fits and not term.is_not and not first.is_not


def _terms(item: re.Match[str], notes: list[str], today: date, *, negates: bool) -> Iterator[Term]:
    is_not = negates or item["sign"].startswith("-")
    written = f"-{item[0].lstrip('-+')}" if is_not else item[0]
    name = (item["field"] or "").lower()
    name = _SYNONYMS.get(name, name)
    value = item["phrase"] if item["phrase"] is not None else item["word"]
    value = value.strip()
    if name and name not in FIELDS:
        if not value.startswith("//"):
            notes.append(
                f"There is no field “{name}”, so its words were looked for. There are: {', '.join(FIELDS)}."
            )
        value, name = f"{item['field']} {value}", ""
    if name and name not in TEXT_FIELDS:
        if checked := _CHECKS.get(name, _as_it_is)(value, notes, today):
            yield Term(checked, name, is_not=is_not, written=written)
        return
    if any(tokens(value)):
        words = " ".join(token[0] for token in tokens(value))
        is_phrase = item["phrase"] is not None or len(words.split()) > 1
        yield Term(words, name, is_phrase, is_not, written=written)


def _as_it_is(value: str, notes: list[str], today: date) -> str:
    return " ".join(value.split()).casefold()


def _one_of(what: str, known: tuple[str, ...]) -> Callable[[str, list[str], date], str]:
    def check(value: str, notes: list[str], today: date) -> str:
        word = value.lower().replace(" ", "_").replace("-", "_")
        word = word if word in known else word.removesuffix("s")
        if word in known:
            return word
        notes.append(f"“{what}:{value}” is none of {', '.join(known)}, and was left out.")
        return ""

    return check


def _year(value: str, notes: list[str], today: date) -> str:
    if re.fullmatch(r"[1-9]\d{3}", value, re.ASCII):
        return value
    notes.append(f"“{value}” is no year such as {today.year}, and was left out.")
    return ""


def _day(value: str, notes: list[str], today: date) -> str:
    """A day, month or year, or how long ago: 2026-09-30, 2026-09, 2026, 30d, 6w, 3m, 1y, today, yesterday."""
    word = value.lower()
    if word in {"today", "yesterday"}:
        return (today - timedelta(days=word == "yesterday")).isoformat()
    if ago := re.fullmatch(r"(\d{1,4})([dwmy])", word):
        days = int(ago[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[ago[2]]
        return (today - timedelta(days=min(days, 700_000))).isoformat()
    if parts := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", word, re.ASCII):
        try:
            return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)).isoformat()
        except ValueError:
            pass
    notes.append(f"“{value}” is no date such as 2026-09-30, 2026-09, 2026 or 30d, and was left out.")
    return ""


_CHECKS: dict[str, Callable[[str, list[str], date], str]] = {
    "is": _one_of("is", IS),
    "has": _one_of("has", HAS),
    "status": _one_of(
        "status",
        ("draft", "in_review", "changes_requested", "published", "needs_attention", "superseded", "archived"),
    ),
    "before": _day,
    "after": _day,
    "year": _year,
}
