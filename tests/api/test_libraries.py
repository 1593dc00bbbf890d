"""Libraries, what an upgrade touches, and campaigns, by the API."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Campaign, Post, Space, User
from knowledge.pipeline import ledger, using
from knowledge.pipeline.campaigning import open_campaign
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
Used = Any


@pytest.fixture
def used(make_post: MakePost, alice: User) -> Used:
    def make(space: Space, path: str, version: str = "1.4.2", **fields: Any) -> Post:
        post = make_post(
            space,
            path,
            source=f"{space.slug} {path} {version}".encode(),
            rendering={
                "libraries": ["pandas", f"lib-{space.slug}"],
                "versions": {"pandas": version} if version else {},
                "insights": [{"name": path.replace(".", "-"), "value": 1}],
            },
            **{"authors": (alice,)} | fields,
        )
        using.follow([post.pk])
        ledger.follow([post.revisions.get()])
        return post

    return make


@pytest.fixture
def posts(growth: Space, finance: Space, used: Used, bob: User) -> list[Post]:
    return [
        used(growth, "old.md", owner=bob),
        used(growth, "new.md", "2.1.0"),
        used(growth, "unsaid.md", ""),
        used(finance, "secret.md", "1.0"),
    ]


def test_libraries_are_listed_by_name_page_by_page(
    posts: list[Post], api: Call, carol: User, mallory: User
) -> None:
    client, names, address = api(carol), [], f"{V1}/libraries/?page_size=1"
    while address:
        page = client.get(address).json()
        names += [row["name"] for row in page["results"]]
        address = page["next"]
    assert names == ["lib-finance", "lib-growth", "pandas"]
    told = api(mallory).get(f"{V1}/libraries/?q=LIB-").json()["results"]
    assert told == [
        {
            "name": "lib-growth", "posts": 3, "insights": 3, "versions": [],
            "url": "http://127.0.0.1:8000/libraries/lib-growth",
            "impact": "http://127.0.0.1:8000/api/v1/libraries/lib-growth/impact/",
        }
    ]  # fmt: skip
    assert api(mallory).get(f"{V1}/libraries/lib-finance/").status_code == 404
    assert api(mallory).get(f"{V1}/libraries/lib-finance/impact/").status_code == 404


def test_a_library_tells_its_versions(posts: list[Post], api: Call, carol: User, mallory: User) -> None:
    told = api(carol).get(f"{V1}/libraries/pandas/").json()
    assert (told["posts"], told["insights"], told["versions"]) == (4, 4, ["2.1.0", "1.4.2", "1.0"])
    assert [(age["version"], age["posts"]) for age in told["ages"]] == [
        ("2.1.0", 1), ("1.4.2", 1), ("1.0", 1), (None, 1)
    ]  # fmt: skip
    assert api(mallory).get(f"{V1}/libraries/pandas/").json()["versions"] == ["2.1.0", "1.4.2"]


def test_what_an_upgrade_touches(posts: list[Post], api: Call, carol: User, mallory: User) -> None:
    address = f"{V1}/libraries/pandas/impact/"
    rows = api(carol).get(address, {"affected": "<2"}).json()["results"]
    assert [row["path"] for row in rows] == ["secret.md", "old.md"]
    assert rows[1] == {
        "post": posts[0].pk, "title": "A finding", "space": "growth", "path": "old.md", "version": "1.4.2",
        "owner": "bob", "authors": ["Alice Example"], "insights": ["old-md"],
        "published_at": "2026-10-01T09:30:00Z", "url": "http://127.0.0.1:8000/s/growth/old.md",
    }  # fmt: skip
    unknown = api(carol).get(address, {"affected": "<2", "unknown": "true"}).json()["results"]
    assert [(row["path"], row["version"]) for row in unknown] == [("unsaid.md", None)]
    told = api(mallory).get(address, {"affected": "<2", "format": "csv"})
    assert told["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(StringIO(told.getvalue().decode())))
    assert [(row["path"], row["concerned"]) for row in table] == [("old.md", "yes"), ("unsaid.md", "unknown")]
    assert api(carol).get(address, {"space": "finance"}).json()["results"][0]["path"] == "secret.md"
    for odd in ("\x00", "<<", "9" * 5000, "==="):
        assert api(carol).get(address, {"affected": odd, "space": odd}).status_code == 200
    assert api(carol).get(address, {"cursor": "cD14"}).status_code == 400


def test_a_campaign_from_opening_to_closing(
    posts: list[Post], api: Call, alice: User, bob: User, mallory: User, carol: User
) -> None:
    new = {"library": "pandas", "affected": "<2", "target": "2.1", "title": "pandas 2", "what": "Look."}
    refused = api(alice).post(f"{V1}/campaigns/", new, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-a-campaigner")
    assert api(bob, "read").post(f"{V1}/campaigns/", new, content_type="application/json").status_code == 403
    answer = api(bob).post(f"{V1}/campaigns/", new, content_type="application/json")
    made = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://127.0.0.1:8000/api/v1/campaigns/{made['id']}/"
    assert (made["posts"], made["settled"], made["opened_by"], made["closed_at"]) == (2, 0, "bob", None)
    place = f"{V1}/campaigns/{made['id']}/"
    items = api(alice).get(f"{place}items/?mine=1").json()["results"]
    assert [(it["path"], it["version"], it["owners"], it["state"]) for it in items] == [
        ("secret.md", "1.0", ["alice"], "open")
    ]
    item, mark = f"{place}items/{items[0]['post']}/", {"state": "done", "note": "It runs."}
    told = api(alice).patch(item, mark, content_type="application/json").json()
    assert (told["state"], told["by"], told["note"], told["is_by_itself"]) == (
        "done",
        "alice",
        "It runs.",
        False,
    )
    for user, code in ((carol, 403), (mallory, 404)):
        assert api(user).patch(item, mark, content_type="application/json").status_code == code
    assert api(alice).patch(item, {"state": "x"}, content_type="application/json").status_code == 400
    assert api(carol).get(place).json()["settled"] == 1
    seen = api(mallory).get(place).json()
    assert (seen["posts"], seen["settled"]) == (1, 0)
    assert [it["path"] for it in api(mallory).get(f"{place}items/").json()["results"]] == ["old.md"]
    assert api(carol).get(f"{place}items/?state=x").status_code == 400
    assert api(carol).get(f"{place}items/?state=open&space=growth").json()["results"][0]["path"] == "old.md"
    for body in ({"closed": False}, {"title": ""}, {"target": "x" * 200}):
        assert api(bob).patch(place, body, content_type="application/json").status_code == 400
    closing = {"title": "pandas two", "closed": True, "note": "Over."}
    assert api(alice).patch(place, closing, content_type="application/json").status_code == 403
    closed = api(bob).patch(place, closing, content_type="application/json").json()
    assert (closed["title"], closed["closing_note"]) == ("pandas two", "Over.")
    assert closed["closed_at"]
    again = api(bob).patch(place, {"closed": True}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "campaign-closed")
    assert api(bob).get(f"{V1}/campaigns/?closed=false").json()["results"] == []
    assert len(api(bob).get(f"{V1}/campaigns/?closed=1&library=PANDAS").json()["results"]) == 1


def test_what_makes_no_campaign(posts: list[Post], api: Call, dana: User) -> None:
    client = api(dana)
    for body, status in [
        ({}, 400),
        ({"library": "nothing", "title": "x"}, 409),
        ({"library": "pandas", "title": "x", "space": "nowhere"}, 404),
        ({"library": "pandas", "title": ["x"]}, 400),
        ({"library": "pandas", "title": "x", "affected": "\x00"}, 400),
        ({"library": "pandas", "title": "x", "with_unknown": "maybe"}, 400),
        ({"library": "pandas", "title": "x", "what": "x" * 200_000}, 400),
    ]:
        answer = client.post(f"{V1}/campaigns/", body, content_type="application/json")
        assert answer.status_code == status, body
    assert not Campaign.objects.exists()


def test_lists_take_as_many_queries_for_many(
    growth: Space, used: Used, api: Call, bob: User, carol: User
) -> None:
    counts = []
    for round in range(2):
        for n in range(2 + 3 * round):
            used(growth, f"{round}{n}.md", f"1.{n}")
        campaign = open_campaign(by=bob, library="pandas", title="pandas 2")
        client = api(carol)
        for place in (
            "libraries/", "libraries/pandas/", "libraries/pandas/impact/", "campaigns/",
            f"campaigns/{campaign.pk}/items/",
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"{V1}/{place}").status_code == 200
            counts.append(len(asked))
    assert counts[:5] == counts[5:]
