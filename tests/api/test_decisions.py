"""Who used a number for what, by the API."""

from typing import Any

import pytest

from knowledge.models import Decision, Post, Space, User
from knowledge.pipeline import decisions, ledger
from tests.api.conftest import Call
from tests.api.test_insights import Publish, publish

__all__ = ["publish"]
V1 = "/api/v1/insights/growth/late/decisions/"
JSON = "application/json"


def test_it_is_written_down_listed_and_taken_back(
    api: Call, growth: Space, carol: User, bob: User, publish: Publish
) -> None:
    publish(growth, 0.21, as_of="2026-06-30", unit="ratio")
    made = api(carol).post(V1, {"what": "Two more drivers", "link": "https://wiki.example/plan"}, JSON)
    assert made.status_code == 201
    publish(growth, 0.18, days=30, unit="ratio")
    (told,) = api(bob).get(V1).json()["results"]
    assert made["Location"] == f"http://127.0.0.1:8000{V1}{told['id']}/"
    assert told == {
        "id": told["id"],
        "insight": "growth/late",
        "user": "carol",
        "name": "Carol Example",
        "what": "Two more drivers",
        "link": "https://wiki.example/plan",
        "at": told["at"],
        "then": {"value": 0.21, "unit": "ratio", "as_of": "2026-06-30", "revision": 1},
        "now": {"value": 0.18, "unit": "ratio", "as_of": None, "revision": 2},
        "has_moved": True,
        "status": "current",
        "url": "http://127.0.0.1:8000/insights/growth/late",
    }
    assert api(carol).get("/api/v1/decisions/").json()["results"] == [told]
    assert api(bob).get("/api/v1/decisions/").json()["results"] == []
    assert api(bob).delete(f"{V1}{told['id']}/").json()["code"] == "not-your-decision"
    assert api(carol).delete(f"{V1}{told['id']}/").status_code == 204
    assert api(bob).get(V1).json()["results"] == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"what": ""},
        {"what": "x" * 301},
        {"what": "a\x00"},
        {"what": ["x"]},
        {"what": "x", "link": "ftp://x"},
        {"what": "x", "link": 3},
    ],
)
def test_what_can_not_be_written_down_is_refused(
    api: Call, growth: Space, carol: User, publish: Publish, sent: dict[str, object]
) -> None:
    publish(growth, 0.21)
    assert api(carol).post(V1, sent, JSON).status_code == 400
    assert not Decision.objects.exists()


def test_nobody_learns_of_what_they_do_not_see(
    api: Call, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(finance, 7)
    made = decisions.use(by=carol, insight=finance.insights.get(), what="Margin plan")
    place = "/api/v1/insights/finance/late/decisions/"
    client = api(mallory)
    for answer in (
        client.get(place),
        client.post(place, {"what": "x"}, JSON),
        client.delete(f"{place}{made.pk}/"),
    ):
        assert answer.status_code == 404
        assert b"Margin" not in answer.content
    finance.memberships.filter(user=carol).delete()
    assert api(carol).get("/api/v1/decisions/").json()["results"] == []


def test_a_page_of_many_takes_as_many_queries_as_one(
    api: Call, growth: Space, carol: User, publish: Publish, django_assert_max_num_queries: Any
) -> None:
    publish(growth, 1)
    revision = Post.objects.get().published_revision
    assert revision
    revision.rendering.insights = [{"name": f"n{number}", "value": number} for number in range(9)]
    ledger.follow([revision])
    client = api(carol)
    client.get("/api/v1/decisions/")
    for insight in growth.insights.filter(withdrawn_at=None):
        decisions.use(by=carol, insight=insight, what="Plan")
    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/decisions/").json()["results"]) == 9
