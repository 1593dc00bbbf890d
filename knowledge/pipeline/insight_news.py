"""Who hears of what a published revision says of a number: that it changed, or is out of its limits.

Called by the ledger, within its transaction; as many queries for a hundred insights as for one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects

from knowledge import events
from knowledge.limits import json_rows
from knowledge.models import Authorship, Decision, Insight, Post, Reading, Revision, Subscription
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.watching import figure, messages
from knowledge.watching.words import DIGITS

MOST_DIGITS = 18  # of a float
Listeners = Mapping[int, Sequence[Listener]]


@dataclass(frozen=True, slots=True)
class Noted:
    """A reading that was just written down; its insight, with the post, and the revision that said it."""

    insight: Insight
    reading: Reading
    revision: Revision


class Was(NamedTuple):
    """The reading before."""

    id: int
    value: Any
    number: float | None
    unit: str


def newest_of(noted: Iterable[Noted]) -> dict[Noted, Was | None]:
    """Those that are their insight's newest reading, with the one before. One query."""
    fresh = list(noted)
    if not fresh:
        return {}
    shared = Reading.objects.shared().newest_first()
    rows = Insight.objects.filter(pk__in=[it.insight.pk for it in fresh])
    last = dict(rows.values_list("pk", json_rows(shared[:2], *Was._fields)))
    found: dict[Noted, Was | None] = {}
    for it in fresh:
        newest = [Was(*row) for row in json.loads(last[it.insight.pk] or "[]")]
        if newest and newest[0].id == it.reading.pk:
            found[it] = newest[1] if len(newest) > 1 else None
    return found


def tell(newest: Mapping[Noted, Was | None]) -> None:
    """Followers of what changed; of what is out of its limits, whose it is too."""
    changed = {it: was for it, was in newest.items() if was and was.value != it.reading.value}
    outside = [it for it in newest if it.insight.outside]
    if not changed and not outside:
        return
    prefetch_related_objects([it.revision.post for it in newest], "space")
    followers = _followers({it.insight.pk: it.insight for it in (*changed, *outside)})
    used = _users_of(it.insight.pk for it in changed)
    keepers = keepers_of(it.revision.post for it in outside)
    news: list[News] = []
    for it, was in changed.items():
        # Who used it hears of it by pipeline/decisions.py.
        others = [each for each in followers.get(it.insight.pk, ()) if (it.insight.pk, each.user) not in used]
        news.append(_changed(it, was, others))
    for it in outside:
        listeners = (*followers.get(it.insight.pk, ()), *keepers[it.revision.post_id])
        news.append(_outside(it, listeners))
    tell_all(news)


def news_of(event: str, said: Noted, listeners: Sequence[Listener], text: str, **detail: int) -> News:
    """By nobody: it is the portal that noticed, and who published it is the first who ought to know."""
    about = {
        "reading": said.reading.pk,
        "title": said.reading.title or said.insight.name,
        "url": said.insight.get_absolute_url(),
        "text": text,
    }
    return News(f"insight.{event}", said.revision.post, None, said.revision, listeners, about | detail)


def spoken_apart(one: Reading | Was, other: Reading | Was) -> tuple[str, str]:
    """Both, with as many digits as tell the two apart."""
    for digits in range(DIGITS, MOST_DIGITS):
        words = spoken(one, digits), spoken(other, digits)
        if words[0] != words[1]:
            break
    return words


def spoken(said: Reading | Was, digits: int = DIGITS) -> str:
    if isinstance(said.value, dict):
        return "a table"
    if said.number is not None:
        try:
            return f"{figure(float(said.number), digits)} {said.unit}".strip()
        except OverflowError:
            return "a number beyond all measure"
    return {True: "yes", False: "no"}.get(said.value) or str(said.value)[:100]


def keepers_of(posts: Iterable[Post]) -> dict[int, list[Listener]]:
    """Who owns or wrote each. One query."""
    found = {post.pk: list(_listeners([post.owner_id], "owner")) for post in posts}
    written = Authorship.objects.filter(post__in=found).exclude(user=None).values_list("post", "user_id")
    for pk, user in written if found else ():
        found[pk] += _listeners([user], "author")
    return found


def _changed(said: Noted, was: Was, listeners: Sequence[Listener]) -> News:
    now, then = spoken_apart(said.reading, was)
    return news_of("changed", said, listeners, f"It is {now}, and was {then}.")


def _outside(said: Noted, listeners: Sequence[Listener]) -> News:
    words = " ".join(text for _, text in messages(said.insight.outside))
    return news_of("out-of-limits", said, listeners, f"It is {spoken(said.reading)}. {words}")


def _followers(insights: Mapping[int, Insight]) -> dict[int, list[Listener]]:
    found: dict[int, list[Listener]] = {}
    following = Subscription.objects.filter(kind=Subscription.Kind.INSIGHT, insight__in=insights)
    for pk, user, insight in following.values_list("pk", "user", "insight"):
        because = events.because("subscribed-insight", insights[insight or 0].address)
        found.setdefault(insight or 0, []).append(Listener(user, "subscribed-insight", because, pk))
    return found


def _users_of(insights: Iterable[int]) -> set[tuple[int, int]]:
    """Insights with the people who use them."""
    used = Decision.objects.standing().filter(insight__in=list(insights)).order_by()
    return set(used.values_list("insight", "user"))


def _listeners(users: Iterable[int | None], reason: str) -> Iterator[Listener]:
    return (Listener(user, reason, events.because(reason)) for user in users if user)
