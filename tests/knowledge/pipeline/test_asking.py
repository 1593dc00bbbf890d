"""Asking, voting, taking and deciding: the states that follow, and who is told."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Notification,
    OpenQuestion,
    Post,
    ProposedAnswer,
    SearchMiss,
    Space,
    User,
)
from knowledge.pipeline import asking, deciding, upkeep
from knowledge.pipeline.demand import A_DAY, record_search_miss
from knowledge.pipeline.following import follow
from tests.cast import MakePost


def ask(by: User, **fields: Any) -> OpenQuestion:
    fields = {"title": "Are we late on Mondays?", "why": "Shifts are planned in October."} | fields
    return asking.ask(by=by, **fields)


def told(event: str) -> set[tuple[str, str]]:
    found = Notification.objects.filter(event=f"openquestion.{event}")
    return set(found.values_list("user__username", "reason"))


def answered(question: OpenQuestion, post: Post) -> ProposedAnswer:
    answer = ProposedAnswer.objects.create(question=question, post=post, revision=post.published_revision)
    asking.move(OpenQuestion.objects.get(pk=question.pk))
    return answer


def test_states_follow_from_who_took_it_and_each_has_one_vote(
    growth: Space, mallory: User, alice: User, bob: User
) -> None:
    question = ask(mallory, title="  Are we\nlate?\x00 ", tags=["Delivery", "delivery "])
    assert (question.title, question.tags, question.votes) == ("Are we late?", ["delivery"], 1)
    assert asking.vote(by=alice, question=question).votes == 2
    assert asking.vote(by=alice, question=question).votes == 2
    assert asking.vote(by=mallory, question=question, is_on=False).votes == 1
    asking.take(by=alice, question=question)
    assert asking.take(by=bob, question=question).state == "taken"
    assert asking.give_back(by=alice, question=question).state == "taken"
    assert asking.give_back(by=bob, question=question).state == "open"
    assert told("taken") == {("mallory", "asker")}


def test_who_works_on_a_question_hears_once_a_day_that_it_changed_and_voters_do_not(
    growth: Space, mallory: User, alice: User, bob: User, carol: User, dana: User
) -> None:
    follow(by=bob, kind="space", target=growth)
    question = ask(mallory, space=growth)
    asking.take(by=alice, question=question)
    asking.vote(by=carol, question=question)
    changed = asking.change(by=mallory, question=question, title=" Late on\nMondays?\x00", team="Sales")
    assert (changed.title, changed.team, changed.votes) == ("Late on Mondays?", "Sales", 2)
    assert changed.why == question.why
    asking.change(by=mallory, question=question, needed_by=date(2027, 1, 10))
    assert told("changed") == {("alice", "taker")}
    assert Notification.objects.filter(event="openquestion.changed").count() == 1
    assert asking.change(by=dana, question=question, needed_by=None).changed_by == dana
    assert told("changed") == {("alice", "taker"), ("mallory", "asker")}
    assert told("asked") == {("bob", "subscribed-space")}


def test_the_audit_says_what_changed_and_not_what_it_said(
    growth: Space, mallory: User, carol: User, alice: User
) -> None:
    question = ask(mallory, title="Is Jo Guest late?", why="One\nTwo")
    asking.take(by=alice, question=question)
    asking.change(by=mallory, question=question, title="Is anybody late?", why="One\r\nTwo")
    [event] = AuditEvent.objects.filter(action="open-question.change")
    assert event.detail == {"space": "", "question": question.pk, "changed": ["title"]}
    asking.change(by=mallory, question=question, title="Is anybody late?", why="One\r\nTwo", team="")
    assert AuditEvent.objects.filter(action="open-question.change").count() == 1
    assert "Guest" not in str(Notification.objects.get(event="openquestion.changed").detail)
    with pytest.raises(UserError, match="nothing to ask"):
        asking.change(by=mallory, question=question, why=" \x00")
    with pytest.raises(UserError, match="for the asker, and who may close it"):
        asking.change(by=carol, question=question, why="Mine.")


def test_while_an_answer_waits_the_question_stays(
    growth: Space, make_post: MakePost, mallory: User, alice: User
) -> None:
    question = ask(mallory)
    answered(question, make_post(growth, authors=(alice,)))
    with pytest.raises(UserError, match="no changing a question now"):
        asking.change(by=mallory, question=question, title="Another?")


def test_acceptance_is_told_to_authors_takers_and_voters_each_once(
    growth: Space, make_post: MakePost, mallory: User, alice: User, bob: User, carol: User
) -> None:
    question = ask(mallory)
    asking.take(by=bob, question=question)
    for voter in (bob, carol):
        asking.vote(by=voter, question=question)
    post = make_post(growth, authors=(alice,))
    answered(question, post)
    assert deciding.accept(by=mallory, question=question, post=post).state == "accepted"
    assert told("accepted") == {("alice", "answerer"), ("bob", "taker"), ("carol", "voter")}
    reopened = deciding.reopen(by=mallory, question=question)
    assert (reopened.state, reopened.ended_at) == ("answered", None)


def test_voters_who_can_not_see_the_answer_hear_that_there_is_one_and_the_asker_can_not_accept_it(
    growth: Space, finance: Space, make_post: MakePost, mallory: User, carol: User
) -> None:
    question = ask(carol)
    asking.vote(by=mallory, question=question)
    post = make_post(finance, title="Margins of Mondays")
    answered(question, post)
    deciding.accept(by=carol, question=question, post=post)
    row = Notification.objects.get(event="openquestion.accepted", user=mallory)
    assert row.post is None
    assert "Margins" not in str(row.detail)

    own = ask(mallory)
    answered(own, post)
    with pytest.raises(UserError, match="No post that you can see"):
        deciding.accept(by=mallory, question=own, post=post)


def test_what_is_asked_of_a_space_is_told_to_its_followers_and_seen_by_its_members_alone(
    finance: Space, alice: User, bob: User, mallory: User
) -> None:
    follow(by=bob, kind="space", target=finance)
    question = ask(alice, space=finance)
    assert told("asked") == {("bob", "subscribed-space")}
    finance.memberships.filter(user=bob).delete()
    assert not Notification.objects.visible_to(bob).exists()
    for verb in (asking.vote, asking.take, deciding.withdraw):
        with pytest.raises(UserError, match="no such question"):
            verb(by=mallory, question=question)
    with pytest.raises(UserError, match="no space"):
        ask(mallory, space=finance)


def test_closing_says_why_and_tells_the_asker_and_who_took_it(
    growth: Space, mallory: User, alice: User, dana: User
) -> None:
    question = ask(mallory, space=growth)
    asking.take(by=alice, question=question)
    with pytest.raises(UserError, match="Nobody would know why"):
        deciding.close(by=dana, question=question, why=" \x00")
    closed = deciding.close(by=dana, question=question, why="Asked twice.")
    assert (closed.state, closed.reason) == ("closed", "Asked twice.")
    assert told("closed") == {("mallory", "asker"), ("alice", "taker")}


def test_nobody_floods_the_board(mallory: User) -> None:
    for number in range(asking.A_DAY):
        ask(mallory, title=f"Number {number}?")
    with pytest.raises(UserError, match="within a day"):
        ask(mallory)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("late deliveries on monday", True),
        ("mondays being late", True),
        ("monday lunch", False),
        ("mondays", True),
        ("what does this", False),
        ("' | & ! <-> :*", False),
        ("", False),
    ],
)
def test_what_was_asked_in_such_words_is_found(
    mallory: User, carol: User, words: str, *, found: bool
) -> None:
    ask(mallory)
    assert bool(asking.alike(carol, words)) == found


def test_searches_in_vain_are_kept_without_names_and_shown_once_two_made_them(alice: User, bob: User) -> None:
    for user in (alice, alice, bob):
        record_search_miss(query="  Return\x00 RATE ", by=user)
    for query in ("Jo Guest salary", "x", "a" * 201, "jo@meridian.example", "\ud800\x00"):
        record_search_miss(query=query, by=alice)
    assert set(SearchMiss.objects.values_list("query", "times")) == {
        ("return rate", 2),
        ("jo guest salary", 1),
    }
    assert {field.name for field in SearchMiss._meta.get_fields()} == {"id", "query", "day", "times"}
    shown = SearchMiss.objects.demand(since=timezone.localdate())
    assert [(row["query"], row["number"]) for row in shown] == [("return rate", 2)]


def test_searches_in_vain_are_bounded_and_forgotten_after_a_year(db: None) -> None:
    today = timezone.localdate()
    many = [SearchMiss(query=f"q{number}", day=today, times=1) for number in range(A_DAY)]
    SearchMiss.objects.bulk_create([*many, SearchMiss(query="old", day=today.replace(year=today.year - 2))])
    record_search_miss(query="one more")
    record_search_miss(query="q7")
    assert not SearchMiss.objects.filter(query="one more").exists()
    assert SearchMiss.objects.get(query="q7").times == 2
    upkeep.forget_old_rows()
    assert SearchMiss.objects.count() == A_DAY
