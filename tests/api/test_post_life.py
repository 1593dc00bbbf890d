"""Looking after a post by the API, and what needs somebody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Post, Rendering, Review, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

POSTS = "/api/v1/posts/"
JSON = "application/json"


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "a.md", authors=(alice,))


def test_who_answers_for_a_post_says_that_it_holds_and_when_to_look_again(
    post: Post, api: Call, alice: User
) -> None:
    client, address = api(alice), f"{POSTS}{post.pk}/"
    seen = client.get(f"{address}life/")
    told = client.patch(f"{address}life/", {"refresh_days": 30}, JSON, headers={"If-Match": seen["ETag"]})
    day = timezone.localdate() + timedelta(days=30)
    assert (told.json()["due_on"], told.json()["refresh_days"]) == (day.isoformat(), 30)
    again = client.patch(f"{address}life/", {"review_by": str(day - timedelta(days=9))}, JSON).json()
    assert (again["due_on"], again["refresh_days"]) == (str(day - timedelta(days=9)), 30)
    said = client.post(f"{address}confirm/", {"note": "Ran it."}, JSON).json()
    assert [(each["by"], each["note"], each["revision"]) for each in said["confirmations"]] == [
        ("alice", "Ran it.", 1)
    ]
    assert (said["keepers"], said["is_yours"]) == (["alice"], True)


def test_a_post_is_archived_superseded_and_taken_back(
    post: Post, growth: Space, make_post: MakePost, api: Call, alice: User, carol: User, mallory: User
) -> None:
    newer = make_post(growth, "b.md", source=b"b", private=False)
    client, address = api(alice), f"{POSTS}{post.pk}/"
    archived = client.post(f"{address}archive/", {"why": "Old."}, JSON).json()
    assert (archived["status"], archived["archived"]["why"]) == ("archived", "Old.")
    assert client.post(f"{address}archive/", {"why": "Old."}, JSON).json()["code"] == "archived"
    assert client.post(f"{address}unarchive/").json()["status"] == "published"
    told = client.post(f"{address}supersede/", {"name": "b.md"}, JSON).json()
    assert (told["status"], told["superseded_by"]["id"]) == ("superseded", newer.pk)
    assert [each["id"] for each in api(carol).get(f"{POSTS}{newer.pk}/life/").json()["supersedes"]] == [
        post.pk
    ]
    Post.objects.filter(pk=newer.pk).update(private=True)
    assert api(mallory).get(f"{address}life/").json()["superseded_by"] is None
    assert client.post(f"{address}supersede/", {"name": ""}, JSON).json()["status"] == "published"


@pytest.mark.parametrize(
    ("act", "body", "status", "code"),
    [
        ("life", {"review_by": "2020-01-01"}, 400, "invalid"),
        ("life", {"refresh_days": 0}, 400, "invalid"),
        ("life", {"refresh_days": 9}, 409, "header-says"),
        ("archive", {"why": " "}, 400, "invalid"),
        ("supersede", {"name": "a.md"}, 400, "not-superseding"),
    ],
)
def test_what_can_not_be_is_refused_in_words(
    post: Post, api: Call, alice: User, act: str, body: dict[str, Any], status: int, code: str
) -> None:
    post.revisions.update(header={"refresh_every": "30 days"})
    client = api(alice)
    call = client.patch if act == "life" else client.post
    answer = call(f"{POSTS}{post.pk}/{act}/", body, JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_needs_somebody_is_told_to_them(
    growth: Space, make_post: MakePost, api: Call, alice: User, carol: User
) -> None:
    failed = {"state": Rendering.State.FAILED, "failure_code": "x"}
    broken = make_post(growth, "a.md", source=b"a", authors=(alice,), rendering=failed)
    kept = make_post(growth, "b.md", source=b"b", authors=(alice,), revision={"blocked_by": ["secret"]})
    old = make_post(growth, "c.md", source=b"c", authors=(alice,), attention_since=timezone.now())
    review = Review.objects.create(
        post=old, revision=old.revisions.get(), opened_by=alice, state="changes_requested"
    )
    review.contributions.create(user=alice)
    told = api(alice).get("/api/v1/me/attention/").json()
    assert told.pop("to_review") == 0
    assert {name: [row["id"] for row in rows] for name, rows in told.items()} == {
        "failed": [broken.pk], "kept_back": [kept.pk], "old": [old.pk], "changes": [review.pk],
    }  # fmt: skip
    others = api(carol).get("/api/v1/me/attention/").json()
    assert others == {"failed": [], "kept_back": [], "changes": [], "old": [], "to_review": 0}
