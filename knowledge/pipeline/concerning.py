"""Whom an investigation concerns: who used a number that rests on the dataset, or follows one; who wrote,
owns, follows or lately read such a post; who follows the dataset; who looks into it. As far as they see it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from knowledge import events
from knowledge.models import Authorship, Decision, Insight, Investigation, Post, Read, Readers, Subscription
from knowledge.pipeline.decisions import listener
from knowledge.pipeline.notify import Listener, is_open

BATCH = 500
LISTED = 20  # posts of theirs that somebody is told of
LATELY = timedelta(days=30)
_COLUMNS = ("pk", "space__visibility", "space__slug", "private", "is_held", "allowed_groups", "owner", "kind")


@dataclass(slots=True)
class Told:
    """Why somebody is told, and of which posts."""

    why: Listener
    posts: list[int] = field(default_factory=list)
    number: int = 0

    def add(self, post: int, why: Listener) -> None:
        self.why = _stronger(self.why, why)
        self.number += 1
        if len(self.posts) < LISTED:
            self.posts.append(post)


def concerned(found: Investigation) -> tuple[list[Told], set[int]]:
    """Everybody to tell, who used a number first; and the spaces whose webhooks are called."""
    told: dict[int, Told] = {}
    spaces: set[int] = set()
    followers = _followers(found)
    posts = found.reached().select_related("space").only(*_COLUMNS)
    last = 0
    while batch := list(posts.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        spaces |= {post.space_id for post in batch if is_open(post)}
        reasons = _reasons(batch)
        people = {each.user for those in reasons.values() for each in those}
        readers = Readers.of(people | {each.user for each in followers}, {post.space_id for post in batch})
        for post in batch:
            for user, why in _strongest([*reasons[post.pk], *followers]).items():
                if readers.sees(user, post):
                    told.setdefault(user, Told(why)).add(post.pk, why)
    if found.owner_id:
        looks = Listener(found.owner_id, "data-owner", events.because("data-owner"))
        told.setdefault(found.owner_id, Told(looks)).why = looks
    return sorted(told.values(), key=lambda it: events.STRENGTH[it.why.reason]), spaces


def _stronger(one: Listener, other: Listener) -> Listener:
    return other if events.STRENGTH[other.reason] < events.STRENGTH[one.reason] else one


def _strongest(listeners: Iterable[Listener]) -> dict[int, Listener]:
    best: dict[int, Listener] = {}
    for each in listeners:
        best[each.user] = _stronger(best.get(each.user, each), each)
    return best


def _followers(found: Investigation) -> list[Listener]:
    because = events.because("subscribed-dataset", found.dataset.label)
    following = Subscription.objects.to("dataset", found.dataset).values_list("user", "pk")
    return [Listener(user, "subscribed-dataset", because, pk) for user, pk in following]


def _reasons(posts: Sequence[Post]) -> dict[int, list[Listener]]:
    """Of each post the people whom it concerns, by itself and by its numbers. Six queries at most."""
    found: dict[int, list[Listener]] = {post.pk: [] for post in posts}
    for post in posts:
        if post.owner_id:
            found[post.pk].append(_because(post.owner_id, "data-author"))
    since = timezone.localdate() - min(LATELY, timedelta(days=settings.READS_KEEP_DAYS))
    written = Authorship.objects.filter(post__in=found, user__isnull=False)
    followed = Subscription.objects.filter(kind="post", post__in=found)
    read = Read.objects.filter(post__in=found, day__gte=since)
    for rows, reason in ((written, "data-author"), (followed, "data-follower"), (read, "data-reader")):
        pairs: Iterable[Any] = rows.order_by().values_list("post", "user").distinct()
        for post, user in pairs:
            found[post].append(_because(user, reason))
    _add_of_numbers(found)
    return found


def _add_of_numbers(found: Mapping[int, list[Listener]]) -> None:
    said = Insight.objects.filter(post__in=found, withdrawn_at=None).select_related("space")
    numbers = said.only("name", "post", "space__slug").in_bulk()
    if not numbers:
        return
    for decision in Decision.objects.standing().filter(insight__in=numbers).order_by("-pk"):
        found[numbers[decision.insight_id].post_id or 0].append(listener(decision))
    following = Subscription.objects.filter(kind="insight", insight__in=numbers)
    for pk, user, insight in following.values_list("pk", "user", "insight"):
        number = numbers[insight or 0]
        because = events.because("subscribed-insight", number.address)
        found[number.post_id or 0].append(Listener(user, "subscribed-insight", because, pk))


def _because(user: int, reason: str) -> Listener:
    return Listener(user, reason, events.because(reason))
