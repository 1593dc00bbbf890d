"""Datasets by the API: their state, what is observed of them, and investigations, for whom."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from knowledge.models import Dataset, Investigation, Observation, Post, Space, User
from knowledge.pipeline import ledger, resting, warning
from knowledge.pipeline.watching import tend
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1/datasets"
BAD = {"passed": False, "summary": "412 orders without a customer"}
Rest = Any


@pytest.fixture
def rest(make_post: MakePost, alice: User) -> Rest:
    def rest(space: Space, *names: str, path: str = "a.md", **fields: Any) -> Post:
        rendering = {"datasets": list(names), "insights": [{"name": f"n{path}", "value": 1}]}
        post = make_post(
            space,
            path,
            source=f"{space} {path} {names}".encode(),
            authors=(alice,),
            rendering=rendering,
            **fields,
        )
        published = post.published_revision
        assert published is not None
        published.post = post
        ledger.follow([published])
        resting.follow([published])
        return post

    return rest


def post(client: Client, address: str, body: Any) -> Any:
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"{V1}/{address}", sent, content_type="application/json")


@pytest.mark.parametrize(
    "name",
    [
        "shop.orders",
        "s3://lake/orders.parquet",
        "C:/data/My orders (2026).xlsx",
        "s3:/lake/odd.parquet",
        "../data/orders.csv",
        "/srv/data/orders.csv",
        "orders/observations",
        "observations",
        "~12",
        "investigations/3",
        "a?b#c%d.csv",
        "données/été.csv",
    ],
)
def test_whatever_its_name_a_dataset_has_an_address(
    api: Call, growth: Space, alice: User, rest: Rest, name: str
) -> None:
    rest(growth, name)
    client = api(alice)
    (row,) = client.get(f"{V1}/", {"name": name}).json()["results"] or [None]
    assert row["name"] == name
    place = row["api_url"].removeprefix("http://127.0.0.1:8000")
    assert client.get(place).json() == row
    made = client.post(f"{place}observations/", json.dumps(BAD), content_type="application/json")
    assert made.status_code == 201, made.content
    assert [it["passed"] for it in client.get(f"{place}observations/").json()["results"]] == [False]
    assert client.get(f"{place}investigations/").json()["results"][0]["dataset"] == name
    client.force_login(alice)
    page = row["url"].removeprefix("http://127.0.0.1:8000")
    assert client.get(page).status_code == 200


def test_spellings_and_merged_slashes_lead_to_the_same(
    api: Call, growth: Space, alice: User, rest: Rest
) -> None:
    rest(growth, "shop.orders", "s3://lake/a.parquet")
    client = api(alice)
    for spelled in ("SHOP.Orders", quote('"shop"."orders"')):
        assert client.get(f"{V1}/{spelled}/").json()["name"] == "shop.orders"
    assert client.get(f"{V1}/s3:/lake/a.parquet/").json()["name"] == "s3://lake/a.parquet"
    assert client.get(f"{V1}/s3://Lake/a.parquet/").status_code == 404


def test_a_failure_and_its_end(api: Call, growth: Space, alice: User, carol: User, rest: Rest) -> None:
    rest(growth, "shop.orders")
    made = post(
        api(alice, "write"), "shop.orders/observations/", BAD | {"checks": [{"name": "x", "passed": False}]}
    )
    assert made.status_code == 201
    warning.work()
    told = made.json()
    assert (told["passed"], told["summary"], told["by"]) == (False, BAD["summary"], "Alice Example")
    assert told["checks"] == [{"name": "x", "outcome": "failed", "detail": ""}]
    assert told["counts"] == {"failed": 1}
    client = api(carol)
    shown = client.get(f"{V1}/shop.orders/").json()
    assert shown["state"] == "suspect"
    assert shown["suspect_since"]
    assert client.get("/api/v1/insights/growth/na.md/").json()["status"] == "suspect"
    (found,) = client.get(f"{V1}/shop.orders/investigations/").json()["results"]
    assert (found["state"], found["owner"], found["summary"]) == ("open", "alice", BAD["summary"])
    place = f"shop.orders/investigations/{found['id']}/close/"
    assert post(client, place, {"note": "x"}).status_code == 403
    assert post(api(alice), place, {"note": " "}).status_code == 400
    assert post(api(alice), place, {"note": "x", "holds": "perhaps"}).status_code == 400
    ended = post(
        api(alice), place, {"note": "Loaded twice.", "holds": "yes", "wrong_from": "2026-11-01T00:00:00Z"}
    ).json()
    assert (ended["state"], ended["holds"], ended["closed_by"]) == ("closed", "yes", "alice")
    assert ended["wrong_from"].startswith("2026-11-01T00:00:00")
    assert post(api(alice), place, {"note": "x"}).status_code == 409
    warning.work()
    assert client.get(f"{V1}/shop.orders/").json()["state"] == "good"
    assert client.get("/api/v1/insights/growth/na.md/").json()["status"] == "current"


def test_a_run_that_is_sent_again_counts_once(api: Call, growth: Space, alice: User, rest: Rest) -> None:
    rest(growth, "shop.orders")
    body = BAD | {"at": "2026-11-01T06:00:00Z", "run": "r1"}
    answers = [post(api(alice), "shop.orders/observations/", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert Observation.objects.count() == Investigation.objects.count() == 1


def test_who_may_send(
    api: Call, growth: Space, finance: Space, carol: User, mallory: User, alice: User, admin: User, rest: Rest
) -> None:
    rest(growth, "shop.orders")
    rest(finance, "secret.table", path="f.md")
    assert post(api(alice, "read"), "shop.orders/observations/", BAD).status_code == 403
    refused = post(api(carol), "shop.orders/observations/", BAD)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-an-observer")
    assert post(api(mallory), "secret.table/observations/", BAD).status_code == 404
    assert post(api(mallory), "nothing.there/observations/", BAD).status_code == 404
    assert post(api(), "shop.orders/observations/", BAD).status_code == 401
    assert post(api(admin), "secret.table/observations/", BAD).status_code == 201
    names = [row["name"] for row in api(mallory).get(f"{V1}/").json()["results"]]
    assert names == ["shop.orders"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{}", 400),
        ("3", 400),
        ('{"passed": "no"}', 400),
        ('{"passed": true, "at": "soon"}', 400),
        ('{"passed": true, "at": "2999-01-01"}', 400),
        ('{"passed": true, "at": "2099-01-01"}', 400),
        ('{"passed": true, "at": 3}', 400),
        ('{"passed": true, "checks": "x"}', 400),
        ('{"passed": true, "checks": [{"name": "x"}]}', 400),
        ('{"passed": true, "checks": [{"passed": false}]}', 400),
        ('{"passed": true, "summary": {"a": 1}, "run": [1], "source": null}', 201),
        ('{"passed": true, "summary": "a\\u0000b", "run": "\\u0000"}', 201),
        ('{"passed": true, "summary": "%s"}' % ("x" * 100_000), 201),
        ('{"results": [], "success": true}', 400),
        ('{"checks": [], "hasFailures": false}', 400),
        ('{"tests": [{"status": 3}]}', 400),
        ("{" * 5_000, 400),
        (b'{"passed": true, "summary": "\xff"}', 400),
    ],
)
def test_naughty_bodies_are_refused_with_words(
    api: Call, growth: Space, alice: User, rest: Rest, body: str | bytes, status: int
) -> None:
    rest(growth, "shop.orders")
    answer = post(api(alice), "shop.orders/observations/", body)
    assert answer.status_code == status, answer.content
    if status == 400:
        assert answer.json()["code"] in {"not-a-result", "observed-ahead", "parse-error"}


def test_several_datasets_in_one_result(
    api: Call, growth: Space, finance: Space, alice: User, carol: User, admin: User, mallory: User, rest: Rest
) -> None:
    rest(growth, "shop.orders", "shop.customers")
    rest(finance, "secret.table", path="f.md")
    run = {
        "metadata": {"generated_at": "2026-11-28T06:00:00Z", "invocation_id": "i1"},
        "results": [
            {"unique_id": "test.shop.not_null_orders_id.1a", "status": "fail", "message": "Got 3 results"},
            {"unique_id": "test.shop.unique_customers_id.2b", "status": "pass"},
            {"unique_id": "model.shop.secret", "status": "error", "message": "relation is missing"},
        ],
    }
    manifest = {
        "nodes": {
            "test.shop.not_null_orders_id.1a": {"attached_node": "model.shop.orders"},
            "test.shop.unique_customers_id.2b": {"depends_on": {"nodes": ["model.shop.customers"]}},
            "model.shop.orders": {"relation_name": '"shop"."orders"'},
        }
    }
    datasets = {"customers": "shop.customers", "secret": "secret.table"}
    body = {"result": run, "manifest": manifest, "datasets": datasets}
    told = post(api(mallory), "observations/", body).json()
    assert (told["observations"], told["refused"]) == ([], ["shop.customers", "shop.orders"])
    assert told["unknown"] == ["secret.table"]
    assert post(api(carol), "observations/", body).json()["refused"] == [
        "shop.customers",
        "shop.orders",
        "secret.table",
    ]
    told = post(api(alice), "observations/", body).json()
    assert {(row["dataset"], row["passed"]) for row in told["observations"]} == {
        ("shop.orders", False), ("shop.customers", True), ("secret.table", False)
    }  # fmt: skip
    plain = {
        "observations": [{"dataset": "SHOP.orders", "passed": True}, {"dataset": "what", "passed": True}]
    }
    told = post(api(alice), "observations/", plain).json()
    assert (len(told["observations"]), told["unknown"]) == (1, ["what"])
    assert post(api(alice), "observations/", {"passed": True}).status_code == 400


def test_a_scan_of_several_tables_sent_to_one_counts_for_that(
    api: Call, growth: Space, alice: User, rest: Rest
) -> None:
    rest(growth, "shop.orders")
    scan = {
        "hasFailures": True,
        "scanStartTimestamp": "2026-11-28T06:00:00+00:00",
        "checks": [
            {"name": "row_count > 0", "table": "orders", "outcome": "pass"},
            {"name": "no gaps", "table": "customers", "outcome": "fail"},
        ],
    }
    assert post(api(alice), "shop.orders/observations/", scan).json()["passed"] is True
    scan["checks"][0]["table"] = "other"  # type: ignore[index]
    refused = post(api(alice), "shop.orders/observations/", scan)
    assert (refused.status_code, "customers, other" in refused.json()["detail"]) == (400, True)


def test_who_looks_after_it_changes_it(
    api: Call, growth: Space, dana: User, alice: User, carol: User, rest: Rest
) -> None:
    rest(growth, "shop.orders")

    def change(user: User, **fields: Any) -> Any:
        return api(user).patch(f"{V1}/shop.orders/", json.dumps(fields), content_type="application/json")

    assert change(carol, title="x").json()["code"] == "not-the-data-owner"
    told = change(dana, title="Orders", owner="dana", every="2d", description="All of them.").json()
    assert (told["title"], told["owner"], told["every"]) == ("Orders", "dana", "2d")
    assert change(dana, every="soon").status_code == change(dana, owner="nobody").status_code == 400
    assert change(dana, every="").json()["every"] == ""
    assert change(dana, owner=None).json()["owner"] is None
    assert not Dataset.objects.get().is_appointed


def test_datasets_are_narrowed(api: Call, growth: Space, alice: User, admin: User, rest: Rest) -> None:
    rest(growth, "shop.orders", "b.csv")
    tend(by=admin, dataset=Dataset.objects.get(key="shop.orders"), title="All that was sold", owner=alice)
    post(api(alice), "shop.orders/observations/", BAD)

    def found(**asked: str) -> list[str]:
        return [row["name"] for row in api(alice).get(f"{V1}/", asked).json()["results"]]

    assert (
        found(q="ORD") == found(q="sold") == found(owner="alice") == found(state="suspect") == ["shop.orders"]
    )
    assert found(state="unknown") == ["b.csv"]
    assert sorted(found(q="\x00")) == ["b.csv", "shop.orders"]
    assert api(alice).get(f"{V1}/", {"state": "odd"}).status_code == 400


def test_a_page_of_many_takes_as_many_queries_as_one(
    api: Call, growth: Space, alice: User, rest: Rest, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = api(alice)
    rest(growth, "t0")
    client.get(f"{V1}/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"{V1}/")
    rest(growth, *(f"t{number}" for number in range(12)), path="b.md")
    with django_assert_num_queries(len(one)):
        assert len(client.get(f"{V1}/").json()["results"]) == 12


def test_one_follows_a_dataset_by_its_name(
    api: Call, growth: Space, finance: Space, mallory: User, rest: Rest
) -> None:
    rest(growth, "s3://lake/a.parquet")
    rest(finance, "secret.table", path="f.md")
    address = "/api/v1/subscriptions/"

    def follow(name: str) -> Any:
        body = json.dumps({"kind": "dataset", "target": name})
        return api(mallory).post(address, body, content_type="application/json")

    made = follow("s3://lake/a.parquet")
    assert (made.status_code, made.json()["target"]) == (201, "s3://lake/a.parquet")
    assert follow("secret.table").status_code == follow("nothing.there").status_code == 404
    assert len(api(mallory).get(address).json()["results"]) == 1
