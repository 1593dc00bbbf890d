"""What rests on datasets and libraries, by the API: posts, whose they are, insights; and investigations."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Dataset, Post, Space, User
from knowledge.observing import Observed
from knowledge.pipeline import ledger, resting, using
from knowledge.pipeline.watching import close, observe
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
ORDERS = "shop.orders"


@pytest.fixture
def rest(make_post: MakePost, alice: User) -> Any:
    """A post on shop.orders and pandas that publishes a number."""

    def rest(space: Space, path: str, version: str = "1.5", **fields: Any) -> Post:
        rendering = {
            "datasets": [ORDERS], "libraries": ["pandas"], "versions": {"pandas": version} if version else {},
            "insights": [{"name": path.replace(".", "-"), "value": 1}],
        }  # fmt: skip
        source = f"{space} {path}".encode()
        post = make_post(space, path, source=source, authors=(alice, "Jo"), rendering=rendering, **fields)
        revision = post.revisions.get()
        revision.post = post
        ledger.follow([revision])
        resting.follow([revision])
        using.follow([post.pk])
        return post

    return rest


@pytest.fixture
def posts(growth: Space, finance: Space, rest: Any, bob: User) -> list[Post]:
    return [rest(growth, "a.md", owner=bob), rest(growth, "b.md", ""), rest(finance, "secret.md", "2.0")]


def rows(client: Any, address: str) -> list[dict[str, Any]]:
    answer = client.get(f"{V1}/{address}")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


@pytest.mark.parametrize("on", [f"datasets/{ORDERS}", "libraries/pandas"])
def test_posts_are_told_with_whose_they_are_and_what_they_publish(
    posts: list[Post], api: Call, mallory: User, carol: User, on: str
) -> None:
    second, first = rows(api(mallory), f"{on}/posts/")
    assert (first["post"], first["owner"], first["authors"]) == (posts[0].pk, "bob", ["Alice Example", "Jo"])
    assert (first["insights"], first["space"], second["owner"]) == (["a-md"], "growth", None)
    assert [row["path"] for row in rows(api(carol), f"{on}/posts/?space=finance")] == ["secret.md"]
    assert api(mallory).get(f"{V1}/{on.partition('/')[0]}/nothing/posts/").status_code == 404


@pytest.mark.parametrize("on", [f"datasets/{ORDERS}", "libraries/pandas"])
def test_insights_are_told_page_by_page(
    posts: list[Post], api: Call, mallory: User, carol: User, on: str
) -> None:
    assert [row["name"] for row in rows(api(mallory), f"{on}/insights/")] == ["b-md", "a-md"]
    first = api(carol).get(f"{V1}/{on}/insights/?page_size=2&fields=name").json()
    assert [row["name"] for row in first["results"]] == ["secret-md", "b-md"]
    rest = api(carol).get(first["next"]).json()
    assert ([row["name"] for row in rest["results"]], rest["next"]) == (["a-md"], None)


def test_the_posts_of_a_library_are_narrowed_by_version(posts: list[Post], api: Call, carol: User) -> None:
    assert [row["path"] for row in rows(api(carol), "libraries/pandas/posts/?version=1.5")] == ["a.md"]
    (unsaid,) = rows(api(carol), "libraries/pandas/posts/?version=")
    assert (unsaid["path"], unsaid["version"]) == ("b.md", None)


def test_a_dataset_says_how_much_rests_on_it(posts: list[Post], api: Call, mallory: User) -> None:
    (row,) = rows(api(mallory), "datasets/")
    assert (row["posts"], row["insights"]) == (2, 2)
    assert api(mallory).get(f"{V1}/datasets/{ORDERS}/").json() == row


def test_an_investigation_is_found_by_its_id_with_what_it_reaches(
    posts: list[Post], api: Call, admin: User, carol: User, mallory: User
) -> None:
    dataset = Dataset.objects.get()
    observe(by=admin, dataset=dataset, seen=Observed("plain", False, summary="No customer"))
    found = dataset.investigations.get()
    assert [row["id"] for row in rows(api(mallory), "investigations/?state=open")] == [found.pk]
    assert rows(api(mallory), "investigations/?state=closed") == []
    assert rows(api(mallory), f"investigations/?dataset={ORDERS.upper()}&owner=nobody") == []
    address = f"investigations/{found.pk}"
    shown = api(carol).get(f"{V1}/{address}/").json()
    assert (shown["dataset"], shown["summary"], shown["wrong_from"]) == (ORDERS, "No customer", None)
    assert {row["path"] for row in rows(api(carol), f"{address}/posts/")} == {"a.md", "b.md", "secret.md"}
    assert {row["path"] for row in rows(api(mallory), f"{address}/posts/")} == {"a.md", "b.md"}
    close(by=admin, investigation=found, note="Mended.", holds="yes")
    assert api(carol).get(f"{V1}/{address}/").json()["holds"] == "yes"


def test_an_investigation_of_what_one_does_not_see_is_not_there(
    finance: Space, rest: Any, api: Call, admin: User, mallory: User
) -> None:
    rest(finance, "secret.md")
    dataset = Dataset.objects.get()
    observe(by=admin, dataset=dataset, seen=Observed("plain", False))
    assert rows(api(mallory), "investigations/") == []
    assert api(mallory).get(f"{V1}/investigations/{dataset.investigations.get().pk}/").status_code == 404


def test_many_posts_cost_as_many_queries_as_few(growth: Space, rest: Any, api: Call, carol: User) -> None:
    rest(growth, "0.md")
    client = api(carol)
    counted: list[list[int]] = []
    for number in (1, 2, 3):
        rest(growth, f"{number}.md")
        counted.append([])
        for address in ("datasets/", f"datasets/{ORDERS}/posts/", "libraries/pandas/posts/"):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                rows(client, address)
            counted[-1].append(len(seen))
    assert counted[-1] == counted[-2]
