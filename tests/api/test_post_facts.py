"""What a row of a post says beside its words: trust, who answers for it, what took its place."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Collection, Dataset, LibraryUse, Like, Post, Review, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

POSTS = "/api/v1/posts/"


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User, bob: User) -> Post:
    post = make_post(growth, "a.md", authors=(alice,), owner=alice, due_on=date(2027, 1, 31))
    review = Review.objects.create(
        post=post, revision=post.revisions.get(), state="approved", closed_at=timezone.now()
    )
    review.verdicts.create(revision=review.revision, reviewer=bob, reviewer_name="Bob", kind="approve")
    Like.objects.create(post=post, user=bob)
    return post


def row_of(api: Call, user: User, path: str = "a.md") -> dict[str, Any]:
    rows = api(user).get(POSTS, {"path": path}).json()["results"]
    return dict(rows[0])


def test_a_row_says_whether_to_trust_it_and_why(post: Post, api: Call, carol: User) -> None:
    row = row_of(api, carol)
    assert (row["trust"], row["trust_reasons"], row["trust_next"]) == ("sound", ["Approved by Bob."], "")
    assert (row["approvers"], row["owner"], row["likes"]) == (["Bob"], "alice", 1)
    assert (row["due_on"], row["superseded_by"], row["archived"]) == ("2027-01-31", None, None)
    note = {"kind": "suspect", "dataset": 7, "name": "orders", "since": "2026-11-01T00:00:00Z", "who": "Eve"}
    archived = {"status": "archived", "archived_at": timezone.now(), "archived_by": post.owner}
    for name, value in ({"data_notes": [note], "archived_why": "Old."} | archived).items():
        setattr(post, name, value)
    post.save()
    row = row_of(api, carol)
    assert (row["trust"], len(row["trust_reasons"])) == ("archived", 3)
    assert (row["archived"]["by"], row["archived"]["why"]) == ("alice", "Old.")
    assert row["data_notes"][0]["dataset"].endswith("/api/v1/datasets/~7/")


def test_what_is_not_published_has_no_trust_yet(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", rendering={"state": "queued"})
    row = row_of(api, alice)
    assert (row["trust"], row["trust_reasons"]) == (None, [])


def test_what_took_its_place_is_told_to_those_who_see_that(
    post: Post, growth: Space, make_post: MakePost, api: Call, carol: User, mallory: User
) -> None:
    newer = make_post(growth, "b.md", source=b"b", private=True)
    Post.objects.filter(pk=post.pk).update(superseded_by=newer, status="superseded")
    assert row_of(api, carol)["superseded_by"] == newer.pk
    assert row_of(api, mallory)["superseded_by"] is None
    assert [each["id"] for each in api(carol).get(f"{POSTS}{newer.pk}/").json()["supersedes"]] == [post.pk]


def test_one_post_says_what_it_rests_on_and_where_it_is_collected(
    post: Post, growth: Space, api: Call, bob: User, finance: Space, mallory: User
) -> None:
    post.dataset_uses.create(dataset=Dataset.objects.create(name="shop.orders", key="shop.orders"))
    use = {"post": post, "space": growth, "library": "pandas", "version": "1.5"}
    LibraryUse.objects.create(**use, published_at=timezone.now(), is_listed=True, is_closed=False)
    for space in (growth, finance):
        Collection.objects.create(space=space, title=space.slug).items.create(post=post, position=1)
    shown = api(bob).get(f"{POSTS}{post.pk}/").json()
    (dataset,), (library,) = shown["rests_on"]["datasets"], shown["rests_on"]["libraries"]
    assert (dataset["name"], library["name"], library["version"]) == ("shop.orders", "pandas", "1.5")
    assert {each["title"] for each in shown["collections"]} == {"growth", "finance"}
    assert (shown["liked"], shown["bookmarked"]) == (True, False)
    others = api(mallory).get(f"{POSTS}{post.pk}/").json()
    assert ([each["title"] for each in others["collections"]], others["liked"]) == (["growth"], False)
