"""Narrowing the list of posts as pages do, its orders, and the table as CSV."""

import csv
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.models import Dataset, LibraryUse, Post, Review, Space, User
from knowledge.models.approvals import approvers_of
from knowledge.pipeline.index import index_posts, request_index
from knowledge.trust import WORDS
from knowledge.trusted import trust_in_post, trusted_as
from tests.api.conftest import Call
from tests.cast import MakePost

POSTS = "/api/v1/posts/"


def found(client: Client, query: str = "") -> list[str]:
    answer = client.get(POSTS + query)
    assert answer.status_code == 200, answer.content
    return [row["path"] for row in answer.json()["results"]]


@pytest.fixture
def posts(growth: Space, make_post: MakePost, alice: User) -> list[Post]:
    """a.md to c.ipynb; each name says its title, and later ones are of later years."""
    made = []
    for number, path in enumerate(("a.md", "x/b.md", "x/c.ipynb")):
        day = datetime(2024 + number, 1, 1, tzinfo=UTC)
        tags = ["price", "churn"][: number + 1]
        made.append(
            make_post(
                growth, path, title=f"Title {'cab'[number]}", source=path.encode(), tags=tags,
                authors=(alice,), created_at=day, updated_at=day, published_at=day,
            )
        )  # fmt: skip
    return made


def test_posts_are_narrowed_as_in_search_and_table(
    posts: list[Post],
    growth: Space,
    finance: Space,
    make_post: MakePost,
    alice: User,
    mallory: User,
    api: Call,
) -> None:
    client, (first, second, third) = api(alice), posts
    assert found(client, "?tag=price&tag=churn") == ["x/c.ipynb", "x/b.md"]
    assert found(client, "?folder=x") == found(client, "?folder=/x/") == ["x/c.ipynb", "x/b.md"]
    assert found(client, "?type=ipynb") == ["x/c.ipynb"]
    assert found(client, "?after=2025-01-01&before=2026-01-01") == ["x/b.md"]
    orders = Dataset.objects.create(name="Shop.Orders", key="shop.orders")
    use = {"space": growth, "library": "pandas", "is_listed": True, "is_closed": False}
    LibraryUse.objects.create(post=first, published_at=timezone.now(), **use)
    secret = make_post(finance, "s.md", source=b"s", tags=["price"])
    for post in (second, secret):
        post.dataset_uses.create(dataset=orders)
    assert found(client, "?dataset=shop.orders") == ["s.md", "x/b.md"]
    assert found(api(mallory), "?dataset=shop.orders") == ["x/b.md"]
    assert found(client, "?library=Pandas") == ["a.md"]
    request_index([post.pk for post in posts])
    index_posts()
    assert found(client, "?q=type:md%20author:alice&sort=title") == ["x/b.md", "a.md"]
    Post.objects.filter(pk=third.pk).update(attention_since=timezone.now(), owner=alice)
    assert found(client, "?attention=mine") == ["x/c.ipynb"]
    assert found(client, "?trust=stale") == ["x/c.ipynb"]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("sort=published", "cba"),
        ("sort=published&dir=asc", "abc"),
        ("sort=updated", "cba"),
        ("sort=title", "bca"),
        ("sort=title&dir=desc", "acb"),
        ("sort=new&dir=asc", "abc"),
    ],
)
def test_each_order_is_read_forth_and_back_in_pages(
    posts: list[Post], alice: User, api: Call, query: str, order: str
) -> None:
    client, page, seen = api(alice), f"{POSTS}?{query}&page_size=1", []
    answers = []
    while page:
        answers.append(client.get(page).json())
        page = answers[-1]["next"]
    for answer in answers:
        seen += [row["path"].partition(".")[0][-1] for row in answer["results"]]
    assert "".join(seen) == order
    for before, after in pairwise(answers):
        assert client.get(after["previous"]).json()["results"] == before["results"]


def test_orders_of_the_table_are_of_what_it_lists(
    posts: list[Post], growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "draft.md", source=b"d", rendering={"state": "queued"})
    Post.objects.filter(pk=posts[0].pk).update(status="archived", archived_at=timezone.now())
    client = api(alice)
    assert found(client, "?sort=updated") == ["x/c.ipynb", "x/b.md"]
    assert found(client, "?sort=updated&status=archived") == found(client, "?sort=title&trust=archived")
    assert len(found(client)) == 4


def test_the_table_comes_as_csv(posts: list[Post], api: Call, alice: User, mallory: User) -> None:
    Post.objects.filter(pk=posts[1].pk).update(private=True)
    for user, expected in ((alice, ["Title c", "Title a"]), (mallory, ["Title c"])):
        answer: Any = api(user).get(f"{POSTS}?format=csv&before=2026-01-01&dir=asc")
        rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
        assert [row["title"] for row in rows] == expected
        assert (answer["Content-Type"], rows[0]["authors"]) == ("text/csv; charset=utf-8", "Alice Example")


def test_posts_are_found_by_the_word_that_they_say(growth: Space, make_post: MakePost, alice: User) -> None:
    """Whatever is known of them together."""
    now = timezone.now()
    known: list[dict[str, Any]] = [
        {},
        {"run_findings": ["out-of-order"]},
        {"attention_since": now, "due_on": now.date(), "run_findings": ["ends-in-error"]},
        {"suspect_since": now, "data_notes": [{"kind": "suspect", "name": "x"}], "attention_since": now},
        {"data_notes": [{"kind": "late", "name": "x"}]},
        {"status": "archived", "archived_at": now, "suspect_since": now},
        {"status": "superseded", "run_findings": ["out-of-order"]},
        {"status": "deleted", "deleted_at": now},
        {"published_revision": None, "status": "draft"},
    ]
    made = [make_post(growth, f"{n}.md", source=str(n).encode(), **each) for n, each in enumerate(known)]
    for post in (made[0], made[1]):
        review = Review.objects.create(
            post=post, revision=post.revisions.get(), state="approved", closed_at=now
        )
        review.verdicts.create(revision=review.revision, reviewer=alice, reviewer_name="A", kind="approve")
    said: dict[str, set[int]] = {word: set() for word in WORDS}
    for post in made[:-1]:
        word = trust_in_post(post, approvers=approvers_of(post.published_revision_id or 0)).word
        said[word].add(post.pk)
    assert {word: {post.pk for post in trusted_as(Post.objects.all(), word)} for word in WORDS} == said
    assert sum(map(bool, said.values())) >= 7
