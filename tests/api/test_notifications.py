"""What one is told, by the API: one's own, read and unread, and by which channel."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Notification, Post, Space, User
from knowledge.pipeline.notify import tell
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1/notifications"
JSON = "application/json"


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "late.md", title="Late on Mondays", authors=(alice,))


def comment(post: Post, bob: User, alice: User, *numbers: int) -> None:
    for number in numbers:
        detail = {"comment": number, "text": "Why Monday?", "url": f"/t/{number}"}
        tell(event="comment.created", post=post, by=bob, people=[(alice, "author")], detail=detail)


def rows(client: Any, query: str = "") -> list[dict[str, Any]]:
    return list(client.get(f"{V1}/{query}").json()["results"])


def test_what_one_is_told_says_what_happened_and_why(post: Post, alice: User, bob: User, api: Call) -> None:
    comment(post, bob, alice, 1)
    (row,) = rows(api(alice))
    assert row["sentence"] == "Bob Example commented on Late on Mondays"
    assert (row["actor"], row["post"], row["group"], row["read"]) == ("bob", post.pk, "talk", False)
    assert (row["because"], row["text"]) == ("you wrote this post", "Why Monday?")
    assert row["url"] == "http://127.0.0.1:8000/t/1"
    assert rows(api(bob)) == []


def test_one_or_some_or_all_are_marked(post: Post, alice: User, bob: User, api: Call) -> None:
    comment(post, bob, alice, 1, 2, 3, 4)
    client, first = api(alice), alice.notifications.earliest("pk").pk
    marked = client.patch(f"{V1}/{first}/", {"read": True}, JSON)
    assert (marked.status_code, marked.json()["read"]) == (200, True)
    assert client.get(f"{V1}/{first}/").json() == marked.json()
    assert [row["id"] for row in rows(client, "?unread=true")] == [first + 3, first + 2, first + 1]
    assert client.get(f"{V1}/unread/").json() == {"unread": 3, "has_more": False}
    assert client.post(f"{V1}/read/", {"ids": [first, first + 1]}, JSON).json() == {"read": 1}
    assert client.patch(f"{V1}/{first}/", {"read": False}, JSON).json()["read"] is False
    assert client.post(f"{V1}/read/", {}, JSON).json() == {"read": 3}
    assert rows(client, "?unread=1") == []


def test_those_of_others_are_neither_read_nor_marked(post: Post, alice: User, bob: User, api: Call) -> None:
    comment(post, bob, alice, 1)
    told = alice.notifications.get()
    assert api(bob).get(f"{V1}/{told.pk}/").status_code == 404
    assert api(bob).patch(f"{V1}/{told.pk}/", {"read": True}, JSON).status_code == 404
    assert api(bob).post(f"{V1}/read/", {"ids": [told.pk]}, JSON).json() == {"read": 0}
    assert Notification.objects.unread_count(alice) == 1


def test_what_one_can_not_see_any_more_is_not_told(
    post: Post, growth: Space, alice: User, bob: User, api: Call
) -> None:
    comment(post, bob, alice, 1)
    Space.objects.filter(pk=growth.pk).update(visibility="restricted")
    growth.memberships.filter(user=alice).delete()
    assert rows(api(alice)) == []
    assert api(alice).get(f"{V1}/unread/").json()["unread"] == 0


def test_the_count_of_what_is_unread_ends_at_ninety_nine(alice: User, api: Call) -> None:
    Notification.objects.bulk_create(
        Notification(user=alice, event="post.updated", key=f"{number}") for number in range(101)
    )
    assert api(alice).get(f"{V1}/unread/").json() == {"unread": 99, "has_more": True}


def test_channels_are_shown_and_chosen(alice: User, bob: User, api: Call) -> None:
    client = api(alice)
    before = {row["group"]: row for row in client.get(f"{V1}/channels/").json()["channels"]}
    assert before["published"]["channel"] == before["published"]["default"] == "mail_daily"
    assert "post.published" in before["published"]["events"]
    changed = client.patch(f"{V1}/channels/", {"published": "off"}, JSON)
    after = {row["group"]: row["channel"] for row in changed.json()["channels"]}
    assert (after["published"], after["review"]) == ("off", before["review"]["channel"])
    assert client.get(f"{V1}/channels/").json() == changed.json()
    assert client.patch(f"{V1}/channels/", {"published": "pigeon"}, JSON).json()["code"] == "invalid"
    assert api(bob).get(f"{V1}/channels/").json()["channels"][6]["channel"] == "mail_daily"


def test_many_cost_as_many_queries_as_few(post: Post, alice: User, bob: User, api: Call) -> None:
    client, counted = api(alice), []
    rows(client)  # the use of a token is written down once a minute
    for number in (1, 5):
        comment(post, bob, alice, *range(number, number + 4))
        with CaptureQueriesContext(connection) as seen:
            rows(client)
        counted.append(len(seen))
    assert counted[0] == counted[1]
