"""The ledger: what published revisions say under a name, reading by reading.

`follow` is called last in transactions that publish, as those of superseding.py and question_answers.py.
Nothing of a post that is gone has to be written down: Insight.status tells it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import prefetch_related_objects

from knowledge.documents.faults import fault
from knowledge.extracting import wrong_in_header
from knowledge.models import Authorship, Insight, Post, Reading, Revision
from knowledge.models.post_states import Status
from knowledge.pipeline import contradicting, insight_news, limits
from knowledge.pipeline.decisions import tell_relying
from knowledge.pipeline.following import is_news
from knowledge.pipeline.insight_news import Noted, Was
from knowledge.pipeline.intake import Intake

TAKEN = "insight-taken"
REFUSED = 20  # of a revision, that its faults name
Said = Mapping[str, Any]  # an item of Rendering.insights
_GONE = (Status.DELETED, Status.ARCHIVED, Status.SUPERSEDED)
_COLUMNS = ("value", "number", "unit", "as_of", "interval", "dimensions", "title", "limits", "anchor")


@dataclass(frozen=True, slots=True)
class _Claim:
    revision: Revision
    said: Said

    @property
    def place(self) -> tuple[int, str]:
        return self.revision.post.space_id, self.said["name"]


def follow(published: Iterable[Revision]) -> None:
    """Write down a reading of each insight of the revisions, whose posts are loaded.

    A name that another post publishes stays that one's, and the revision's faults say so. One query where
    none says anything.
    """
    revisions = {revision.post_id: revision for revision in published}
    claims = [_Claim(it, said) for it in revisions.values() for said in it.rendering.insights]
    insights = _locked(claims, revisions)
    if not insights:
        tell_relying(revisions.values())
        return
    holders = {insight.pk: insight.post_id for insight in insights.values()}
    was_gone = [insight.pk for insight in insights.values() if insight.withdrawn_at]
    held = [it for it in claims if _take(insights[it.place], it.revision.post)]
    _refuse([it for it in claims if insights[it.place].post_id != it.revision.post_id], insights)
    authors = _authors({claim.revision.post_id for claim in held})
    readings = [
        _reading(insights[claim.place], claim, authors.get(claim.revision.post_id, [])) for claim in held
    ]
    Reading.objects.bulk_create(
        readings,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=("insight", "revision"),
        update_fields=_COLUMNS,
    )
    said = {claim.place: claim.revision for claim in held}
    for claim in held:
        insights[claim.place].title = claim.said.get("title", "")
    for place, insight in insights.items():
        if place in said:
            insight.changed_at, insight.withdrawn_at = _day(said[place]), None
        elif insight.post_id in revisions and not insight.withdrawn_at:
            insight.withdrawn_at = _day(revisions[insight.post_id])
    # Whose a number is decides which of its readings count.
    _save([it for it in insights.values() if it.post_id != holders[it.pk]], "post")
    newest = insight_news.newest_of(
        Noted(insights[it.place], reading, it.revision) for it, reading in zip(held, readings, strict=True)
    )
    limits.judge([it.insight for it in newest], [it.reading for it in newest])
    _save(insights.values(), "post", "title", "changed_at", "withdrawn_at", *limits.JUDGED)
    tell_relying(revisions.values(), insights.values(), was_gone=was_gone)
    _tell(newest)


def _tell(newest: Mapping[Noted, Was | None]) -> None:
    news = {it: was for it, was in newest.items() if is_news(it.revision)}
    insight_news.tell(news)
    contradicting.tell(news)


def _save(insights: Collection[Insight], *columns: str) -> None:
    """As bulk_update, in a fifth of its time: rows that are there are updated."""
    Insight.objects.bulk_create(
        insights, batch_size=1000, update_conflicts=True, unique_fields=["pk"], update_fields=columns
    )


def warn(intakes: Iterable[Intake]) -> None:
    """Add a fault to each for whatever is wrong with what its header publishes."""
    for intake in intakes:
        for name, why in islice(wrong_in_header(intake.header.raw), REFUSED):
            intake.faults.append(asdict(fault("wrong-insight", name=name or "it", why=why)))


def _refuse(claims: Collection[_Claim], insights: Mapping[tuple[int, str], Insight]) -> None:
    refused: dict[Revision, list[dict[str, Any]]] = {}
    for claim in claims:
        holder = insights[claim.place].post
        said = fault(TAKEN, name=claim.said["name"], path=holder.path if holder else "")
        refused.setdefault(claim.revision, []).append(asdict(said))
    for revision, faults in refused.items():
        others = [each for each in revision.faults if each["code"] != TAKEN]
        revision.faults = [*others, *faults[:REFUSED]]
    Revision.objects.bulk_update(refused, ["faults"])


def _locked(claims: Collection[_Claim], posts: Collection[int]) -> dict[tuple[int, str], Insight]:
    """Those that are claimed, made where they are new, and all that the posts held before."""
    wanted = {claim.place: claim for claim in claims}
    spaces, names = {space for space, _ in wanted}, {name for _, name in wanted}
    named = Insight.objects.filter(space__in=spaces, name__in=names)
    new = wanted.keys() - set(named.values_list("space_id", "name")) if wanted else ()
    made = [_new(wanted[place]) for place in sorted(new)]  # others make theirs in the same order
    Insight.objects.bulk_create(made, ignore_conflicts=True)
    known = Insight.objects.filter(post__in=posts)
    known = known | named if wanted else known
    found = list(known.order_by("pk").select_for_update(no_key=True))
    prefetch_related_objects(found, "post", "space")  # few, of many insights
    insights = {(it.space_id, it.name): it for it in found}
    return {place: it for place, it in insights.items() if place in wanted or it.post_id in posts}


def _new(claim: _Claim) -> Insight:
    space, name = claim.place
    return Insight(space_id=space, name=name, post=claim.revision.post, changed_at=_day(claim.revision))


def _take(insight: Insight, post: Post) -> bool:
    """Whether the name is the post's, or becomes it now."""
    if insight.post_id != post.pk and not _is_free(insight):
        return False
    insight.post = post
    return True


def _is_free(insight: Insight) -> bool:
    holder = insight.post
    return holder is None or insight.withdrawn_at is not None or holder.status in _GONE


def _reading(insight: Insight, claim: _Claim, authors: list[str]) -> Reading:
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
        published_at=_day(revision),
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
