"""Open questions by API: the same verbs and refusals as on the pages."""

from knowledge.models import ProposedAnswer, Space, User
from knowledge.pipeline import asking
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1/questions/"


def test_a_question_is_asked_wanted_taken_answered_and_listed(
    growth: Space, make_post: MakePost, api: Call, carol: User, alice: User
) -> None:
    reader, author = api(carol, "write"), api(alice, "write")
    fields = {"title": "Are we late?", "why": "Shifts.", "needed_by": "2027-01-10", "tags": ["delivery"]}
    made = reader.post(V1, fields, "application/json")
    assert made.status_code == 201
    place = made["Location"].removeprefix("http://testserver")
    place = place[place.index(V1) :]
    asked = made.json()
    assert (asked["state"], asked["votes"], asked["voted"], asked["answers"]) == ("open", 1, True, [])
    assert author.put(f"{place}vote/").status_code == 204
    assert author.put(f"{place}take/").status_code == 204
    shown = author.get(place).json()
    assert (shown["state"], shown["votes"], shown["taken_by"]) == ("taken", 2, ["alice"])
    assert author.delete(f"{place}take/").status_code == 204

    post = make_post(growth, title="Late on Mondays")
    answer = ProposedAnswer.objects.create(question_id=asked["id"], post=post)
    asking.move(answer.question)
    refused = author.post(f"{place}accept/", {"post": post.pk}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "question-not-yours")
    accepted = reader.post(f"{place}accept/", {"post": post.pk}, "application/json").json()
    assert accepted["state"] == "accepted"
    assert [(row["post"], row["word"]) for row in accepted["answers"]] == [(post.pk, "accepted")]
    assert author.put(f"{place}vote/").json()["code"] == "question-state"
    listed = author.get(f"{V1}?state=accepted&tag=delivery").json()["results"]
    assert [row["id"] for row in listed] == [asked["id"]]


def test_the_words_of_a_question_are_changed_by_who_may(
    growth: Space, api: Call, carol: User, alice: User, dana: User
) -> None:
    question = asking.ask(by=carol, title="Late?", why="x", team="Sales", space=growth)
    asker, place = api(carol, "write"), f"{V1}{question.pk}/"
    changed = asker.patch(place, {"title": "Are we late?", "needed_by": "2027-01-10"}, "application/json")
    body = changed.json()
    assert [body[name] for name in ("title", "why", "needed_by", "team")] == [
        "Are we late?",
        "x",
        "2027-01-10",
        "Sales",
    ]
    assert body["changed_at"]
    cleared = api(dana, "write").patch(place, {"needed_by": None, "team": ""}, "application/json").json()
    assert (cleared["needed_by"], cleared["team"]) == (None, "")
    for wrong in ({"title": ""}, {"title": None}, {"why": "x" * 2_001}, {"needed_by": "soon"}):
        assert asker.patch(place, wrong, "application/json").status_code == 400
    refused = api(alice, "write").patch(place, {"why": "Mine."}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "question-not-yours")


def test_what_one_does_not_see_is_not_there(
    finance: Space, make_post: MakePost, api: Call, carol: User, mallory: User
) -> None:
    hidden = asking.ask(by=carol, title="Hidden?", why="x", space=finance)
    outsider = api(mallory, "write")
    assert outsider.get(V1).json()["results"] == []
    assert outsider.get(f"{V1}{hidden.pk}/").status_code == 404
    assert outsider.put(f"{V1}{hidden.pk}/vote/").status_code == 404
    assert outsider.patch(f"{V1}{hidden.pk}/", {"title": "x"}, "application/json").status_code == 404
    sent = {"title": "x", "why": "x", "space": "finance"}
    assert outsider.post(V1, sent, "application/json").status_code == 404
    open_to_all = asking.ask(by=mallory, title="Margin?", why="x")
    ProposedAnswer.objects.create(question=open_to_all, post=make_post(finance))
    assert outsider.get(f"{V1}{open_to_all.pk}/").json()["answers"] == []
