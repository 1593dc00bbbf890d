"""What is for the caller, with its reasons, and what the search box offers."""

from typing import Any

from knowledge.models import Post, Space, User
from knowledge.pipeline.index import index_posts, request_index
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"


def test_the_feed_says_why_a_post_is_there(
    growth: Space,
    make_post: MakePost,
    api: Call,
    carol: User,
    mallory: User,
    django_assert_max_num_queries: Any,
) -> None:
    posts = [make_post(growth, f"{n}.md", source=str(n).encode()) for n in range(22)]
    client = api(carol)
    client.get(f"{V1}/feed/")
    with django_assert_max_num_queries(10):
        first = client.get(f"{V1}/feed/").json()
    assert (first["list"], first["follows"], len(first["results"])) == ("for-you", True, 20)
    assert first["results"][0]["why"] == "One of your spaces"
    second = client.get(first["next"]).json()
    ids = [row["post"]["id"] for row in first["results"] + second["results"]]
    assert (ids, second["next"]) == ([post.pk for post in reversed(posts)], None)
    others = api(mallory)
    assert (others.get(f"{V1}/feed/").json()["follows"], others.get(f"{V1}/feed/").json()["results"]) == (
        False,
        [],
    )
    assert len(others.get(f"{V1}/feed/?list=new").json()["results"]) == 20
    Post.objects.update(private=True)
    assert others.get(f"{V1}/feed/?list=new").json()["results"] == []


def test_what_is_typed_is_offered_to_those_who_see_it(
    growth: Space, finance: Space, make_post: MakePost, api: Call, carol: User, mallory: User
) -> None:
    open_post = make_post(growth, "a.md", title="Free delivery", tags=["free-trial"])
    secret = make_post(finance, "b.md", title="Free money", source=b"b")
    request_index([open_post.pk, secret.pk])
    index_posts()
    seen = api(carol).get(f"{V1}/search/suggestions/", {"q": "fre"}).json()
    assert {row["post"]["id"] for row in seen["posts"]} == {open_post.pk, secret.pk}
    found = api(mallory).get(f"{V1}/search/suggestions/", {"q": "fre"}).json()
    assert [(row["post"]["id"], row["pieces"][0]["is_found"]) for row in found["posts"]] == [
        (open_post.pk, True)
    ]
    assert [tag["id"] for tag in found["tags"]] == ["free-trial"]
    (space,) = api(carol).get(f"{V1}/search/suggestions/", {"q": "fin"}).json()["spaces"]
    assert (space["id"], space["url"]) == ("finance", "http://127.0.0.1:8000/s/finance/")
    assert api(carol).get(f"{V1}/search/suggestions/").json()["posts"] == []
