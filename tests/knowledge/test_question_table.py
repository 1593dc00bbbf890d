"""The table of who may do what with an open question: every role in every state, said again by hand."""

from pathlib import Path

import pytest

from knowledge.models import OpenQuestion, QuestionTaking, Space, User
from knowledge.models.open_question import QuestionState
from knowledge.question_table import TABLE, Act, why_not
from tests.cast import THE_DAY, make_user

LIVE = {"open", "taken", "answered"}
# Who is refused nothing but the state, on a question of everybody and on one of a space.
MAY: dict[Act, tuple[set[str], set[str]]] = {
    Act.VOTE: ({"reader", "writer", "taker", "asker", "maintainer", "admin"},) * 2,
    Act.TAKE: ({"writer", "taker", "maintainer"},) * 2,
    Act.GIVE_BACK: ({"taker"},) * 2,
    Act.ACCEPT: ({"asker"},) * 2,
    Act.DECLINE: ({"asker"},) * 2,
    Act.CHANGE: ({"asker", "admin"}, {"asker", "maintainer", "admin"}),
    Act.WITHDRAW: ({"asker"},) * 2,
    Act.CLOSE: ({"admin"}, {"maintainer", "admin"}),
}
WHEN: dict[Act, set[str]] = {
    Act.VOTE: LIVE,
    Act.TAKE: LIVE,
    Act.GIVE_BACK: {"taken", "answered"},
    Act.ACCEPT: {"answered"},
    Act.DECLINE: {"answered"},
    Act.CHANGE: {"open", "taken"},
    Act.WITHDRAW: LIVE,
    Act.CLOSE: LIVE,
    Act.REOPEN: {"accepted", "withdrawn", "closed"},
}


@pytest.fixture
def people(
    growth: Space, mallory: User, alice: User, bob: User, carol: User, dana: User, admin: User
) -> dict[str, User]:
    return {
        "reader": mallory,
        "writer": alice,
        "taker": bob,
        "asker": carol,
        "maintainer": dana,
        "admin": admin,
    }


def test_the_page_in_the_docs_says_what_the_table_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "questions.md").read_text()
    for rule in TABLE.values():
        assert f"| {rule.words} | {rule.who} | {', '.join(rule.states)} |" in page


def question_in(state: QuestionState, asker: User, space: Space | None) -> OpenQuestion:
    ended = {} if state in LIVE else {"ended_at": THE_DAY}
    reason = "Asked twice." if state == "closed" else ""
    return OpenQuestion.objects.create(
        title="Why?",
        why="x",
        asked_by=asker,
        asked_by_name="x",
        space=space,
        state=state,
        reason=reason,
        **ended,
    )


@pytest.mark.parametrize("of_a_space", [False, True])
@pytest.mark.parametrize("state", QuestionState)
def test_every_role_in_every_state_is_let_or_refused_as_the_table_says(
    people: dict[str, User], growth: Space, state: QuestionState, *, of_a_space: bool
) -> None:
    question = question_in(state, people["asker"], growth if of_a_space else None)
    QuestionTaking.objects.create(question=question, user=people["taker"])
    enders = MAY[Act.CLOSE][of_a_space] if state == "closed" else {"asker"}
    for act in Act:
        may = enders if act == Act.REOPEN else MAY[act][of_a_space]
        for role, user in people.items():
            refusal = why_not(act, question, user)
            expected = "question-not-yours" if role not in may else "question-state"
            is_let = role in may and state in WHEN[act]
            assert (refusal.code if refusal else "") == ("" if is_let else expected), (act, role)


def test_who_keeps_a_question_decides_for_an_asker_who_is_gone(
    growth: Space, dana: User, alice: User
) -> None:
    gone = make_user("gone", is_active=False)
    question = question_in(QuestionState.ANSWERED, gone, growth)
    assert why_not(Act.ACCEPT, question, dana) is None
    assert why_not(Act.ACCEPT, question, alice)
    assert why_not(Act.ACCEPT, question, gone)
