"""Open questions by API: the same verbs and refusals as on the pages."""

from base64 import b64encode
from datetime import date
from typing import Any

from django.utils import timezone

from knowledge.models import OpenQuestion, ProposedAnswer, SearchMiss, Space, User
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


def test_the_shelves_of_the_board_come_in_their_order_page_by_page(
    growth: Space, api: Call, carol: User, alice: User, bob: User
) -> None:
    days = {"A?": date(2027, 3, 1), "B?": date(2027, 1, 1), "C?": None, "D?": date(2027, 3, 1)}
    asked = [asking.ask(by=carol, title=title, why="x", needed_by=day) for title, day in days.items()]
    for user in (alice, bob):
        asking.vote(by=user, question=asked[2])
    asking.vote(by=bob, question=asked[1])
    asking.take(by=alice, question=asked[3])
    shelves = {
        "wanted": ["C?", "B?", "D?", "A?"], "new": ["D?", "C?", "B?", "A?"], "soon": ["B?", "A?", "D?"],
        "answered": [], "mine": [], "taken": ["D?"],
    }  # fmt: skip
    for name, titles in shelves.items():
        assert walked(api(alice), f"{V1}?list={name}&page_size=1") == titles
    assert walked(api(carol), f"{V1}?list=mine&page_size=3") == shelves["new"]
    OpenQuestion.objects.filter(pk__in=[asked[0].pk, asked[2].pk]).update(state="answered")
    OpenQuestion.objects.filter(pk=asked[0].pk).update(moved_at=timezone.now())
    assert walked(api(carol), f"{V1}?list=answered&page_size=1") == ["A?", "C?"]


def walked(client: Any, address: str | None) -> list[str]:
    """All titles, and back again."""
    titles: list[str] = []
    last: dict[str, Any] = {}
    while address:
        last = client.get(address).json()
        titles += [row["title"] for row in last["results"]]
        address = last["next"]
    back = [row["title"] for row in last["results"]]
    while last["previous"]:
        last = client.get(last["previous"]).json()
        back = [row["title"] for row in last["results"]] + back
    assert back == titles
    return titles


def test_a_made_up_cursor_of_a_shelf_is_refused(api: Call, alice: User) -> None:
    for name, place in (("soon", "2027-13-45"), ("answered", "2027-01-01 99:00:00"), ("wanted", "many")):
        cursor = b64encode(f"p={place}".encode()).decode()
        answer = api(alice).get(V1, {"list": name, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), name


def test_what_is_wanted_is_counted_for_whom_sees_it(
    growth: Space, finance: Space, api: Call, carol: User, mallory: User
) -> None:
    asking.ask(by=carol, title="A?", why="x", space=growth, team="Sales", tags=["price"])
    asking.ask(by=carol, title="B?", why="x", space=finance, team="Sales", tags=["price"])
    counted = api(mallory).get(f"{V1}counts/").json()
    assert counted == {
        "spaces": [{"space": "growth", "name": "Growth", "questions": 1}],
        "teams": [{"team": "Sales", "questions": 1}],
        "tags": [{"tag": "price", "questions": 1}],
    }
    assert api(carol).get(f"{V1}counts/").json()["teams"] == [{"team": "Sales", "questions": 2}]


def test_what_was_asked_in_such_words_is_found_before_asking(
    growth: Space, finance: Space, api: Call, carol: User, mallory: User
) -> None:
    asking.ask(by=carol, title="Are parcels late on Mondays?", why="x", space=growth)
    asking.ask(by=carol, title="Are parcels late in Lyon?", why="x", space=finance)
    found = api(mallory).get(f"{V1}alike/", {"q": "Why are Monday's parcels late?"}).json()["results"]
    assert [row["title"] for row in found] == ["Are parcels late on Mondays?"]
    assert api(mallory).get(f"{V1}alike/").json()["results"] == []


def test_what_was_searched_for_in_vain_is_for_maintainers(
    growth: Space, api: Call, alice: User, dana: User
) -> None:
    today = timezone.localdate()
    SearchMiss.objects.create(query="free delivery", day=today, times=3)
    SearchMiss.objects.create(query="a name", day=today, times=1)
    rows = api(dana).get(f"{V1}demand/?days=30").json()["results"]
    assert rows == [{"query": "free delivery", "times": 3, "last": today.isoformat()}]
    assert api(alice).get(f"{V1}demand/").status_code == 403
    assert api(dana).get(f"{V1}demand/?days=9999").status_code == 400


def test_a_question_says_how_many_answers_lie_elsewhere(
    growth: Space, finance: Space, make_post: MakePost, api: Call, carol: User, mallory: User
) -> None:
    question = asking.ask(by=mallory, title="Margin?", why="x")
    ProposedAnswer.objects.create(question=question, post=make_post(finance))
    shown = [api(user).get(f"{V1}{question.pk}/").json() for user in (mallory, carol)]
    assert [(len(each["answers"]), each["hidden_answers"]) for each in shown] == [(0, 1), (1, 0)]
