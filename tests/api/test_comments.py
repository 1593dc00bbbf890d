"""Comments by API: the same verbs and refusals as on the pages."""

from typing import Any

import pytest

from knowledge.models import Comment, Post, Space, Thread, User
from knowledge.pipeline import settling, talking
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
CELLS = [["plot", "h1", "code", "orders.plot()", False]]


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "a.ipynb", authors=(alice,), rendering={"cells": CELLS})


def say(client: Any, **fields: Any) -> Any:
    return client.post(f"{V1}/comments/", fields, "application/json")


def test_a_comment_is_made_answered_listed_changed_and_deleted(
    post: Post, api: Call, carol: User, alice: User
) -> None:
    reader, author = api(carol, "write"), api(alice, "write")
    made = say(reader, post=post.pk, body="Why *that*?", place="cell-plot", is_question=True)
    assert made.status_code == 201
    comment = made.json()
    assert made["Location"].endswith(f"{V1}/comments/{comment['id']}/")
    assert (comment["author"], comment["html"]) == ("carol", "<p>Why <em>that</em>?</p>")
    thread = comment["thread"]
    anchor = {
        "kind": "cell",
        "revision": 1,
        "side": "new",
        "cell": 0,
        "cell_id": "plot",
        "line": 0,
        "output": None,
    }
    assert thread["anchor"] == anchor | {"quote": "orders.plot()"}
    assert (thread["is_question"], thread["answered_at"]) == (True, None)

    reply = say(author, thread=thread["id"], body="Because.").json()
    assert reply["thread"]["answered_at"]
    listed = reader.get(f"{V1}/comments/?post={post.pk}").json()["results"]
    assert [row["id"] for row in listed] == [reply["id"], comment["id"]]
    assert reader.get(f"{V1}/comments/?question=open").json()["results"] == []

    place = f"{V1}/comments/{comment['id']}/"
    changed = reader.patch(place, {"body": "Why this?"}, "application/json").json()
    assert (changed["body"], bool(changed["edited_at"])) == ("Why this?", True)
    assert reader.delete(place).status_code == 204
    gone = reader.get(place).json()
    assert (gone["body"], gone["html"], bool(gone["deleted_at"])) == ("", "", True)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"body": "x"}, 400, "invalid"),
        ({"body": "x", "post": 1, "thread": 1}, 400, "invalid"),
        ({"body": "x", "post": 10**9}, 404, "not-found"),
        ({"body": "x", "thread": 10**9}, 404, "not-found"),
        ({"body": "x", "post": "mine", "place": "cell-gone"}, 400, "no-such-place"),
        ({"body": "é" * 15_000, "post": "mine"}, 400, "long-comment"),
        ({"body": " ", "post": "mine"}, 400, "invalid"),
    ],
)
def test_what_can_not_be_said_is_refused_in_words(
    post: Post, api: Call, carol: User, fields: dict[str, Any], status: int, code: str
) -> None:
    fields = {name: post.pk if value == "mine" else value for name, value in fields.items()}
    answer = say(api(carol, "write"), **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("who", "change", "delete", "settle"),
    [
        ("carol", 200, 204, 200),  # who said it
        ("bob", 403, 403, 403),
        ("alice", 403, 403, 200),  # who wrote the post
        ("dana", 403, 204, 200),  # who keeps the space
        ("admin", 403, 204, 200),
        ("mallory", 403, 403, 403),  # sees it, and belongs to nothing
    ],
)
def test_each_may_what_they_may_on_the_pages(
    post: Post,
    api: Call,
    carol: User,
    mallory: User,
    admin: User,
    who: str,
    change: int,
    delete: int,
    settle: int,
) -> None:
    said = talking.start_thread(by=carol, post=post, revision=post.revisions.get(), body="Why?")
    client = api(User.objects.get(username=who), "write")
    place = f"{V1}/comments/{said.pk}/"
    assert client.patch(place, {"body": "x"}, "application/json").status_code == change
    thread = f"{V1}/threads/{said.thread_id}/"
    assert client.patch(thread, {"resolved": True}, "application/json").status_code == settle
    assert client.delete(place).status_code == delete


def test_what_one_can_not_see_is_not_there(
    finance: Space, make_post: MakePost, api: Call, carol: User, mallory: User
) -> None:
    hidden = make_post(finance, "b.md")
    said = talking.start_thread(by=carol, post=hidden, revision=hidden.revisions.get(), body="Why?")
    client = api(mallory, "write")
    assert client.get(f"{V1}/comments/").json()["results"] == []
    for method, place in (
        ("get", f"comments/{said.pk}/"),
        ("delete", f"comments/{said.pk}/"),
        ("put", f"comments/{said.pk}/reactions/agree/"),
        ("get", f"threads/{said.thread_id}/"),
    ):
        assert getattr(client, method)(f"{V1}/{place}").status_code == 404
    assert say(client, post=hidden.pk, body="x").status_code == 404
    assert say(client, thread=said.thread_id, body="x").status_code == 404


def test_drafts_are_nobodys_to_list(post: Post, api: Call, bob: User) -> None:
    talking.start_thread(by=bob, post=post, revision=post.revisions.get(), body="Hm", is_draft=True)
    assert api(bob).get(f"{V1}/comments/").json()["results"] == []


def test_signs_are_put_counted_and_taken_away(post: Post, api: Call, carol: User, bob: User) -> None:
    said = talking.start_thread(by=carol, post=post, revision=post.revisions.get(), body="Why?")
    settling.react(by=carol, comment=said, sign="agree")
    client, place = api(bob, "write"), f"{V1}/comments/{said.pk}/"
    assert client.put(f"{place}reactions/agree/").status_code == 204
    assert client.get(place).json()["reactions"] == {"agree": 2}
    assert client.delete(f"{place}reactions/agree/").status_code == 204
    assert client.get(place).json()["reactions"] == {"agree": 1}
    refused = client.put(f"{place}reactions/poop/")
    assert (refused.status_code, refused.json()["code"]) == (400, "no-such-sign")


def test_who_comments_too_fast_is_told_to_wait(post: Post, api: Call, carol: User) -> None:
    client = api(carol, "write")
    answers = [say(client, post=post.pk, body="x") for _ in range(talking.A_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [201] * talking.A_MINUTE + [429]
    assert answers[-1].json()["code"] == "too-many-comments"


def test_queries_do_not_grow_with_comments(
    post: Post, api: Call, carol: User, django_assert_num_queries: Any
) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            thread = Thread.objects.create(post=post, revision=post.revisions.get(), started_by=carol)
            comment = thread.comments.create(author=carol, author_name="Carol", body="x", profile=1)
            settling.react(by=carol, comment=comment, sign="agree")

    client = api(carol)
    fill(1)
    client.get(f"{V1}/comments/?post={post.pk}")
    with django_assert_num_queries(3):
        client.get(f"{V1}/comments/?post={post.pk}")
    fill(20)
    with django_assert_num_queries(3):
        assert len(client.get(f"{V1}/comments/?post={post.pk}").json()["results"]) >= 20
