"""Who hears of what a published revision says of a number: that it changed, or is out of its limits.

Called by the ledger, within its transaction; as many queries for a hundred insights as for one.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import prefetch_related_objects
from django.utils import timezone

from knowledge import events
from knowledge.limits import json_rows
from knowledge.models import Authorship, Decision, Insight, Post, Reading, Revision, Subscription
from knowledge.models.notification import channels_of
from knowledge.pipeline.following import is_news
from knowledge.pipeline.moves import Move
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.watching import figure, is_correction, is_repeated, is_same, messages
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
    number: Decimal | None
    unit: str
    as_of: str
    dimensions: dict[str, Any]
    post_id: int | None


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
        newest = _read(last[it.insight.pk] or "[]")
        if newest and newest[0].id == it.reading.pk:
            found[it] = newest[1] if len(newest) > 1 else None
    return found


def _read(told: str) -> list[Was]:
    """Numbers exactly as they are kept."""
    exact = json.loads(told, parse_float=Decimal, parse_int=Decimal)
    return [
        Was(*row)._replace(number=number)
        for row, (_, _, number, *_) in zip(json.loads(told), exact, strict=True)
    ]


def tell(
    newest: Mapping[Noted, Was | None], *, outside: Mapping[int, Sequence[Mapping[str, Any]]]
) -> set[int]:
    """Followers of what changed; of what is out of its limits, whose it is too, and followers of that alone.

    `outside` is what was broken before, by the ids of insights: the same again is no news. Returns the ids of
    those of which anything was told.
    """
    changed = {it: was for it, was in newest.items() if was and not is_same(it.reading, was)}
    broken = {it: was for it, was in newest.items() if _is_news(it, was, outside[it.insight.pk])}
    told = {it.insight.pk for it in (*changed, *broken)}
    if not told:
        return told
    prefetch_related_objects([it.revision.post for it in newest], "space")
    followers = _followers({it.insight.pk: it.insight for it in (*changed, *broken)})
    used = _users_of(it.insight.pk for it in changed)
    keepers = keepers_of(it.revision.post for it in broken)
    warned = _hearing("limits", followers, {it.insight.pk for it in broken})
    news: list[News] = []
    for it, was in changed.items():
        # Who used it hears of it by pipeline/decisions.py.
        hear = used | warned
        others = [each for each in followers.get(it.insight.pk, ()) if (it.insight.pk, each.user) not in hear]
        news.append(_changed(it, was, others))
    for it, before in broken.items():
        listeners = (*followers.get(it.insight.pk, ()), *keepers[it.revision.post_id])
        news.append(_outside(it, before, listeners))
    tell_all(news)
    return told


def _is_news(said: Noted, was: Was | None, before: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it breaks its limits otherwise than the reading before, or with another value."""
    rules, were = ({fact["rule"] for fact in facts} for facts in (said.insight.outside, before))
    return bool(rules) and (was is None or rules != were or not is_repeated(said.reading, was))


def tell_ends(moves: Iterable[Move], *, told: Collection[int]) -> None:
    """Followers of what is said no more, or again; not of what is in `told`: they hear the value."""
    ends = {it.insight.pk: it for it in moves if _is_told(it, told)}
    if not ends:
        return
    posts = [it.insight.post for it in ends.values() if it.insight.post]
    prefetch_related_objects(posts, "space")
    followers = _followers({pk: it.insight for pk, it in ends.items()})
    used = _users_of(ends)
    newest = Reading.objects.shared().newest_first().values("pk")[:1]
    last = Insight.objects.filter(pk__in=ends).values_list("pk", ArraySubquery(newest))
    readings = Reading.objects.in_bulk([pk for _, pks in last for pk in pks])
    at = timezone.now().isoformat()
    news = []
    for pk, reading in ((it.insight_id, it) for it in readings.values()):
        listeners = [each for each in followers.get(pk, ()) if (pk, each.user) not in used]
        news.append(_ended(ends[pk], reading, at, listeners))
    tell_all(news)


def _is_told(move: Move, told: Collection[int]) -> bool:
    if move.revision and not is_news(move.revision):
        return False
    return move.is_end or (move.is_return and move.insight.pk not in told)


def _ended(move: Move, reading: Reading, at: str, listeners: Sequence[Listener]) -> News:
    now = f"It {move.end}" if move.is_end else f"It is {spoken(reading)} again."
    detail = {
        "insight": move.insight.pk,
        "reading": reading.pk,
        "title": reading.title or move.insight.name,
        "url": move.insight.get_absolute_url(),
        "text": now,
    }
    detail |= {} if move.revision else {"time": at}
    return News("insight.status", move.insight.post, move.by, move.revision, listeners, detail)


def _hearing(group: str, listeners: Listeners, insights: Collection[int]) -> set[tuple[int, int]]:
    """Insights with those of their listeners who didn't turn `group` off."""
    pairs = {(pk, each.user) for pk in insights for each in listeners.get(pk, ())}
    off = {
        user
        for (user, it), channel in channels_of({user for _, user in pairs}).items()
        if (it, channel) == (group, "off")
    }
    return {(pk, user) for pk, user in pairs if user not in off}


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
    return news_of("changed", said, listeners, _moved(said, was))


def _moved(said: Noted, was: Was) -> str:
    now, then = spoken_apart(said.reading, was)
    if said.reading.post_id == was.post_id and is_correction(said.reading, was):
        return f"It was corrected from {then} to {now}, both as of {was.as_of}."
    return f"It is {now}, and was {then}."


def _outside(said: Noted, was: Was | None, listeners: Sequence[Listener]) -> News:
    words = " ".join(text for _, text in messages(said.insight.outside))
    is_changed = was is not None and not is_same(said.reading, was)
    now = _moved(said, was) if was and is_changed else f"It is {spoken(said.reading)}."
    return news_of("out-of-limits", said, listeners, f"{now} {words}")


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
