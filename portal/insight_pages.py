"""Insights as pages show them: what they say now, what they said before, and how that went."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format

from knowledge.models import Insight, Post, Reading, Revision
from knowledge.models.post_states import Status
from knowledge.serving.exact import difference, plain
from knowledge.trust import Trust
from knowledge.trusted import trust_in_insight
from knowledge.watching import is_correction
from portal.key_numbers import spoken

KEY_NUMBERS = 8  # that stand on top of a post
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Number:
    """`post` is where it stands, if that still says it."""

    insight: Insight
    reading: Reading
    before: Reading | None

    @property
    def title(self) -> str:
        return self.reading.title or self.insight.name

    @property
    def said(self) -> str:
        return said(self.reading)

    @property
    def exactly(self) -> str:
        return exactly(self.reading)

    @property
    def post(self) -> Post | None:
        return self.insight.post if self.insight.post_id == self.reading.post_id else None

    @property
    def place(self) -> str:
        """The address of its cell."""
        return f"{self.post.get_absolute_url()}#{self.reading.anchor}".rstrip("#") if self.post else ""

    @property
    def change(self) -> str:
        return change(self.reading, self.before)

    @property
    def corrected(self) -> str:
        """What it was said to be of the same day; "" for a move of the world."""
        return corrected(self.reading, self.before)

    @property
    def gone(self) -> str:
        """Why it is withdrawn."""
        post, since = self.insight.post, self.insight.withdrawn_at
        if since and post and post.status not in (Status.ARCHIVED, Status.DELETED):
            return f"Its post says it no more since {date_format(since, 'j F Y')}."
        if post and post.status == Status.ARCHIVED and post.archived_at:
            return f"Its post is archived since {date_format(post.archived_at, 'j F Y')}."
        return "Its post is gone."

    @property
    def bounds(self) -> str:
        low, high = self.reading.interval or (None, None)
        return f"{spoken(low)} to {spoken(high)}" if low is not None else ""

    @property
    def as_of(self) -> str:
        return day_in_words(self.reading.as_of)

    @property
    def trust(self) -> Trust:
        return trust_in_insight(self.insight, approvers=vars(self.reading)["reviewed_by"])


def numbers_of(insights: Iterable[Insight]) -> list[Number]:
    """Those of which the reader sees a reading; from InsightQuerySet.with_facts. Two queries."""
    found = list(insights)
    newest: dict[int, list[int]] = {it.pk: vars(it)["newest"] for it in found}
    readings = Reading.objects.with_reviewers().in_bulk([pk for pks in newest.values() for pk in pks])
    return [
        Number(it, readings[newest[it.pk][0]], readings[newest[it.pk][1]] if len(newest[it.pk]) > 1 else None)
        for it in found
        if newest[it.pk]
    ]


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One of those that stand on top of a post."""

    title: str
    said: str
    as_of: str
    url: str


def key_numbers(post: Post, revision: Revision) -> list[KeyNumber]:
    """What a published revision says in a line, as far as the names are its post's. One query at most."""
    spoken_of = [(it, spoken(it["value"], it.get("unit", ""))) for it in revision.rendering.insights]
    if not any(words for _, words in spoken_of):
        return []
    own = set(post.insights.filter(withdrawn_at=None).values_list("name", flat=True))
    return [
        KeyNumber(
            title=it.get("title") or it["name"],
            said=words,
            as_of=day_in_words(it.get("as_of", "")),
            url=reverse("insight", args=[post.space.slug, it["name"]]),
        )
        for it, words in spoken_of
        if words and it["name"] in own
    ][:KEY_NUMBERS]


def said(reading: Reading) -> str:
    """In a line; "" for a table."""
    return spoken(reading.value, reading.unit) or (reading.value if isinstance(reading.value, str) else "")


def exactly(reading: Reading) -> str:
    """All digits of a number, as a program reads them; "" where what is said in a line has them all."""
    if reading.number is None:
        return ""
    shown = spoken(reading.value).replace(",", "")
    is_whole = re.fullmatch(r"-?[0-9.]+", shown) and Decimal(shown) == reading.number
    return "" if is_whole else plain(reading.number)


def change(reading: Reading, before: Reading | None) -> str:
    """By how much a number moved, with its sign; "" for what is none, and without one before in its unit."""
    if before is None or reading.unit != before.unit:
        return ""
    delta = difference(reading.number, before.number)
    return "" if delta is None else _signed(delta) if delta else "no change"


def change_said(reading: Reading, before: Reading | None) -> str:
    """In a row of all readings."""
    was = corrected(reading, before)
    return f"corrected from {was}" if was else change(reading, before)


def corrected(reading: Reading, before: Reading | None) -> str:
    """What its post said of the same day before; "" where it said nothing, or the same."""
    if before is None or before.post_id != reading.post_id or not is_correction(reading, before):
        return ""
    return said(before) or "another table"


def place_of(reading: Reading, sources: Mapping[int, Post]) -> str:
    """The address of the revision that said it; "" where that is gone, or the reader doesn't see its post."""
    post = sources.get(reading.post_id or 0)
    return f"{post.get_absolute_url()}@{reading.revision_number}" if post and reading.revision_id else ""


def _signed(delta: Decimal) -> str:
    return f"{'+' if delta > 0 else MINUS}{spoken(float(abs(delta)))}"


def day_in_words(as_of: str) -> str:
    try:
        return date_format(datetime.fromisoformat(as_of), "j M Y") if as_of else ""
    except ValueError:
        return as_of


def day_of(reading: Reading) -> date:
    try:
        return datetime.fromisoformat(reading.as_of).date()
    except ValueError:
        return reading.published_at.date()
