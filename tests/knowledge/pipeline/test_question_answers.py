"""A post whose header says `answers: 12`, from the push to the asker's word."""

import pytest

from knowledge.documents.answers import answers_in
from knowledge.models import Notification, OpenQuestion, Space, User
from knowledge.pipeline import asking, deciding
from knowledge.pipeline.mails import compose, with_words
from tests.knowledge.pipeline.desk import Desk, reconcile

HEADED = "---\ntitle: Late on Mondays\ntldr: One in five.\nauthors: [alice]\nanswers: {}\n---\n\n{}\n"


def ask(by: User, **fields: object) -> OpenQuestion:
    fields = {"title": "Are we late on Mondays?", "why": "Shifts are planned in October."} | fields
    return asking.ask(by=by, **fields)  # type: ignore[arg-type]


def told(event: str) -> set[str]:
    found = Notification.objects.filter(event=f"openquestion.{event}")
    return set(found.values_list("user__username", flat=True))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (12, {"12": 12}),
        ([12, "#15", 12], {"12": 12, "#15": 15}),
        ("12, 15", {"12": 12, "15": 15}),
        ("https://almanac.example/questions/12", {"https://almanac.example/questions/12": 12}),
        ("soon", {"soon": None}),
        ("١٢", {"١٢": None}),
        (10**30, {str(10**30): None}),
        (True, {"something that is no number": None}),
        ([{"a": 1}], {"something that is no number": None}),
        (None, {}),
        ([], {}),
    ],
)
def test_answers_are_read_as_people_write_them(value: object, read: dict[str, int | None]) -> None:
    assert answers_in({"Answers": value}) == read  # type: ignore[dict-item]


def test_a_published_revision_proposes_its_post_and_one_without_the_line_takes_it_back(
    desk: Desk, mallory: User
) -> None:
    question = ask(mallory)
    desk.publish({"late.md": HEADED.format(question.pk, "They are.")})
    answer = question.answers.get()
    question.refresh_from_db()
    assert (answer.post, answer.word, question.state) == (desk.post("late.md"), "proposed", "answered")
    [row] = with_words(Notification.objects.filter(event="openquestion.answered", user=mallory))
    mail = compose(row, mallory)
    assert mail.subject == "Alice Example published an answer to Are we late on Mondays?"
    assert "> Late on Mondays" in str(mail.body)
    assert reconcile(desk).report[0]["faults"] == []

    desk.publish({"late.md": HEADED.format("[]", "They are, still.")})
    question.refresh_from_db()
    assert (question.answers.count(), question.state) == (0, "open")


def test_what_was_declined_is_proposed_anew_by_the_next_revision_and_what_was_accepted_stays(
    desk: Desk, mallory: User, alice: User
) -> None:
    question = ask(mallory)
    desk.publish({"late.md": HEADED.format(question.pk, "They are.")})
    deciding.decline(by=mallory, question=question, post=desk.post("late.md"), why="Which Mondays?")
    question.refresh_from_db()
    assert (question.answers.get().word, question.state) == ("declined", "open")
    assert told("declined") == {"alice"}

    desk.publish({"late.md": HEADED.format(question.pk, "Those of September.")})
    assert question.answers.get().word == "proposed"
    assert Notification.objects.filter(event="openquestion.answered").count() == 2

    deciding.accept(by=mallory, question=question, post=desk.post("late.md"))
    desk.publish({"late.md": HEADED.format("[]", "Those of September.")})
    question.refresh_from_db()
    assert (question.answers.get().word, question.state) == ("accepted", "accepted")


def test_a_deleted_post_answers_nothing(desk: Desk, mallory: User) -> None:
    question = ask(mallory)
    desk.publish({"late.md": HEADED.format(question.pk, "They are.")})
    desk.push({"late.md": None})
    reconcile(desk)
    question.refresh_from_db()
    assert (question.answers.count(), question.state) == (0, "open")


def test_a_hidden_question_and_none_are_the_same_fault_and_the_post_is_published_all_the_same(
    desk: Desk, finance: Space, alice: User, bob: User
) -> None:
    hidden = ask(bob, space=finance)
    finance.memberships.filter(user=alice).delete()
    faults = []
    for number in (hidden.pk, 10**9):
        desk.publish({"late.md": HEADED.format(number, "They are.")})
        [line] = reconcile(desk).report
        faults += [(fault["code"], fault["message"].replace(str(number), "N")) for fault in line["faults"]]
        assert desk.post("late.md").status == "published"
    assert faults[0] == faults[1]
    assert faults[0][0] == "no-such-question"
    assert not hidden.answers.exists()


def test_an_answer_that_the_asker_can_not_see_is_told_without_a_word_of_it(
    finance: Space, mallory: User, alice: User
) -> None:
    question = ask(mallory)
    Desk(finance).publish({"margin.md": HEADED.format(question.pk, "They are.")})
    row = Notification.objects.get(event="openquestion.answered")
    assert (row.post, row.actor, row.actor_name) == (None, None, "")
    assert "Late on Mondays" not in str(row.detail)
