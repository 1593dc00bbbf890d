"""Who may do what with an open question, and when: one table, from which pages and API take it.

Every refusal says why, and who can do it instead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.errors import UserError
from knowledge.models import OpenQuestion, Space, User
from knowledge.models.open_question import LIVE, WANTED, QuestionState
from knowledge.permissions import can_maintain, maintainers_of

State = QuestionState


class Act(StrEnum):
    VOTE = "vote"
    TAKE = "take"
    GIVE_BACK = "give back"
    ACCEPT = "accept"
    DECLINE = "decline"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"


class Who(StrEnum):
    READER = "whoever sees it"
    WRITER = "who may write in some space"
    TAKER = "who took it"
    ASKER = "the asker"
    KEEPER = "maintainers of its space; without one, who runs the portal"
    EDITOR = "the asker, and who may close it"
    ENDER = "the asker; once it is closed, who may close it"


@dataclass(frozen=True, slots=True)
class Rule:
    words: str  # of the act, as a refusal begins
    who: Who
    states: Collection[State]


TABLE: Mapping[Act, Rule] = {
    Act.VOTE: Rule("voting", Who.READER, LIVE),
    Act.TAKE: Rule("taking a question", Who.WRITER, LIVE),
    Act.GIVE_BACK: Rule("giving a question back", Who.TAKER, (State.TAKEN, State.ANSWERED)),
    Act.ACCEPT: Rule("accepting an answer", Who.ASKER, (State.ANSWERED,)),
    Act.DECLINE: Rule("declining an answer", Who.ASKER, (State.ANSWERED,)),
    Act.CHANGE: Rule("changing a question", Who.EDITOR, WANTED),
    Act.WITHDRAW: Rule("withdrawing a question", Who.ASKER, LIVE),
    Act.CLOSE: Rule("closing a question", Who.KEEPER, LIVE),
    Act.REOPEN: Rule("opening a question again", Who.ENDER, (State.ACCEPTED, State.WITHDRAWN, State.CLOSED)),
}


def check(act: Act, question: OpenQuestion, user: User) -> None:
    """Of a question that the user sees. Raises UserError "question-not-yours" or "question-state"."""
    rule = TABLE[act]
    if not user.is_active or not _is(rule.who, question, user):
        raise UserError(
            "question-not-yours",
            what=rule.words.capitalize(),
            who=_in_words(rule.who, question),
            keepers=_keepers(question),
        )
    if question.state not in rule.states:
        raise UserError("question-state", state=question.get_state_display().lower(), what=rule.words)


def can(act: Act, question: OpenQuestion, user: User) -> bool:
    return why_not(act, question, user) is None


def why_not(act: Act, question: OpenQuestion, user: User) -> UserError | None:
    """The refusal that `user` would meet; None where there is none."""
    try:
        check(act, question, user)
    except UserError as error:
        return error
    return None


def state_of(question: OpenQuestion) -> State:
    """Of one that isn't ended: what follows from who took it and which posts wait for the asker's word."""
    if question.answers.waiting().exists():
        return State.ANSWERED
    return State.TAKEN if question.takings.exists() else State.OPEN


def _is(who: Who, question: OpenQuestion, user: User) -> bool:
    match who:
        case Who.READER:
            return True
        case Who.WRITER:
            return Space.objects.writable_by(user).exists()
        case Who.TAKER:
            return question.takings.filter(user=user).exists()
        case Who.ENDER if question.state == State.CLOSED:
            return _keeps(question, user)
        case Who.EDITOR:
            return _asked(question, user) or _keeps(question, user)
        case Who.ASKER | Who.ENDER:
            return _asked(question, user)
    return _keeps(question, user)


def _asked(question: OpenQuestion, user: User) -> bool:
    """Where the asker's account is gone, who keeps the question decides in their place."""
    asker = question.asked_by
    if asker is None or not asker.is_active:
        return _keeps(question, user)
    return asker.pk == user.pk


def _keeps(question: OpenQuestion, user: User) -> bool:
    return can_maintain(question.space, user) if question.space else user.is_superuser


def _in_words(who: Who, question: OpenQuestion) -> str:
    if who == Who.ENDER:
        who = Who.KEEPER if question.state == State.CLOSED else Who.ASKER
    return _keepers(question) if who == Who.KEEPER else who.value


def _keepers(question: OpenQuestion) -> str:
    return maintainers_of(question.space) if question.space else "the people who run this portal"
