"""Decisions: saying what an insight was used for, and hearing first when it moves.

`tell_relying` is called last of all in transactions that move insights, by ledger.follow.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Decision, Insight, Post, Reading, User
from knowledge.pipeline.moves import Move
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.watching import is_correction, is_same

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
class _Told:
    """A move, with what the insight says by now and said before."""

    move: Move
    newest: Reading
    before: Reading | None

    @property
    def title(self) -> str:
        return self.newest.title or self.move.insight.name

    @property
    def is_news(self) -> bool:
        if self.move.was != self.move.now:
            return True
        is_said = self.move.now != Insight.State.WITHDRAWN
        return is_said and self.before is not None and not is_same(self.newest, self.before)

    def said(self, then: Reading | None) -> str:
        """In a sentence; `then` is what somebody used, if they may still see that."""
        title = self.title
        if self.move.is_end:
            return f"{title} {self.move.end}"
        now = in_words(self.newest)
        if then is None or is_same(then, self.newest):
            return f"{title} is {now} {'again' if then or self.move.was else 'now'}."
        if isinstance(then.value, dict) and isinstance(self.newest.value, dict):
            return f"{title} went from a table to another."
        if is_correction(self.newest, then):
            return f"{title} was corrected from {in_words(then)} to {now}."
        return f"{title} went from {in_words(then)} to {now}."


def tell_relying(moves: Collection[Move]) -> None:
    """Tell those who used what has moved: a value, or whether it is said.

    No query where nothing can have moved, one where nobody used it.
    """
    decisions = _standing(move.insight.pk for move in moves) if moves else []
    if decisions:
        tell_all(list(_news(decisions, {move.insight.pk: move for move in moves})))


def tell_stale(posts: Collection[Post]) -> None:
    """Tell those who used what these posts say, which are past their day as of now."""
    decisions = _standing(Insight.objects.filter(post__in=posts, withdrawn_at=None)) if posts else []
    by_insight: dict[int, list[Decision]] = {}
    for each in decisions:
        by_insight.setdefault(each.insight_id, []).append(each)
    tell_all([_stale(those) for those in by_insight.values()])


def _standing(insights: Iterable[int] | QuerySet[Insight]) -> list[Decision]:
    wanted = insights if isinstance(insights, QuerySet) else list(insights)
    standing = Decision.objects.standing().filter(insight__in=wanted)
    return list(standing.select_related("insight__post__space", "insight__space").order_by("-pk"))


def _stale(decisions: Sequence[Decision]) -> News:
    insight = decisions[0].insight
    post = insight.post
    since = post.attention_since if post else None
    due = (post.due_on if post else None) or (since.date() if since else None)
    day = f" by {due.day} {due:%B %Y}" if due else ""
    detail = {
        "insight": insight.pk,
        "time": since.isoformat() if since else "",
        "url": insight.get_absolute_url(),
        "title": insight.title or insight.name,
        "text": f"{insight.title or insight.name} may be out of date: it was to be looked at again{day}.",
    }
    listeners = [listener(each) for each in decisions]
    return News("insight.moved", post, None, None, listeners, detail, calls_spaces=False)


def _news(decisions: Sequence[Decision], moves: Mapping[int, Move]) -> Iterator[News]:
    """One for each insight and what it said when it was used."""
    told = {it.move.insight.pk: it for it in _told(decisions, moves) if it.is_news}
    then = _seen_then(decisions, told)
    at = timezone.now().isoformat()
    users: dict[tuple[int, int | None], list[Decision]] = {}
    for each in decisions:
        if each.insight_id in told:
            users.setdefault((each.insight_id, each.reading_id), []).append(each)
    for (pk, reading), those in users.items():
        move, insight = told[pk].move, those[0].insight
        detail: dict[str, Any] = {
            "insight": pk,
            "reading": told[pk].newest.pk,
            "title": told[pk].title,
            "url": insight.get_absolute_url(),
            "text": told[pk].said(then.get(reading)),
        }
        # Of a revision nobody hears twice, however often it is followed.
        detail |= {} if move.revision else {"time": at}
        listeners = [listener(each) for each in those]
        yield News(
            "insight.moved", insight.post, move.by, move.revision, listeners, detail, calls_spaces=False
        )


def _told(decisions: Sequence[Decision], moves: Mapping[int, Move]) -> Iterator[_Told]:
    used = {each.insight_id for each in decisions}
    newest = Reading.objects.filter(insight=OuterRef("pk")).newest_first().values("pk")[:2]
    last = dict(
        Insight.objects.filter(pk__in=used).annotate(last=ArraySubquery(newest)).values_list("pk", "last")
    )
    readings = Reading.objects.in_bulk([pk for pks in last.values() for pk in pks])
    for pk in used:
        two = [readings[each] for each in last[pk]]
        if two:
            yield _Told(moves[pk], two[0], two[1] if len(two) > 1 else None)


def _seen_then(decisions: Sequence[Decision], told: Mapping[int, _Told]) -> dict[int | None, Reading]:
    """What was used, as far as whoever sees the insight sees that too: of its post, not held back since."""
    open_ = Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[])
    found = Reading.objects.filter(open_, pk__in=[each.reading_id for each in decisions if each.reading_id])
    return {
        it.pk: it
        for it in found
        if it.insight_id in told and it.post_id == told[it.insight_id].move.insight.post_id
    }


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
