"""The table of all posts: sorted, narrowed, a page at a time, and whole as CSV."""

import csv
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from knowledge.models import Post, Space, User
from knowledge.models.popularity import Popularity
from portal import post_table
from tests.cast import THE_DAY, MakePost
from tests.portal.pages import body, signed_in


def rows(answer: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', body(answer))


def lines(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


@pytest.fixture
def posts(growth: Space, finance: Space, make_post: MakePost, alice: User) -> None:
    """By their titles: c is the newest, b the one changed last, a the most read."""
    for number, title in enumerate("abc"):
        post = make_post(growth, f"{title}.md", title=title, tags=[title, "all"], authors=(alice,))
        Post.objects.filter(pk=post.pk).update(published_at=THE_DAY + timedelta(days=number))
        Popularity.objects.create(post=post, score=3 - number)
    Post.objects.filter(title="b").update(updated_at=THE_DAY + timedelta(days=9))
    make_post(finance, "d.ipynb", title="Closed", tags=["all"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "cba"),
        ("dir=asc", "abc"),
        ("sort=updated", "bca"),
        ("sort=title", "abc"),
        ("sort=title&dir=desc", "cba"),
        ("sort=popular", "abc"),
        ("sort=what&dir=what&status=what&type=what", "cba"),
        ("tag=b&tag=all", "b"),
        ("author=ALICE", "cba"),
        ("author=alice example", "cba"),
        ("space=growth&type=md", "cba"),
        ("type=ipynb", ""),
        ("status=archived", ""),
        ("after=999999", "cba"),
    ],
)
def test_it_is_sorted_and_narrowed(posts: None, mallory: User, query: str, expected: str) -> None:
    client = signed_in(mallory)
    assert "".join(rows(client.get(f"/posts?{query}"))) == expected
    assert "".join(line["title"] for line in lines(client.get(f"/posts.csv?{query}"))) == expected


@pytest.mark.parametrize("order", ["published", "updated", "title", "popular"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_pages_follow_each_other_in_every_order(
    posts: None, carol: User, monkeypatch: pytest.MonkeyPatch, order: str, way: str
) -> None:
    client, whole = signed_in(carol), f"/posts?sort={order}&dir={way}"
    wanted = rows(client.get(whole))
    monkeypatch.setattr(post_table, "A_PAGE", 1)
    seen: list[str] = []
    after = ""
    while len(seen) < len(wanted):
        answer = client.get(f"{whole}{after}")
        seen += rows(answer)
        after = "".join(re.findall(r'(&amp;after=\d+)" rel="next"', body(answer))).replace("&amp;", "&")
    assert seen == wanted
    assert after == ""


def test_the_order_is_told_to_who_does_not_see_it(posts: None, carol: User) -> None:
    html = body(signed_in(carol).get("/posts?sort=title"))
    assert html.count("aria-sort=") == 1
    assert 'aria-sort="ascending"><a href="?sort=title&amp;dir=desc"' in html


def test_no_cell_is_a_formula(growth: Space, carol: User, make_post: MakePost) -> None:
    make_post(growth, "=a.md", title="=HYPERLINK(1)", tags=["@x"], authors=("+evil",))
    [line] = lines(signed_in(carol).get("/posts.csv"))
    assert [line[name] for name in ("title", "path", "tags", "authors")] == [
        "'=HYPERLINK(1)",
        "'=a.md",
        "'@x",
        "'+evil",
    ]


@pytest.mark.parametrize("value", ["’" * 500, "-", '"', "9" * 40, "{% x %}", "a:b OR ("])
def test_whatever_is_asked_is_answered(posts: None, carol: User, value: str) -> None:
    names = ("q", "space", "tag", "author", "status", "type", "sort", "dir", "after")
    client = signed_in(carol)
    assert client.get("/posts", dict.fromkeys(names, value)).status_code == 200
    assert client.get("/posts.csv", dict.fromkeys(names, value)).status_code == 200


def test_it_costs_as_many_queries_for_many_posts_as_for_few(
    client: Client,
    carol: User,
    alice: User,
    bob: User,
    growth: Space,
    make_post: MakePost,
    django_assert_num_queries: Any,
) -> None:
    client.force_login(carol)
    for many in (2, 12):
        for number in range(many):
            make_post(growth, f"{number}.md", title=f"Post {number}", authors=(alice, bob), tags=["x"])
        with django_assert_num_queries(5):  # session, person, posts, authors, spaces
            assert len(rows(client.get("/posts"))) == many
