"""Whose a name is: claims of published revisions, who is refused, and who may go on with a name that is free.

Called by the ledger, within its transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Prefetch, Q, prefetch_related_objects

from knowledge.documents.faults import fault
from knowledge.models import Insight, Post, Revision
from knowledge.models.post_states import Status
from knowledge.models.rendering import large

TAKEN = "insight-taken"
GONE = (Status.DELETED, Status.ARCHIVED, Status.SUPERSEDED)
Place = tuple[int, str]  # the id of a space, and a name in it
Said = Mapping[str, Any]  # an item of Rendering.insights


@dataclass(frozen=True, slots=True)
class Claim:
    """`is_late`: readers saw the revision before, without the name."""

    revision: Revision
    said: Said
    is_late: bool = False

    @property
    def place(self) -> Place:
        return self.revision.post.space_id, self.said["name"]


def claims_of(revisions: Iterable[Revision], *, is_late: bool = False) -> list[Claim]:
    return [Claim(it, said, is_late) for it in revisions for said in it.rendering.insights]


def locked(claims: Iterable[Claim], posts: Collection[int], **made: Any) -> dict[Place, Insight]:
    """Those that are claimed, made with the columns `made` where they are new, and all that `posts` hold."""
    wanted = {claim.place: claim for claim in claims}
    spaces, names = {space for space, _ in wanted}, {name for _, name in wanted}
    named = Insight.objects.filter(space__in=spaces, name__in=names)
    new = wanted.keys() - set(named.values_list("space_id", "name")) if wanted else ()
    rows = [
        Insight(space_id=place[0], name=place[1], post=wanted[place].revision.post, **made)
        for place in sorted(new)  # others make theirs in the same order
    ]
    Insight.objects.bulk_create(rows, ignore_conflicts=True)
    known = Insight.objects.filter(post__in=posts)
    known = known | named if wanted else known
    found = list(known.order_by("pk").select_for_update(no_key=True))
    prefetch_related_objects(found, "post", "space")  # few, of many insights
    insights = {(it.space_id, it.name): it for it in found}
    return {place: it for place, it in insights.items() if place in wanted or it.post_id in posts}


def is_free(insight: Insight) -> bool:
    holder = insight.post
    return holder is None or insight.withdrawn_at is not None or holder.status in GONE


def take(claims: Iterable[Claim], insights: Mapping[Place, Insight]) -> None:
    """Give names that are free away, in memory: to whose they were, to others, to posts that are gone."""
    places = sorted(
        claims,
        key=lambda it: (it.revision.post.status in GONE, insights[it.place].post_id != it.revision.post_id),
    )
    for claim in places:
        insight = insights[claim.place]
        if is_held(claim, insights):
            insight.withdrawn_at = None
        elif is_free(insight):
            insight.post, insight.withdrawn_at = claim.revision.post, None


def is_held(claim: Claim, insights: Mapping[Place, Insight]) -> bool:
    """Whether the name is its post's."""
    return insights[claim.place].post_id == claim.revision.post_id


def offers(free: Collection[Insight]) -> list[Claim]:
    """Claims of posts that say such a name in vain, what took the place of its holder first.

    The posts are locked. One that another transaction holds publishes there, and claims again by itself.
    """
    named = (Q(faults__contains=[{"code": TAKEN, "name": name}]) for name in sorted({it.name for it in free}))
    refused = Revision.objects.filter(reduce(or_, named), pk=F("post__published_revision"))
    waiting = refused.filter(post__space__in={it.space_id for it in free}).values("post")
    posts = Post.objects.filter(pk__in=waiting).exclude(status__in=GONE)
    held = list(posts.order_by("pk").select_for_update(no_key=True, skip_locked=True))
    shown = shown_of(held)
    holders = {(it.space_id, it.name): it.post for it in free}
    claims = [it for it in claims_of(shown, is_late=True) if it.place in holders]
    return sorted(claims, key=lambda it: not _follows(it.revision.post, holders[it.place]))


def shown_of(posts: Sequence[Post]) -> list[Revision]:
    """What readers see of them."""
    revisions = Revision.objects.select_related("rendering").defer(*large())
    prefetch_related_objects(posts, Prefetch("published_revision", revisions), "space")
    found = [(post, post.published_revision) for post in posts if post.published_revision]
    for post, revision in found:
        revision.post = post
    return [revision for _, revision in found]


def _follows(post: Post, holder: Post | None) -> bool:
    return holder is not None and holder.superseded_by_id == post.pk


def refuse(revisions: Iterable[Revision]) -> None:
    """Let the faults of each say which of its names are another post's by now, each by its `name`.

    Two queries, if any.
    """
    claims = claims_of(revisions)
    if not claims:
        return
    named = Insight.objects.filter(
        space__in={it.place[0] for it in claims}, name__in={it.place[1] for it in claims}
    )
    rows = named.values_list("space", "name", "post", "post__path")
    holders = {(space, name): (post, path or "") for space, name, post, path in rows}
    faults: dict[Revision, list[dict[str, Any]]] = {it.revision: [] for it in claims}
    for claim in claims:
        holder, path = holders.get(claim.place, (None, ""))
        if holder and holder != claim.revision.post_id:
            name = claim.said["name"]
            faults[claim.revision].append(asdict(fault(TAKEN, name=name, path=path)) | {"name": name})
    for revision, found in faults.items():
        others = [each for each in revision.faults if each["code"] != TAKEN]
        revision.faults = [*others, *found]
    Revision.objects.bulk_update(faults, ["faults"])
