"""Who hears of what a published revision says of a number: that it changed, or is out of its limits.

Called by the ledger, within its transaction; as many queries for a hundred insights as for one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, prefetch_related_objects

from knowledge import events
from knowledge.limits import messages
from knowledge.models import Authorship, Insight, Post, Reading, Revision, Subscription
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.watching import figure

Listeners = Mapping[int, Sequence[Listener]]


@dataclass(frozen=True, slots=True)
class Noted:
    """A reading that was just written down; its insight, with the post, and the revision that said it."""

    insight: Insight
    reading: Reading
    revision: Revision


def newest_of(said: Iterable[Noted]) -> dict[Noted, Reading | None]:
    """Those that are their insight's newest reading, with the one before. Two queries."""
    fresh = list(said)
    shared = Reading.objects.shared().filter(insight=OuterRef("pk")).newest_first()
    insights = Insight.objects.filter(pk__in=[it.insight.pk for it in fresh])
    rows: Any = insights.values_list("pk", ArraySubquery(shared.values("pk")[:2]))
    last: dict[int, list[int]] = dict(rows) if fresh else {}
    before = Reading.objects.in_bulk([pk for pks in last.values() for pk in pks[1:]])
    return {
        it: before[last[it.insight.pk][1]] if len(last[it.insight.pk]) > 1 else None
        for it in fresh
        if last[it.insight.pk][:1] == [it.reading.pk]
    }


def tell(newest: Mapping[Noted, Reading | None]) -> None:
    """Followers of what changed; of what is out of its limits, whose it is too."""
    changed = {it: was for it, was in newest.items() if was and was.value != it.reading.value}
    outside = [it for it in newest if it.insight.outside]
    if not changed and not outside:
        return
    prefetch_related_objects([it.revision.post for it in newest], "space")
    followers = _followers({it.insight.pk for it in (*changed, *outside)})
    keepers = keepers_of(it.revision.post for it in outside)
    tell_all(
        [
            *(_changed(it, was, followers.get(it.insight.pk, ())) for it, was in changed.items()),
            *(
                _outside(it, [*followers.get(it.insight.pk, ()), *keepers[it.revision.post_id]])
                for it in outside
            ),
        ]
    )


def news_of(event: str, said: Noted, listeners: Sequence[Listener], text: str, **detail: int) -> News:
    """By nobody: it is the portal that noticed, and who published it is the first who ought to know."""
    about = {
        "reading": said.reading.pk,
        "title": said.reading.title or said.insight.name,
        "url": said.insight.get_absolute_url(),
        "text": text,
    }
    return News(f"insight.{event}", said.revision.post, None, said.revision, listeners, about | detail)


def spoken(reading: Reading) -> str:
    if isinstance(reading.value, dict):
        return "a table"
    if reading.number is not None:
        return f"{figure(float(reading.number))} {reading.unit}".strip()
    return {True: "yes", False: "no"}.get(reading.value) or str(reading.value)[:100]


def keepers_of(posts: Iterable[Post]) -> dict[int, list[Listener]]:
    """Who owns or wrote each. One query."""
    found = {post.pk: list(_listeners([post.owner_id], "owner")) for post in posts}
    written = Authorship.objects.filter(post__in=found).exclude(user=None).values_list("post", "user_id")
    for pk, user in written if found else ():
        found[pk] += _listeners([user], "author")
    return found


def _changed(said: Noted, before: Reading, listeners: Sequence[Listener]) -> News:
    return news_of("changed", said, listeners, f"It is {spoken(said.reading)}, and was {spoken(before)}.")


def _outside(said: Noted, listeners: Sequence[Listener]) -> News:
    words = " ".join(text for _, text in messages(said.insight.outside))
    return news_of("out-of-limits", said, listeners, f"It is {spoken(said.reading)}. {words}")


def _followers(insights: Collection[int]) -> dict[int, list[Listener]]:
    found: dict[int, list[Listener]] = {}
    following = Subscription.objects.filter(kind=Subscription.Kind.INSIGHT, insight__in=insights)
    for each in following.select_related("insight__space"):
        because = events.because("subscribed-insight", each.label)
        listener = Listener(each.user_id, "subscribed-insight", because, each.pk)
        found.setdefault(each.insight_id or 0, []).append(listener)
    return found


def _listeners(users: Iterable[int | None], reason: str) -> Iterator[Listener]:
    return (Listener(user, reason, events.because(reason)) for user in users if user)
