"""Asking the company a question, changing, wanting and taking it. How it ends is in deciding.py."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, OpenQuestion, Post, QuestionTaking, QuestionVote, Space, User
from knowledge.models.tag import clean_tag
from knowledge.pipeline import question_news
from knowledge.question_table import Act, check, state_of

A_DAY = 10  # questions of one person
TAGS = 8
ALIKE = 5
HEAD = 5  # letters by which two words are taken for the same
OF_ANY_QUESTION = frozenset(
    {"about", "after", "because", "before", "does", "from", "have", "many", "much", "often", "should"}
    | {"their", "they", "this", "than", "that", "what", "when", "where", "which", "will", "with", "would"}
)
_WORD = re.compile(r"\w{4,60}")


class Wording(TypedDict, total=False):
    """What a question says, and what may be changed of it."""

    title: str
    why: str
    needed_by: date | None
    team: str


@transaction.atomic
def ask(
    *,
    by: User,
    title: str,
    why: str,
    needed_by: date | None = None,
    team: str = "",
    space: Space | None = None,
    tags: Collection[str] = (),
) -> OpenQuestion:
    """Ask everybody, or one space; the asker's vote is the first.

    Raises UserError "question-empty", "asks-too-much" or "no-such-space".
    """
    words = _cleaned(title=title, why=why, needed_by=needed_by, team=team)
    if not by.is_active:
        raise UserError("question-empty")
    if space and not Space.objects.visible_to(by).filter(pk=space.pk).exists():
        raise UserError("no-such-space", space=space.slug)
    since = timezone.now() - timedelta(days=1)
    if OpenQuestion.objects.filter(asked_by=by, asked_at__gt=since).count() >= A_DAY:
        raise UserError("asks-too-much", limit=A_DAY)
    question = OpenQuestion.objects.create(
        **words,
        space=space,
        tags=list(dict.fromkeys(tag for each in tags if (tag := clean_tag(each))))[:TAGS],
        asked_by=by,
        asked_by_name=by.get_full_name(),
        votes=1,
    )
    QuestionVote.objects.create(question=question, user=by)
    record("ask", question, by)
    question_news.tell_asked(question, by=by)
    return question


@transaction.atomic
def change(*, by: User, question: OpenQuestion, **to: Unpack[Wording]) -> OpenQuestion:
    """Say it better: what is given changes, the votes stay.

    The audit has which parts changed, and not what they said: that may be what had to go.
    Raises UserError "no-such-question", "question-empty", and as question_table.check does.
    """
    held = hold(question, by)
    check(Act.CHANGE, held, by)
    was = _cleaned(title=held.title, why=held.why, needed_by=held.needed_by, team=held.team)
    new = {name: value for name, value in _cleaned(**to).items() if value != was[name]}
    if not new:
        return held
    for name, value in new.items():
        setattr(held, name, value)
    held.changed_by, held.changed_at = by, timezone.now()
    held.save(update_fields=[*new, "changed_by", "changed_at"])
    record("change", held, by, changed=list(new))
    question_news.tell_changed(held, list(new), by=by)
    return held


@transaction.atomic
def vote(*, by: User, question: OpenQuestion, is_on: bool = True) -> OpenQuestion:
    """One vote a person, that they may take back. Raises UserError as question_table.check does."""
    held = hold(question, by)
    check(Act.VOTE, held, by)
    if is_on:
        QuestionVote.objects.get_or_create(question=held, user=by)
    else:
        held.ballots.filter(user=by).delete()
    held.votes = held.ballots.count()
    held.save(update_fields=["votes"])
    return held


@transaction.atomic
def take(*, by: User, question: OpenQuestion) -> OpenQuestion:
    """Say that one works on it; several may. Raises UserError as question_table.check does."""
    held = hold(question, by)
    check(Act.TAKE, held, by)
    _, is_new = QuestionTaking.objects.get_or_create(question=held, user=by)
    if is_new:
        move(held)
        record("take", held, by)
        question_news.tell_taken(held, by=by)
    return held


@transaction.atomic
def give_back(*, by: User, question: OpenQuestion) -> OpenQuestion:
    held = hold(question, by)
    check(Act.GIVE_BACK, held, by)
    held.takings.filter(user=by).delete()
    move(held)
    record("give-back", held, by)
    return held


def alike(user: User, words: str) -> list[OpenQuestion]:
    """What was asked in such words, answered or not: two that matter are shared, where there are two."""
    wanted = _telling(words)
    found = OpenQuestion.objects.visible_to(user).resembling(" ".join(wanted)).for_lists(user)[: 4 * ALIKE]
    heads = {word[:HEAD] for word in wanted}
    likely = (it for it in found if len(heads & _heads(f"{it.title} {it.why}")) >= min(2, len(heads)))
    return list(islice(likely, ALIKE))


def may_answer(user: User, words: str) -> Sequence[Post]:
    """Posts that may answer already what somebody is about to ask. None, until search is asked here."""
    return ()


def hold(question: OpenQuestion, user: User) -> OpenQuestion:
    """It, locked and as it is now. Raises UserError "no-such-question" for who doesn't see it."""
    visible = OpenQuestion.objects.visible_to(user).filter(pk=question.pk)
    held = visible.select_for_update(no_key=True, of=("self",)).first()
    if held is None:
        raise UserError("no-such-question")
    return held


def move(question: OpenQuestion) -> None:
    """Set the state that follows from what is there, if it isn't ended."""
    if question.is_live and (state := state_of(question)) != question.state:
        question.state, question.moved_at = state, timezone.now()
        question.save(update_fields=["state", "moved_at"])


def record(what: str, question: OpenQuestion, by: User, **detail: object) -> None:
    space = question.space.slug if question.space else ""
    AuditEvent.objects.record(f"open-question.{what}", by=by, space=space, question=question.pk, **detail)


def _telling(text: str) -> list[str]:
    """Its words without those that any question has."""
    words = _WORD.findall(text.lower()[:500])
    return [word for word in dict.fromkeys(words) if word not in OF_ANY_QUESTION]


def _heads(text: str) -> set[str]:
    return {word[:HEAD] for word in _telling(text)}


def _cleaned(**words: Unpack[Wording]) -> dict[str, Any]:
    """Raises UserError "question-empty"."""
    found: dict[str, Any] = dict(words)
    for name, longest in (("title", 200), ("team", 100)):
        if name in found:
            found[name] = " ".join(_clean(found[name]).split())[:longest]
    if "why" in found:
        found["why"] = _clean(found["why"])[:2_000]
    if not found.get("title", "?") or not found.get("why", "?"):
        raise UserError("question-empty")
    return found


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
