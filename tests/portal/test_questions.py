"""The board of open questions and the page of one, as different readers get them."""

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from knowledge.models import OpenQuestion, ProposedAnswer, SearchMiss, Space, User
from knowledge.pipeline import asking, deciding
from tests.cast import MakePost
from tests.portal.pages import body, signed_in

HTMX = {"HX-Request": "true"}


def ask(by: User, title: str, **fields: Any) -> OpenQuestion:
    return asking.ask(by=by, title=title, why="It matters.", **fields)


def titles(answer: Any) -> list[str]:
    return [question.title for question in answer.context["questions"]]


def test_the_board_orders_filters_and_leaves_out_what_one_does_not_see(
    growth: Space, finance: Space, mallory: User, carol: User, alice: User
) -> None:
    today = timezone.localdate()
    first = ask(carol, "First?", needed_by=today + timedelta(days=9), team="Sales", tags=["price"])
    ask(mallory, "Second?", needed_by=today, space=growth)
    ask(alice, "Hidden?", space=finance, team="Secret team", tags=["secret tag"])
    asking.vote(by=mallory, question=first)
    asking.take(by=alice, question=first)
    outsider, author = signed_in(mallory), signed_in(alice)
    page = outsider.get("/questions/")
    assert titles(page) == ["First?", "Second?"]
    assert "taken by" in body(page)
    assert "in 9 days" in body(page)
    assert not any(word in body(page) for word in ("Hidden", "Secret team", "secret tag", "Finance"))
    assert titles(author.get("/questions/?list=new")) == ["Hidden?", "Second?", "First?"]
    assert titles(outsider.get("/questions/?list=soon")) == ["Second?", "First?"]
    assert titles(outsider.get("/questions/?list=mine")) == ["Second?"]
    assert titles(author.get("/questions/?list=taken")) == ["First?"]
    assert titles(outsider.get("/questions/?tag=price&team=sales")) == ["First?"]
    assert titles(outsider.get("/questions/?space=finance")) == []


def test_the_board_goes_on_after_its_last_question(
    growth: Space, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.board.A_PAGE", 2)
    for number in range(5):
        ask(carol, f"{number}?", needed_by=timezone.localdate())
    client = signed_in(carol)
    for shelf in ("wanted", "new", "soon"):
        seen: list[str] = []
        after = ""
        while True:
            page = client.get(f"/questions/?list={shelf}&after={after}")
            seen += titles(page)
            after = page.context["more"]
            if not after:
                break
        assert sorted(seen) == [f"{number}?" for number in range(5)]
        assert len(seen) == 5


@pytest.mark.parametrize("address", ["/questions/", "/questions/?list=answered"])
def test_the_queries_of_the_board_do_not_grow(
    growth: Space, carol: User, alice: User, address: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(9):
        asking.take(by=alice, question=ask(carol, f"{number}?", space=growth, tags=["a"]))
    OpenQuestion.objects.filter(title__gte="5").update(state="answered")
    client = signed_in(carol)
    with django_assert_max_num_queries(10):
        client.get(address)


def test_a_search_that_found_nothing_becomes_a_question_unless_it_is_there(
    growth: Space, mallory: User, carol: User
) -> None:
    ask(carol, "Are deliveries late on Mondays?")
    client = signed_in(mallory)
    page = body(client.get("/questions/new?q=late+monday+<b>"))
    assert 'value="late monday &lt;b&gt;"' in page
    assert "Are deliveries late on Mondays?" in page

    fields = {"title": "How late are deliveries?", "why": "Shifts.", "space": "growth", "tags": "a, b"}
    back = client.post("/questions/new", fields)
    assert "is it one of these" in body(back)
    sent = client.post("/questions/new", fields | {"seen": fields["title"]})
    made = OpenQuestion.objects.get(asked_by=mallory)
    assert sent["Location"] == made.get_absolute_url()
    assert (made.space, made.tags) == (growth, ["a", "b"])


def test_an_empty_search_leads_to_the_form() -> None:
    assert "/questions/new?q=a%20%26%20%22b%22%2F" in render_to_string(
        "questions/_ask.html", {"query": 'a & "b"/'}
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "x", "why": "\x00"},
        {"title": "x" * 9_999, "why": "x"},
        {"title": "x", "why": "x", "needed_by": "0001-01-01"},
        {"title": "x", "why": "x", "space": "finance"},
        {"title": "\u202e\x00'\"; --", "why": "x", "seen": "\x00"},
    ],
)
def test_what_can_not_be_asked_is_said_on_the_form(
    finance: Space, mallory: User, fields: dict[str, str]
) -> None:
    assert signed_in(mallory).post("/questions/new", fields).status_code == 400
    assert not OpenQuestion.objects.exists()


def test_a_question_is_changed_in_a_form_that_has_its_words(
    growth: Space, carol: User, alice: User, mallory: User
) -> None:
    passed = timezone.localdate() - timedelta(days=3)
    question = ask(carol, "Are we <late>?", needed_by=passed, team="Sales", space=growth, tags=["price"])
    place, client = f"/questions/{question.pk}/edit", signed_in(carol)
    assert f'href="{place}"' in body(client.get(question.get_absolute_url()))
    assert f'href="{place}"' not in body(signed_in(mallory).get(question.get_absolute_url()))
    form = body(client.get(place))
    for held in ("Are we &lt;late&gt;?", "It matters.", f'value="{passed}"', 'value="Sales"'):
        assert held in form
    fields = {"title": "Are we late?", "why": "Shifts.", "needed_by": str(passed), "team": ""}
    assert client.post(place, fields)["Location"] == question.get_absolute_url()
    question.refresh_from_db()
    assert (question.title, question.why, question.needed_by, question.team) == (
        "Are we late?",
        "Shifts.",
        passed,
        "",
    )
    assert (question.space, question.tags) == (growth, ["price"])
    assert f"{carol.get_full_name()} changed it" in body(client.get(question.get_absolute_url()))
    for wrong in ({"title": ""}, {"why": "\x00"}, {"needed_by": str(passed - timedelta(days=1))}):
        assert client.post(place, fields | wrong).status_code == 400
    asking.take(by=alice, question=question)
    refused = body(signed_in(alice).post(place, fields, follow=True))
    assert "Changing a question is for the asker, and who may close it." in refused


def test_a_vote_is_pressed_with_scripts_and_without(growth: Space, carol: User, mallory: User) -> None:
    question = ask(carol, "First?")
    client, place = signed_in(mallory), f"/questions/{question.pk}/vote"
    pressed = client.post(place, {"is_on": "yes", "back": "board"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in body(pressed)
    assert '<span class="num">2</span>' in body(pressed)
    assert client.post(place, {"is_on": "no", "back": "board"})["Location"] == "/questions/"
    question.refresh_from_db()
    assert question.votes == 1


def test_the_asker_decides_on_the_page_and_others_read_no_more_than_they_may(
    finance: Space, make_post: MakePost, carol: User, mallory: User, alice: User
) -> None:
    question = ask(carol, "What is our margin?")
    post = make_post(finance, title="Margins by category", authors=(alice,))
    ProposedAnswer.objects.create(question=question, post=post, revision=post.published_revision)
    asking.move(question)
    place = f"/questions/{question.pk}"
    outsider = body(signed_in(mallory).get(place))
    assert "Answered in a space that you can’t see" in outsider
    assert "Margins" not in outsider
    client = signed_in(carol)
    assert "This answers it" in body(client.get(place))
    refused = signed_in(mallory).post(f"{place}/decide", {"do": "accept", "post": post.pk}, follow=True)
    assert "No post that you can see waits" in body(refused)
    for do in ({"do": "accept", "post": "9" * 40}, {"do": "\x00"}, {"do": "decline", "post": post.pk}):
        assert client.post(f"{place}/decide", do).status_code == 302
    declined = {"do": "decline", "post": post.pk, "why": "Which year?"}
    assert "Which year?" in body(client.post(f"{place}/decide", declined, follow=True))
    assert "Answered in a space" not in body(signed_in(mallory).get(place))


def test_the_page_of_a_post_tells_which_questions_it_answers_of_those_that_the_reader_sees(
    growth: Space, finance: Space, make_post: MakePost, carol: User, mallory: User
) -> None:
    post = make_post(growth, title="Late on Mondays")
    asked, hidden, ended, other = (
        ask(carol, title, space=space)
        for title, space in (
            ("Are we <late>?", None),
            ("Hidden?", finance),
            ("Ended?", None),
            ("Not it?", None),
        )
    )
    place = f"/p/{post.pk}/collections"
    assert f'data-later="{place}"' in body(signed_in(carol).get(post.get_absolute_url()))
    assert not body(signed_in(carol).get(place, headers=HTMX)).strip()
    for question in (asked, hidden, ended, other):
        ProposedAnswer.objects.create(question=question, post=post)
        asking.move(question)
    deciding.withdraw(by=carol, question=ended)
    deciding.decline(by=carol, question=other, post=post, why="Which year?")
    for reader, sees_hidden in ((carol, True), (mallory, False)):
        client = signed_in(reader)
        for told in (body(client.get(place, headers=HTMX)), body(client.get(place))):
            assert f'<a href="{asked.get_absolute_url()}" dir="auto">Are we &lt;late&gt;?</a>' in told
            assert told.count("not accepted yet") == 1 + sees_hidden
            assert ("Hidden?" in told) == sees_hidden
            assert "Ended?" not in told
            assert "Not it?" not in told
        assert "Hidden?" not in body(client.get(post.get_absolute_url()))
    deciding.accept(by=carol, question=asked, post=post)
    told = body(signed_in(mallory).get(place, headers=HTMX))
    assert "Are we &lt;late&gt;?" in told
    assert "not accepted yet" not in told


def test_more_answers_take_no_more_queries_of_a_posts_page(
    growth: Space, make_post: MakePost, carol: User, django_assert_num_queries: Any
) -> None:
    post = make_post(growth, title="Late on Mondays")
    client = signed_in(carol)
    client.get(post.get_absolute_url())
    for number in range(4):
        ProposedAnswer.objects.create(question=ask(carol, f"{number}?"), post=post)
        with django_assert_num_queries(3):  # session, person, stamp
            client.get(post.get_absolute_url())
        with django_assert_num_queries(5):  # session, person, post, answers, collections
            client.get(f"/p/{post.pk}/collections", headers=HTMX)


def test_demand_is_shown_to_who_maintains_a_space(growth: Space, dana: User, mallory: User) -> None:
    SearchMiss.objects.create(query="return rate", day=timezone.localdate() - timedelta(days=40), times=3)
    page = signed_in(dana).get("/questions/demand?days=90")
    assert "/questions/new?q=return%20rate" in body(page)
    assert "return rate" not in body(signed_in(dana).get("/questions/demand"))
    assert signed_in(mallory).get("/questions/demand").status_code == 403
