"""Decisions: saying what an insight was used for, and hearing first when it moves.

`tell_relying` is called last of all in transactions that publish, by ledger.follow.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q
from django.utils import timezone

from knowledge import events
from knowledge.documents.header import header_of
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Decision, Insight, Post, Reading, Revision, User
from knowledge.pipeline.notify import Listener, News, tell_all

MOST = 20  # decisions of one person that rest on one insight
LETTERS, LINK = 300, 1_000
TOLD = 80  # letters of a text that a notification quotes


@transaction.atomic
def use(*, by: User, insight: Insight, what: str, link: str = "") -> Decision:
    """Say what `by` used the insight for, as it is now. The same said twice is one.

    Raises UserError "no-such-insight", "no-decision", "bad-link" or "uses-too-much".
    """
    words, link = " ".join(what.replace("\x00", "").split()), link.strip()
    if not words or len(words) > LETTERS:
        raise UserError("no-decision", limit=LETTERS)
    if link and not _is_link(link):
        raise UserError("bad-link", limit=LINK)
    seen = Reading.objects.visible_to(by).filter(insight=insight).newest_first().first()
    if seen is None or not by.is_active or not Insight.objects.visible_to(by).filter(pk=insight.pk).exists():
        raise UserError("no-such-insight")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    own = Decision.objects.standing().filter(user=by, insight=insight)
    if known := own.filter(what=words, reading=seen, link=link).first():
        return known
    if own.count() >= MOST:
        raise UserError("uses-too-much", limit=MOST)
    made = Decision.objects.create(insight=insight, reading=seen, user=by, what=words, link=link)
    _record("use", made, by)
    return made


@transaction.atomic
def undo(*, by: User, decision: Decision) -> None:
    """Take it back; what was taken back stays so. Raises UserError "not-your-decision"."""
    if decision.user_id != by.pk and not by.is_superuser:
        raise UserError("not-your-decision", name=decision.user.get_full_name())
    standing = Decision.objects.filter(pk=decision.pk, withdrawn_at=None)
    if standing.update(withdrawn_at=timezone.now()):
        _record("undo", decision, by)


def _record(what: str, decision: Decision, by: User) -> None:
    insight = decision.insight
    AuditEvent.objects.record(f"decision.{what}", by=by, space=insight.space.slug, insight=insight.name)


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    is_plain = link.isprintable() and " " not in link and len(link) <= LINK
    return is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


# --- telling ----------------------------------------------------------------------------------------------


def relying_on(insights: Iterable[Insight]) -> dict[int, list[Listener]]:
    """Who used each, by its id, with the reason why they are to hear of it first. One query."""
    found: dict[int, list[Listener]] = {}
    standing = Decision.objects.standing().filter(insight__in=[insight.pk for insight in insights])
    for each in standing.order_by("-pk"):
        found.setdefault(each.insight_id, []).append(listener(each))
    return found


def listener(decision: Decision) -> Listener:
    return Listener(decision.user_id, "used", events.because("used", decision.what))


@dataclass(frozen=True, slots=True)
class _Move:
    """What `revision` made of an insight: of its readings, `newest` and the one `before`."""

    insight: Insight
    revision: Revision
    newest: Reading
    before: Reading | None
    was_gone: bool

    @property
    def is_none(self) -> bool:
        """Whether it says what it said."""
        if self.insight.status == Insight.State.SUPERSEDED or self.insight.withdrawn_at or self.was_gone:
            return False
        return self.before is None or is_same(self.newest, self.before)

    def said(self, then: Reading | None) -> str:
        """In a sentence; `then` is what somebody used, if they may still see that."""
        title = self.newest.title or self.insight.name
        if self.insight.withdrawn_at:
            return f"{title} is withdrawn: its post says it no more."
        if self.insight.status == Insight.State.SUPERSEDED:
            return f"{title} is superseded: another post took the place of the one that says it."
        now = in_words(self.newest)
        if then is None or is_same(then, self.newest):
            again = "again" if then or self.was_gone else "now"
            return f"{title} is {now} {again}."
        if isinstance(then.value, dict) and isinstance(self.newest.value, dict):
            return f"{title} went from a table to another."
        return f"{title} went from {in_words(then)} to {now}."


def tell_relying(
    published: Collection[Revision], insights: Collection[Insight] = (), *, was_gone: Collection[int] = ()
) -> None:
    """Tell those who used what `published`, whose posts are loaded, has moved.

    `insights` are those that the revisions say, or said; `was_gone` the ids of those that were withdrawn.
    What moved is a value, or the state. No query where nothing can have moved, one where nobody used it.
    """
    posts = {revision.post_id: revision for revision in published}
    superseding = [pk for pk, revision in posts.items() if header_of(revision.header).supersedes]
    if not insights and not superseding:
        return
    touched = Q(insight__in=[insight.pk for insight in insights]) | Q(
        insight__post__superseded_by__in=superseding
    )
    related = ("insight__post__space", "insight__space")
    standing = Decision.objects.standing().filter(touched).select_related(*related)
    decisions = list(standing.order_by("-pk"))
    if decisions:
        tell_all(list(_news(decisions, posts, frozenset(was_gone))))


def tell_gone(posts: Collection[Post], *, by: User | None) -> None:
    """Tell those who used what these posts say, which are archived or deleted as of now."""
    if not posts:
        return
    standing = Decision.objects.standing().filter(insight__post__in=posts, insight__withdrawn_at=None)
    used: dict[int, list[Decision]] = {}
    for each in standing.select_related("insight__post__space", "insight__space").order_by("-pk"):
        used.setdefault(each.insight_id, []).append(each)
    at = timezone.now().isoformat()
    tell_all([_gone(decisions, by, at) for decisions in used.values()])


def _gone(decisions: Sequence[Decision], by: User | None, at: str) -> News:
    insight = decisions[0].insight
    detail = {
        "insight": insight.pk,
        "time": at,
        "url": insight.get_absolute_url(),
        "text": f"{insight.name} is withdrawn: its post is archived or gone.",
    }
    listeners = [listener(each) for each in decisions]
    return News("insight.moved", insight.post, by, None, listeners, detail, calls_spaces=False)


def _news(
    decisions: Sequence[Decision], posts: Mapping[int, Revision], was_gone: frozenset[int]
) -> Iterator[News]:
    """One for each insight and what it said when it was used."""
    moves = {move.insight.pk: move for move in _moves(decisions, posts, was_gone) if not move.is_none}
    then = _seen_then(decisions, moves)
    users: dict[tuple[int, int | None], list[Decision]] = {}
    for each in decisions:
        if each.insight_id in moves:
            users.setdefault((each.insight_id, each.reading_id), []).append(each)
    for (pk, reading), those in users.items():
        move = moves[pk]
        detail: dict[str, Any] = {
            "insight": pk,
            "url": move.insight.get_absolute_url(),
            "text": move.said(then.get(reading)),
        }
        listeners = [listener(each) for each in those]
        by = move.revision.pushed_by
        post = move.insight.post
        yield News("insight.moved", post, by, move.revision, listeners, detail, calls_spaces=False)


def _moves(
    decisions: Sequence[Decision], posts: Mapping[int, Revision], was_gone: frozenset[int]
) -> Iterator[_Move]:
    insights = {each.insight_id: each.insight for each in decisions}
    newest = Reading.objects.filter(insight=OuterRef("pk")).newest_first().values("pk")[:2]
    last = dict(
        Insight.objects.filter(pk__in=insights).annotate(last=ArraySubquery(newest)).values_list("pk", "last")
    )
    readings = Reading.objects.in_bulk([pk for pks in last.values() for pk in pks])
    for pk, insight in insights.items():
        post = insight.post
        revision = posts.get(post.pk) or posts.get(post.superseded_by_id or 0) if post else None
        two = [readings[each] for each in last[pk]]
        if revision and two:
            yield _Move(insight, revision, two[0], two[1] if len(two) > 1 else None, pk in was_gone)


def _seen_then(decisions: Sequence[Decision], moves: Mapping[int, _Move]) -> dict[int | None, Reading]:
    """What was used, as far as whoever sees the insight sees that too: of its post, not held back since."""
    open_ = Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[])
    found = Reading.objects.filter(open_, pk__in=[each.reading_id for each in decisions if each.reading_id])
    return {
        it.pk: it
        for it in found
        if it.insight_id in moves and it.post_id == moves[it.insight_id].insight.post_id
    }


def is_same(one: Reading, other: Reading) -> bool:
    if one.unit != other.unit:
        return False
    if one.number is not None and other.number is not None:
        return bool(one.number == other.number)
    return bool(one.value == other.value)


def in_words(reading: Reading) -> str:
    """The value in a line, exactly."""
    if reading.number is not None:
        return f"{_plain(reading.number)} {reading.unit}".strip()
    if isinstance(reading.value, bool):
        return "yes" if reading.value else "no"
    if isinstance(reading.value, str):
        return f"“{reading.value if len(reading.value) <= TOLD else reading.value[: TOLD - 1] + '…'}”"
    return "a table"


def _plain(number: Decimal) -> str:
    return f"{number:f}" if -10 < number.adjusted() < 16 else str(number)
