"""Searching over the API: the grammar of the page, in the shape of lists."""

import pytest

from knowledge.models import Post, Space, User
from knowledge.pipeline.index import index_posts, request_index
from tests.api.conftest import Call
from tests.cast import MakePost

PASSAGES = [["heading", "h", "In May"], ["narrative", "c-1", "Churn fell."]]


@pytest.fixture
def posts(growth: Space, make_post: MakePost) -> None:
    for number in range(3):
        make_post(growth, f"{number}.md", title=f"Churn {number}", source=b"%d" % number, tags=["retention"],
                  rendering={"passages": PASSAGES})  # fmt: skip
    request_index(Post.objects.values_list("pk", flat=True))
    index_posts()


def test_a_result_tells_of_the_post_the_passage_and_why(api: Call, carol: User, posts: None) -> None:
    body = api(carol).get("/api/v1/search/", {"q": "churn fell zeppelin", "as_typed": "true"}).json()
    (first, *_) = body["results"]
    assert first["post"]["title"].startswith("Churn")
    assert (first["post"]["trust"], first["missing"]) == ("unreviewed", ["zeppelin"])
    assert first["passage"]["heading"] == "In May"
    assert first["passage"]["url"].endswith(".md#c-1")
    assert [piece["text"] for piece in first["passage"]["pieces"] if piece["is_found"]] == ["Churn", "fell"]
    assert "".join(piece["text"] for piece in first["passage"]["pieces"]) == first["passage"]["text"]
    assert body["with_all"] == 0
    assert {"field": "tag", "value": "retention", "label": "retention", "posts": 3} in body["facets"]


def test_results_come_in_pages(api: Call, carol: User, posts: None) -> None:
    client = api(carol)
    first = client.get("/api/v1/search/", {"q": "churn", "limit": "2", "sort": "new"}).json()
    assert (len(first["results"]), first["total"], first["previous"]) == (2, 3, None)
    second = client.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_what_was_not_understood_is_told(api: Call, carol: User, posts: None) -> None:
    body = api(carol).get("/api/v1/search/", {"q": "chrun is:nice"}).json()
    assert body["query"]["spelled"]
    assert body["query"]["text"].startswith("churn")
    assert "none of" in body["query"]["notes"][0]


@pytest.mark.parametrize(
    "asked", [{"q": "a", "sort": "age"}, {"q": "a", "limit": "0"}, {"q": "a", "page": "x"}]
)
def test_what_can_not_be_asked_is_refused(api: Call, carol: User, asked: dict[str, str]) -> None:
    assert api(carol).get("/api/v1/search/", asked).status_code == 400


def test_searches_are_saved_as_subscriptions(api: Call, carol: User) -> None:
    client = api(carol)
    made = client.post(
        "/api/v1/subscriptions/", {"kind": "search", "target": " churn  -draft "}, "application/json"
    )
    assert (made.status_code, made.json()["target"]) == (201, "churn -draft")
    nothing = client.post("/api/v1/subscriptions/", {"kind": "search", "target": "?"}, "application/json")
    assert nothing.json()["code"] == "nothing-to-follow"
    assert client.delete(made.json()["url"]).status_code == 204
