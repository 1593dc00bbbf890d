"""Addresses that are open to everybody, by the API: who makes, sees and closes them."""

from typing import Any

import pytest

from knowledge.models import Embed, Post, Space, User
from knowledge.pipeline import ledger
from tests.api.conftest import Call
from tests.cast import MakePost

EMBEDS = "/api/v1/embeds/"
HTML = '<div class="table-scroll" id="fig-2-1"><table><tr><td>1</td></tr></table></div>'


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    made = make_post(growth, html=HTML, authors=(alice,))
    revision = made.revisions.get()
    revision.rendering.insights = [{"name": "late", "value": 0.18}]
    ledger.follow([revision])
    return made


def make(client: Any, **what: Any) -> Any:
    return client.post(EMBEDS, what, "application/json")


def test_one_is_made_shown_to_maintainers_and_closed(
    api: Call, post: Post, alice: User, bob: User, dana: User
) -> None:
    number = make(api(alice), space="growth", name="late")
    figure = make(api(alice), post=post.pk, output=1)
    assert (number.status_code, figure.status_code, figure.json()["anchor"]) == (201, 201, "fig-2-1")
    assert number.json()["url"] == f"http://127.0.0.1:8000/embed/{Embed.objects.earliest('pk').token}"
    assert make(api(alice), space="growth", name="late").json()["id"] == number.json()["id"]
    theirs = api(dana).get(EMBEDS, {"space": "growth"}).json()["results"]
    assert [(row["made_by"], row["url"], row["is_open"]) for row in theirs] == [("alice", None, True)] * 2
    assert [row["url"] for row in api(alice, "read").get(EMBEDS).json()["results"]] == [None] * 2
    assert api(bob).get(EMBEDS).json()["results"] == []
    address = f"{EMBEDS}{number.json()['id']}/"
    assert [api(user).delete(address).status_code for user in (bob, dana, alice)] == [404, 204, 404]


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({}, 400),
        ({"space": "growth", "output": 1}, 400),
        ({"space": "growth", "name": "no"}, 404),
        ({"post": 10**9, "output": 1}, 404),
        ({"output": 9}, 404),
    ],
)
def test_what_is_not_there_is_not_opened(
    api: Call, post: Post, alice: User, what: dict[str, Any], status: int
) -> None:
    sent = what | ({"post": post.pk} if what == {"output": 9} else {})
    assert make(api(alice), **sent).status_code == status
