"""The ledger: what published revisions say under a name, reading by reading.

`follow` is called last in transactions that publish posts, put one in another's place, archive or delete one,
or take that back. What becomes of an insight by its post is not written down: Insight.status tells it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.utils import timezone

from knowledge.documents.faults import fault
from knowledge.extracting import wrong_in_header
from knowledge.models import Authorship, Insight, Post, Reading, Revision, User
from knowledge.pipeline import claims as names
from knowledge.pipeline import contradicting, insight_news, limits
from knowledge.pipeline.claims import TAKEN, Claim, Said
from knowledge.pipeline.decisions import tell_relying
from knowledge.pipeline.following import is_news
from knowledge.pipeline.insight_news import Noted
from knowledge.pipeline.intake import Intake
from knowledge.pipeline.moves import Turns

WRONG = 20  # of a revision, that its faults name
_COLUMNS = ("value", "number", "unit", "as_of", "interval", "dimensions", "title", "limits", "anchor")


def follow(
    published: Iterable[Revision] = (),
    *,
    superseded: Collection[Post] = (),
    returned: Collection[Post] = (),
    gone: Collection[Post] = (),
    by: User | None = None,
) -> None:
    """Write down a reading of each insight of the revisions, whose posts are loaded.

    A name that another post publishes stays that one's, and the revision's faults say so, until it is free.
    `superseded`, `returned` and `gone` are posts whose status is that, or no more, as of this transaction.
    One query where none says anything.
    """
    turns = Turns.of(published, superseded, returned, gone, by)
    claims = [
        *names.claims_of(turns.published.values()),
        *names.claims_of(names.shown_of(turns.shown_again), is_late=True),
    ]
    now = timezone.now()
    insights = names.locked(claims, turns.posts, changed_at=now)
    if not insights:
        return
    turns.begin(insights.values())
    outside = {insight.pk: insight.outside for insight in insights.values()}
    noted = _write(_settled(claims, insights, turns), insights, now)
    newest = insight_news.newest_of(noted)
    limits.judge([it.insight for it in newest], [it.reading for it in newest])
    _save(insights.values(), "post", "title", "changed_at", "withdrawn_at", *limits.JUDGED)
    moves = list(turns.end(insights.values(), {it.insight.pk for it in noted}))
    tell_relying(moves)
    news = {it: was for it, was in newest.items() if is_news(it.revision)}
    told = insight_news.tell(news, outside=outside)
    insight_news.tell_ends(moves, told=told)
    contradicting.tell(news)


def _settled(claims: Sequence[Claim], insights: Mapping[names.Place, Insight], turns: Turns) -> list[Claim]:
    """Decide whose each name is; returns the claims that add a reading."""
    _withdraw(insights, turns)
    names.take(claims, insights)
    claims = [*claims, *_offered(insights, turns)]
    # Whose a number is decides which of its readings count.
    _save([it for it in insights.values() if turns.gave(it)], "post", "withdrawn_at")
    _settle_faults(claims, insights)
    held = (it for it in claims if names.is_held(it, insights))
    return [it for it in held if not it.is_late or turns.gave(insights[it.place])]


def _withdraw(insights: Mapping[names.Place, Insight], turns: Turns) -> None:
    """What its post says no more, in memory."""
    said = {(it.revision.post_id, it.place) for it in names.claims_of(turns.published.values())}
    for place, insight in insights.items():
        revision = turns.published.get(insight.post_id or 0)
        if revision and not insight.withdrawn_at and (revision.post_id, place) not in said:
            insight.withdrawn_at = _day(revision)


def _offered(insights: Mapping[names.Place, Insight], turns: Turns) -> list[Claim]:
    """Claims of others to the names that are free as of now: these get them."""
    free = [it for it in insights.values() if names.is_free(it) and not turns.was[it.pk]]
    claims = names.offers(free) if free else []
    names.take(claims, insights)
    return claims


def _write(held: Sequence[Claim], insights: Mapping[names.Place, Insight], now: datetime) -> list[Noted]:
    authors = _authors({claim.revision.post_id for claim in held})
    noted = []
    for claim in held:
        insight, revision = insights[claim.place], claim.revision
        at = now if claim.is_late else _day(revision)
        insight.title, insight.changed_at = claim.said.get("title", ""), at
        reading = _reading(insight, claim, authors.get(revision.post_id, []), at)
        noted.append(Noted(insight, reading, revision))
    Reading.objects.bulk_create(
        [it.reading for it in noted],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=("insight", "revision", "published_at"),
        update_fields=_COLUMNS,
    )
    return noted


def _settle_faults(claims: Iterable[Claim], insights: Mapping[names.Place, Insight]) -> None:
    """Of those revisions that are refused a name, or were."""
    names.refuse(
        {
            it.revision: None
            for it in claims
            if not names.is_held(it, insights) or any(each["code"] == TAKEN for each in it.revision.faults)
        }
    )


def _save(insights: Collection[Insight], *columns: str) -> None:
    """As bulk_update, in a fifth of its time: rows that are there are updated."""
    Insight.objects.bulk_create(
        insights, batch_size=1000, update_conflicts=True, unique_fields=["pk"], update_fields=columns
    )


def warn(intakes: Iterable[Intake]) -> None:
    """Add a fault to each for whatever is wrong with what its header publishes."""
    for intake in intakes:
        for name, why in islice(wrong_in_header(intake.header.raw), WRONG):
            intake.faults.append(asdict(fault("wrong-insight", name=name or "it", why=why)))


def _reading(insight: Insight, claim: Claim, authors: list[str], at: datetime) -> Reading:
    revision, said = claim.revision, claim.said
    return Reading(
        insight=insight,
        post=revision.post,
        revision=revision,
        revision_number=revision.number,
        commit=revision.commit,
        value=said["value"],
        number=number_of(said),
        unit=said.get("unit", ""),
        as_of=said.get("as_of", ""),
        interval=said.get("interval"),
        dimensions=said.get("dimensions") or {},
        title=said.get("title", ""),
        limits=said.get("limits") or {},
        anchor=said.get("anchor", ""),
        authors=authors,
        reason=revision.message.strip().partition("\n")[0][:300],
        published_at=at,
    )


def number_of(said: Said) -> Decimal | None:
    """The value exactly as it was written, where it is a number."""
    value = said["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(said.get("exact") or repr(value))


def _day(revision: Revision) -> datetime:
    """When it was published."""
    if revision.published_at is None:
        raise ValueError(f"Revision {revision.pk} was never published")
    return revision.published_at


def _authors(posts: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    signed = Authorship.objects.filter(post__in=posts).order_by("post", "position")
    for post, name, full in signed.values_list("post", "name", "user__name"):
        found.setdefault(post, []).append(full or name)
    return found
