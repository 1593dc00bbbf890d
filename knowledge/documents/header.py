"""Headers: finding them, and reading what they say."""

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from knowledge.documents.answers import answers_in
from knowledge.documents.decoding import one_line, storable
from knowledge.documents.document import JSON, Header
from knowledge.documents.faults import Fault, fault
from knowledge.documents.yaml_header import load_mapping
from knowledge.observing import hours_of

_OPENING = re.compile(r"\s*^---[ \t]*\n", re.MULTILINE)
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_KEY_LINE = re.compile(r"^[\w-]+[ \t]*:(?:\s|$)", re.MULTILINE)
# A setting to be made out in a broken header too: hiding too much can be mended, showing too much can't.
_SAYS_PRIVATE = re.compile(
    r"^[ \t]*[\"']?private[\"']?[ \t]*:\s*+[\"']?+(?!(?:false|no|off|0|n|f)\b)\S",
    re.MULTILINE | re.IGNORECASE,
)
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0", "n", "f", ""}
_UNCLOSED_LOOKED_AT = 4_000
# Computed when the document is knitted: dates that a source does not know.
_COMPUTED = re.compile(r"`r\b|(?:today|now|last-modified)$")
_WRITTEN_OUT = ("%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%m/%d/%Y")
_YEARS = range(2, 9999)  # in any time zone of the portal the others may be no date at all
_SPAN = re.compile(
    r"(?:every\s+)?(?P<number>\d{1,4})?\s*(?P<unit>dai|day|week|month|quarter|year)?(?:s|ly)?", re.ASCII
)
_DAYS = {"day": 1, "dai": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_MOST_DAYS = 3_650
_MAX_TEXT = 2_000
_MAX_ITEMS = 50
# Quarto and plain Jupyter users write these instead.
_SYNONYMS = {
    "authors": ("author",),
    "tags": ("categories", "keywords"),
    "tldr": ("tl;dr", "description", "abstract"),
    "created_at": ("date",),
    "updated_at": ("date-modified", "last_updated"),
    "thumbnail": ("image",),
    "language": ("lang",),
}


def split_header(text: str, *, cell: int | None = None) -> tuple[Header, str, list[Fault]]:
    """Header, the text after it, and what is wrong with the header; line numbers are those of `text`."""
    opening = _OPENING.match(text)
    if not opening:
        return Header(), text, []
    first_line = text.count("\n", 0, opening.end()) + 1
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        return _unclosed(text, opening.end(), first_line, cell)
    block = text[opening.end() : closing.start()]
    mapping, faults = load_mapping(block, first_line=first_line, cell=cell)
    if not mapping and not faults and block.strip() == "":
        return Header(present=True), text[closing.end() :], []
    hides = bool(faults and _SAYS_PRIVATE.search(block))
    if faults and not hides and not _KEY_LINE.search(block):
        return Header(), text, []  # a rule, some prose, a rule: no header was meant
    if faults:
        mapping = _salvage(block) | ({"private": True} if hides else {})
    header, value_faults = _Reading(mapping, block, first_line, cell).header()
    return header, text[closing.end() :], faults + value_faults


def header_of(raw: Mapping[str, JSON]) -> Header:
    """The header that `raw`, a Header.raw kept as JSON, was taken from; an empty one is taken for none."""
    return _Reading(raw, "", 1, None).header()[0] if raw else Header()


def _unclosed(text: str, start: int, first_line: int, cell: int | None) -> tuple[Header, str, list[Fault]]:
    """A rule at the top of a text is no header, unless settings follow it at once."""
    if not _KEY_LINE.match(text, start):
        return Header(), text, []
    hides = bool(_SAYS_PRIVATE.search(text[start : start + _UNCLOSED_LOOKED_AT]))
    header = Header(private=True, raw={"private": True}) if hides else Header()
    return header, text, [fault("unclosed-header", first_line - 1, cell)]


def _salvage(block: str) -> dict[Any, Any]:
    """What can be read of a broken header, setting by setting, so that one typing error costs one setting."""
    starts = [found.start() for found in _KEY_LINE.finditer(block)][:_MAX_ITEMS]
    mapping: dict[Any, Any] = {}
    for start, end in pairwise([*starts, len(block)]):
        mapping |= load_mapping(block[start:end], first_line=1, cell=None)[0]
    return mapping


class _Reading:
    """One header being read: values taken by name, and a fault for each that is not what it should be."""

    def __init__(self, mapping: Mapping[Any, Any], block: str, first_line: int, cell: int | None) -> None:
        self.values = {str(key).strip().lower(): value for key, value in mapping.items()}
        self.raw = {storable(str(key))[:200]: as_json(value) for key, value in mapping.items()}
        self.block, self.first_line, self.cell = block, first_line, cell
        self.faults: list[Fault] = []

    def header(self) -> tuple[Header, list[Fault]]:
        read = Header(
            title=self.text("title")[:500],
            subtitle=self.text("subtitle")[:500],
            tldr=self.text("tldr"),
            authors=self.names("authors"),
            tags=self.names("tags"),
            reviewers=self.names("reviewers"),
            allowed_groups=self.names("allowed_groups"),
            created_at=self.moment("created_at"),
            updated_at=self.moment("updated_at"),
            path=self.text("path")[:1000],
            thumbnail=self.text("thumbnail"),
            owner=self.text("owner")[:200],
            review_by=self.moment("review_by"),
            refresh_days=self.days("refresh_every"),
            supersedes=self.names("supersedes", most=1_000),
            datasets=self.datasets(),
            answers=tuple(answers_in(self.raw)),
            language=self.text("language")[:40],
            private=self.private(),
            present=True,
            raw=self.raw,
        )
        return read, self.faults

    def value(self, name: str) -> Any:
        for key in (name, *_SYNONYMS.get(name, ())):
            if self.values.get(key) is not None:
                return self.values[key]
        return None

    def text(self, name: str) -> str:
        value = self.value(name)
        if value is None:
            return ""
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = " ".join(value)
        if isinstance(value, dict | list):
            self.complain(name, "plain text")
            return ""
        return one_line(str(value))[:_MAX_TEXT]

    def names(self, name: str, *, most: int = 100) -> tuple[str, ...]:
        value = self.value(name)
        if value is None:
            return ()
        if isinstance(value, dict):
            value = [value]
        parts = value if isinstance(value, list) else str(value).split(",")
        named = [part.get("name") if isinstance(part, dict) else part for part in parts]
        if any(part is None or isinstance(part, dict | list) for part in named):
            self.complain(name, "a list of names")
        words = [one_line(str(part))[:most] for part in named if isinstance(part, str | int | float | date)]
        return tuple(dict.fromkeys(word for word in words if word))[:_MAX_ITEMS]

    def datasets(self) -> tuple[str, ...]:
        """Their names. How often each is to be checked is in the raw header: pipeline/resting.py reads it."""
        value = self.value("datasets")
        for each in [value] if isinstance(value, dict) else value if isinstance(value, list) else []:
            every = each.get("every") if isinstance(each, dict) else None
            if every is not None and hours_of(every) is None:
                place = rf"\bevery[\"']?\s*:\s*[\"']?{re.escape(str(every))}"
                name = f"`every` of {one_line(str(each.get('name') or 'a dataset'))[:100]}"
                self.complain(name, "1h, 1d, 2w, 1mo or the like, up to a year", place=place)
        return self.names("datasets", most=500)

    def moment(self, name: str) -> datetime | None:
        value = self.value(name)
        if value is None or (isinstance(value, str) and _COMPUTED.match(value.strip())):
            return None
        found = _moment(value)
        if found is None:
            self.complain(name, "a date such as 2026-09-30")
        return found

    def days(self, name: str) -> int | None:
        """Of a span of time: a number of days, "6 weeks", "quarterly"."""
        value = self.value(name)
        if value is None:
            return None
        found = _SPAN.fullmatch(str(value).strip().lower())
        days = (int(found["number"] or 1) * _DAYS[found["unit"] or "day"]) if found else 0
        if not 1 <= days <= _MOST_DAYS:
            self.complain(name, "a span of time such as 90 days, 6 weeks or quarterly")
            return None
        return days

    def private(self) -> bool:
        """What was written to hide a post hides it, however it was spelled."""
        value = self.value("private")
        if value is None or isinstance(value, bool | int):
            return bool(value)
        word = value.strip().lower() if isinstance(value, str) else None
        if word not in _TRUE | _FALSE:
            self.complain("private", code="header-private")
        return word not in _FALSE

    def complain(self, name: str, wanted: str = "", *, code: str = "header-value", place: str = "") -> None:
        """`place` is a pattern for where it stands; without one it is the setting of that name."""
        spelled = "|".join(map(re.escape, (name, *_SYNONYMS.get(name, ()))))
        pattern = place or rf"^[\"']?(?:{spelled})\b"
        found = re.search(pattern, self.block, re.MULTILINE | re.IGNORECASE)
        line = self.first_line + (self.block.count("\n", 0, found.start()) if found else 0)
        self.faults.append(fault(code, line, self.cell, name=name, wanted=wanted))


def _moment(value: object) -> datetime | None:
    """An aware time in UTC; a date is its midnight."""
    try:
        if isinstance(value, str):
            value = _parsed(value.strip()[:60])
        if isinstance(value, datetime):
            found = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        elif isinstance(value, date):
            found = datetime(value.year, value.month, value.day, tzinfo=UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def _parsed(text: str) -> datetime:
    """By ISO 8601, or as people write dates in English. Raises ValueError."""
    for form in _WRITTEN_OUT:
        with suppress(ValueError):
            return datetime.strptime(text, form)
    return datetime.fromisoformat(text)


def as_json(value: Any) -> JSON:
    """A YAML value fit for a JSON column; the loader has capped its depth."""
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {storable(str(key)): as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, date) else storable(str(value))
