"""The table of states: whole, kept by what happens, and drawn in the docs as it is."""

from pathlib import Path

import pytest

from knowledge.life import TRANSITIONS, WrongTurnError, settle, state_of
from knowledge.management.commands.life_table import page
from knowledge.models import Contribution, Membership, Post, Review, Role, Space, User
from knowledge.review_table import TABLE, Act, Whose, why_not
from tests.cast import THE_DAY, MakePost, make_user

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_in_the_docs_is_drawn_from_the_table() -> None:
    assert (DOCS / "life.md").read_text() == page(), "write it anew: manage.py life_table > docs/life.md"


def test_every_state_has_a_row_and_every_way_ends_in_one() -> None:
    assert set(TRANSITIONS) == set(Post.Status)
    ends = {state for ways in TRANSITIONS.values() for after in ways.values() for state in after}
    assert ends <= set(TRANSITIONS)


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "draft"),
        ({"published_revision_id": 1}, "published"),
        ({"review_state": "open"}, "in_review"),
        ({"published_revision_id": 1, "review_state": "open"}, "in_review"),
        ({"review_state": "changes_requested"}, "changes_requested"),
        ({"published_revision_id": 1, "review_state": "open", "deleted_at": THE_DAY}, "deleted"),
    ],
)
def test_a_state_follows_from_what_is_known_of_the_post(columns: dict[str, object], state: str) -> None:
    assert state_of(Post(**columns)) == state


def test_a_change_that_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(WrongTurnError, match="'approve' doesn't lead from published to published"):
        settle(Post(status="published", published_revision_id=1), "approve")


def _expected(act: Act, role: Role | None, state: Review.State, *, wrote: bool) -> str:
    """The code of the refusal, "" for none, said again in plain words and not by the table's own code."""
    rule = TABLE[act]
    order = [Role.READER, Role.AUTHOR, Role.REVIEWER, Role.MAINTAINER]
    if role is None or order.index(role) < order.index(rule.least):
        return "review-role"
    if rule.whose == Whose.OTHERS and wrote:
        return "own-work"
    if rule.whose == Whose.OWN and not wrote and role != Role.MAINTAINER:
        return "not-your-review"
    return "" if state in rule.states else "review-closed"


# Said once by hand, so that a slip in the table is one here too.
NEVER_OWN = {Act.APPROVE, Act.REQUEST_CHANGES}
OPEN_ONLY = {Act.APPROVE, Act.REQUEST_CHANGES, Act.ASK, Act.WITHDRAW}
REVIEWERS = {Act.APPROVE, Act.REQUEST_CHANGES}


def test_the_table_says_what_trust_rests_on() -> None:
    for act, rule in TABLE.items():
        assert (rule.whose == Whose.OTHERS) == (act in NEVER_OWN), act
        assert ("approved" not in rule.states) == (act in OPEN_ONLY), act
        assert (rule.least == Role.REVIEWER) == (act in REVIEWERS), act


@pytest.mark.parametrize("wrote", [False, True])
@pytest.mark.parametrize("state", Review.State)
@pytest.mark.parametrize("role", [None, *Role])
def test_every_role_in_every_state_is_let_or_refused_as_the_table_says(
    growth: Space, make_post: MakePost, role: Role | None, state: Review.State, *, wrote: bool
) -> None:
    post = make_post(growth)
    closed = {} if state in {"open", "changes_requested"} else {"closed_at": THE_DAY}
    review = Review.objects.create(post=post, revision=post.revisions.get(), state=state, **closed)
    user: User = make_user("someone")
    if role:
        Membership.objects.create(space=growth, user=user, role=role)
    if wrote:
        Contribution.objects.create(review=review, user=user)
    for act in Act:
        refusal = why_not(act, review, user)
        assert (refusal.code if refusal else "") == _expected(act, role, state, wrote=wrote), act
        assert refusal is None or (refusal.message and refusal.hint)
