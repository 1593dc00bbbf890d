"""Limits of numbers by the API, and the shifts that start them again."""

from typing import Any

import pytest
from django.test import Client

from knowledge.models import Insight, Shift, Space, User
from tests.api.conftest import Call
from tests.knowledge.pipeline.test_limits import STEADY, Publish, publish

__all__ = ["publish"]
V1 = "/api/v1/insights/growth/late"


@pytest.fixture
def outlier(growth: Space, publish: Publish) -> None:
    publish(growth, *STEADY, 30.0, limits={"max": 20, "max_change": 25})


def post(client: Client, address: str, body: object) -> Any:
    return client.post(address, body, content_type="application/json")


def test_an_insight_tells_its_limits_and_which_it_breaks(api: Call, carol: User, outlier: None) -> None:
    told = api(carol).get(f"{V1}/").json()
    assert told["status"] == "out-of-limits"
    assert told["limits"]["fixed"] == {"min": None, "max": 20, "max_change": 25}
    assert told["limits"]["control"] == {
        "centre": pytest.approx(10.0),
        "low": pytest.approx(10 - 3 * 14 / 9 / 1.128),
        "high": pytest.approx(10 + 3 * 14 / 9 / 1.128),
        "readings": 10,
    }
    assert told["outside"] == [
        {"rule": "above-max", "message": "It is above 20, the most that its author expects."},
        {"rule": "beyond-limits", "message": "It is above 14.14, the upper limit that its own history sets."},
    ]
    (listed,) = api(carol).get("/api/v1/insights/", {"status": "out-of-limits"}).json()["results"]
    assert listed == told
    before = api(carol).get(f"{V1}/", {"at": "2026-10-05"}).json()
    assert (before["outside"], before["limits"]["control"]) == ([], None)


def test_a_shift_is_written_down_listed_and_taken_back(
    api: Call, alice: User, carol: User, outlier: None
) -> None:
    made = post(api(alice, "write"), f"{V1}/shifts/", {"revision": 11, "note": "Counted anew"})
    assert made.status_code == 201
    assert {"revision": 11, "note": "Counted anew", "by": "Alice Example"}.items() <= made.json().items()
    assert [row["note"] for row in api(carol).get(f"{V1}/shifts/").json()["results"]] == ["Counted anew"]
    told = api(carol).get(f"{V1}/").json()
    assert [broken["rule"] for broken in told["outside"]] == ["above-max"]
    address = made["Location"].removeprefix("http://127.0.0.1:8000")
    assert api(carol, "write").delete(address).status_code == 403
    assert api(alice, "write").delete(address).status_code == 204
    assert api(alice, "write").delete(address).status_code == 404
    assert len(api(carol).get(f"{V1}/").json()["outside"]) == 2


def test_who_may_not_is_refused_and_who_does_not_see_it_finds_nothing(
    api: Call, growth: Space, carol: User, bob: User, mallory: User, outlier: None
) -> None:
    body = {"revision": 11, "note": "x"}
    for user in (bob, carol, mallory):
        answer = post(api(user, "write"), f"{V1}/shifts/", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-a-keeper")
    growth.visibility = Space.Visibility.RESTRICTED
    growth.save()
    assert post(api(mallory, "write"), f"{V1}/shifts/", body).status_code == 404
    assert api(mallory).get(f"{V1}/shifts/").status_code == 404
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"revision": 12, "note": "x"}, 404),
        ({"revision": 0, "note": "x"}, 400),
        ({"revision": 2**40, "note": "x"}, 400),
        ({"revision": "x", "note": "x"}, 400),
        ({"revision": 11, "note": " "}, 400),
        ({"revision": 11, "note": "x" * 301}, 400),
        ({"revision": 11, "note": "a\x00b"}, 400),
        ({"note": "x"}, 400),
        ([], 400),
    ],
)
def test_what_makes_no_sense_is_refused(
    api: Call, alice: User, outlier: None, body: Any, status: int
) -> None:
    assert post(api(alice, "write"), f"{V1}/shifts/", body).status_code == status
    assert not Shift.objects.exists()


def test_an_insight_is_followed_by_its_address(
    api: Call, carol: User, mallory: User, outlier: None, growth: Space
) -> None:
    made = post(api(carol, "write"), "/api/v1/subscriptions/", {"kind": "insight", "target": "growth/late"})
    assert made.status_code == 201
    assert (made.json()["target"], made.json()["name"]) == ("growth/late", "growth/late")
    for target in ("growth/none", "growth", "/", "growth/late/x", "\x00"):
        refused = post(api(carol, "write"), "/api/v1/subscriptions/", {"kind": "insight", "target": target})
        assert 400 <= refused.status_code < 500
    growth.visibility = Space.Visibility.RESTRICTED
    growth.save()
    again = post(
        api(mallory, "write"), "/api/v1/subscriptions/", {"kind": "insight", "target": "growth/late"}
    )
    assert 400 <= again.status_code < 500
    assert Insight.objects.get().followers.count() == 1
