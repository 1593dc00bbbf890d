"""How an open question ends: its asker accepts an answer or withdraws it; who keeps it closes it.

All of them raise UserError "no-such-question", and as question_table.check does.
"""

from django.db import transaction
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import OpenQuestion, Post, ProposedAnswer, User
from knowledge.models.open_question import QuestionState
from knowledge.pipeline import question_news
from knowledge.pipeline.asking import hold, move, record
from knowledge.question_table import Act, check, state_of

State = QuestionState


@transaction.atomic
def accept(*, by: User, question: OpenQuestion, post: Post) -> OpenQuestion:
    """`post` answers it. Raises UserError "no-such-answer" too."""
    held = hold(question, by)
    check(Act.ACCEPT, held, by)
    answer = _answer(held, post, by)
    answer.accepted_at = timezone.now()
    answer.save(update_fields=["accepted_at"])
    _end(held, State.ACCEPTED, by)
    record("accept", held, by, answer=answer.post_id)
    question_news.tell_accepted(answer, by=by)
    return held


@transaction.atomic
def decline(*, by: User, question: OpenQuestion, post: Post, why: str) -> OpenQuestion:
    """`post` is no answer, and `why` says what is missing. Raises "no-such-answer" and "why-not-that" too."""
    why = why.replace("\x00", "").strip()[:500]
    held = hold(question, by)
    check(Act.DECLINE, held, by)
    answer = _answer(held, post, by)
    if not why:
        raise UserError("why-not-that")
    answer.declined_at, answer.declined_why = timezone.now(), why
    answer.save(update_fields=["declined_at", "declined_why"])
    move(held)
    record("decline", held, by, answer=answer.post_id)
    question_news.tell_declined(answer, by=by)
    return held


@transaction.atomic
def withdraw(*, by: User, question: OpenQuestion) -> OpenQuestion:
    held = hold(question, by)
    check(Act.WITHDRAW, held, by)
    _end(held, State.WITHDRAWN, by)
    record("withdraw", held, by)
    question_news.tell_ended(held, by=by)
    return held


@transaction.atomic
def close(*, by: User, question: OpenQuestion, why: str) -> OpenQuestion:
    """Raises UserError "why-closed" too."""
    held = hold(question, by)
    check(Act.CLOSE, held, by)
    held.reason = why.replace("\x00", "").strip()[:500]
    if not held.reason:
        raise UserError("why-closed")
    _end(held, State.CLOSED, by)
    record("close", held, by, why=held.reason)
    question_news.tell_ended(held, by=by)
    return held


@transaction.atomic
def reopen(*, by: User, question: OpenQuestion) -> OpenQuestion:
    """As it was before it ended; an answer that was accepted waits for a word again."""
    held = hold(question, by)
    check(Act.REOPEN, held, by)
    held.answers.exclude(accepted_at=None).update(accepted_at=None)
    held.ended_at = held.ended_by = None
    held.reason, held.moved_at, held.state = "", timezone.now(), state_of(held)
    held.save(update_fields=["ended_at", "ended_by", "reason", "moved_at", "state"])
    record("reopen", held, by)
    return held


def _answer(question: OpenQuestion, post: Post, by: User) -> ProposedAnswer:
    answers = question.answers.visible_to(by).waiting().select_related("post__space", "revision")
    found = answers.filter(post=post).first()
    if found is None:
        raise UserError("no-such-answer")
    found.question = question
    return found


def _end(question: OpenQuestion, state: QuestionState, by: User) -> None:
    question.state, question.ended_by = state, by
    question.ended_at = question.moved_at = timezone.now()
    question.save(update_fields=["state", "ended_by", "ended_at", "moved_at", "reason"])
