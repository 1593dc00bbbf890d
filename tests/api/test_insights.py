"""Numbers by the API: what they are, were and rest on, for whom."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Insight, Post, Review, Revision, Space, User
from knowledge.pipeline import ledger
from tests.api.conftest import Call
from tests.cast import THE_DAY, MakePost

V1 = "/api/v1/insights"
Publish = Any


@pytest.fixture
def publish(make_post: MakePost, alice: User) -> Publish:
    """A revision of the post at `path` that says something, published on THE_DAY and `days`."""

    def publish(space: Space, value: object, *, path: str = "a.md", days: int = 0, **said: object) -> Post:
        post = make_post(
            space,
            path,
            title="Late on Mondays",
            source=f"{space} {path} {value} {days}".encode(),
            authors=(alice,),
            tags=["logistics"],
            revision={"published_at": THE_DAY + timedelta(days=days)},
            rendering={"insights": [{"name": "late", "value": value, **said}]},
        )
        post.refresh_from_db()
        revision = post.published_revision
        assert revision is not None
        ledger.follow([revision])
        return post

    return publish


def test_an_insight_tells_value_source_and_what_it_was(
    api: Call, growth: Space, carol: User, bob: User, publish: Publish
) -> None:
    publish(growth, 0.21, as_of="2026-06-30", unit="ratio")
    post = publish(
        growth, 0.18, days=30, as_of="2026-09-30", unit="ratio", interval=[0.16, 0.2],
        dimensions={"market": "FR"}, title="Late deliveries", anchor="cell-3",
    )  # fmt: skip
    review = Review.objects.create(
        post=post, revision=post.published_revision, state="approved", closed_at=THE_DAY
    )
    review.verdicts.create(revision=review.revision, reviewer=bob, reviewer_name="Bob", kind="approve")
    told = api(carol).get(f"{V1}/growth/late/").json()
    assert told == {
        "space": "growth",
        "name": "late",
        "title": "Late deliveries",
        "value": 0.18,
        "exact": None,
        "unit": "ratio",
        "as_of": "2026-09-30",
        "interval": [0.16, 0.2],
        "dimensions": {"market": "FR"},
        "published_at": "2026-10-31T09:30:00Z",
        "post": post.pk,
        "revision": 2,
        "commit": post.published_revision.commit,
        "cell": "cell-3",
        "authors": ["Alice Example"],
        "reviewed_by": ["Bob"],
        "reason": "Write Late on Mondays",
        "status": "current",
        "trust": "sound",
        "trust_reasons": ["Approved by Bob."],
        "trust_next": "",
        "previous": {
            "value": 0.21, "exact": None, "unit": "ratio", "as_of": "2026-06-30", "revision": 1,
            "published_at": "2026-10-01T09:30:00Z",
        },
        "delta": pytest.approx(-0.03),
        "delta_exact": None,
        "url": "http://127.0.0.1:8000/insights/growth/late",
        "post_url": "http://127.0.0.1:8000/s/growth/a.md#cell-3",
        "history": "http://127.0.0.1:8000/api/v1/insights/growth/late/history/",
        "limits": {"fixed": {"min": None, "max": None, "max_change": None}, "control": None},
        "outside": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("2026-10-01", 0.21),
        ("2026-10-30", 0.21),
        ("2026-10-31", 0.18),
        ("2026-10-31T09:29:59Z", 0.21),
        ("2026-10-31T10:30:00+01:00", 0.18),
        ("2026-09-30", None),
        ("2026-09-30T20:00:00-20:00", 0.21),  # further than PostgreSQL's offsets go
        ("2026-10-01T10:30:00+01:00:00.5", None),
    ],
)
def test_it_is_told_as_it_was_at_a_day_or_a_moment(
    api: Call, growth: Space, carol: User, publish: Publish, at: str, value: float | None
) -> None:
    publish(growth, 0.21)
    publish(growth, 0.18, days=30)
    answer = api(carol).get(f"{V1}/growth/late/", {"at": at})
    assert (answer.json()["value"] if answer.status_code == 200 else None) == value


@pytest.mark.parametrize(
    "asked",
    [
        {"at": "soon"},
        {"at": "2026-13-01"},
        {"at": "2026-10-01T25:00"},
        {"at": "\x00"},
        {"at": "0001-01-01T00:00+14:00"},
    ],
)
def test_what_is_no_moment_is_refused(
    api: Call, growth: Space, carol: User, publish: Publish, asked: dict[str, str]
) -> None:
    publish(growth, 0.21)
    assert api(carol).get(f"{V1}/growth/late/", asked).status_code == 400
    assert api(carol).get(f"{V1}/", {"changed_since": asked["at"]}).status_code == 400


def test_lists_are_narrowed(
    api: Call, growth: Space, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(growth, 0.21)
    publish(finance, 7, path="f.md", days=30)

    def found(user: User, **asked: str) -> list[str]:
        return [row["space"] for row in api(user).get(f"{V1}/", asked).json()["results"]]

    assert found(carol) == ["finance", "growth"]
    assert found(mallory) == ["growth"]
    assert found(carol, space="finance") == ["finance"]
    assert found(carol, q="LAT") == ["finance", "growth"]
    assert found(carol, q="zeppelin") == []
    assert found(carol, order="changed") == ["finance", "growth"]
    assert api(carol).get(f"{V1}/", {"order": "odd"}).status_code == 400
    assert found(carol, tag="Logistics") == ["finance", "growth"]
    assert found(carol, author="alice") == ["finance", "growth"]
    assert found(carol, author="bob") == []
    assert found(carol, tag="other") == found(carol, status="withdrawn") == found(carol, space="\x00") == []
    assert found(carol, status="current", changed_since="2100-01-01") == []
    assert api(carol).get(f"{V1}/", {"status": "odd"}).status_code == 400
    assert api(mallory).get(f"{V1}/finance/late/").status_code == 404


def test_the_history_is_listed_and_read_by_spreadsheets(
    api: Call, growth: Space, carol: User, publish: Publish
) -> None:
    publish(growth, 0.21, as_of="2026-06-30", interval=[0.1, 0.3])
    publish(growth, {"columns": ["a"], "rows": [[1]]}, days=1)
    told = api(carol).get(f"{V1}/growth/late/history/").json()["results"]
    assert [row["revision"] for row in told] == [2, 1]
    answer = api(carol).get(f"{V1}/growth/late/history/", {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [(row["value"], row["as_of"], row["low"], row["revision"]) for row in rows] == [
        ('{"rows":[[1]],"columns":["a"]}', "", "", "2"),
        ("0.21", "2026-06-30", "0.1", "1"),
    ]
    assert datetime.fromisoformat(rows[1]["published_at"]) == THE_DAY


def test_a_page_of_many_takes_as_many_queries_as_one(
    api: Call, growth: Space, carol: User, publish: Publish, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = api(carol)
    publish(growth, 1)
    client.get(f"{V1}/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"{V1}/")
    revision = Post.objects.get().published_revision
    assert revision is not None
    revision.rendering.insights = [{"name": f"n{number}", "value": number} for number in range(15)]
    ledger.follow([revision])
    assert Insight.objects.count() == 16
    with django_assert_num_queries(len(one) + 1):  # what they say, which the process keeps
        assert len(client.get(f"{V1}/").json()["results"]) == 16
    with django_assert_num_queries(len(one)):
        assert len(client.get(f"{V1}/").json()["results"]) == 16


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": "superseded"}, "superseded"),
        ({"status": "archived"}, "withdrawn"),
        ({"attention_since": THE_DAY}, "stale"),
        ({"run_findings": ["ends-in-error"]}, "unproven"),
        ({}, "unreviewed"),
    ],
)
def test_it_says_whether_it_can_be_relied_on(
    api: Call, growth: Space, carol: User, publish: Publish, change: dict[str, Any], word: str
) -> None:
    publish(growth, 0.21)
    Post.objects.update(**change)
    told = api(carol).get(f"{V1}/growth/late/").json()
    assert told["trust"] == word
    assert told["trust_reasons"]
    assert told["trust_next"].endswith(".")


def test_whoever_asks_what_changed_hears_of_every_state_too(
    api: Call, growth: Space, finance: Space, carol: User, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.insight_filters.SLACK", timedelta(0))
    post = publish(growth, 0.21)
    publish(finance, 7, path="f.md")

    def moved_by(change: Any) -> list[str]:
        since = timezone.now().isoformat()
        change()
        told = api(carol).get(f"{V1}/", {"changed_since": since}).json()["results"]
        tagged = api(carol).get(f"{V1}/", {"changed_since": since, "tag": "logistics"}).json()["results"]
        assert tagged == told
        return [row["space"] for row in told]

    posts, revisions = Post.objects.filter(pk=post.pk), Revision.objects.filter(post=post)
    assert moved_by(lambda: posts.update(title="No news")) == []
    assert moved_by(lambda: publish(growth, 0.3, days=1)) == ["growth"]
    for change in (
        {"suspect_since": THE_DAY},
        {"suspect_since": None},  # cleared
        {"attention_since": THE_DAY},
        {"status": "superseded"},
        {"status": "archived"},
    ):
        assert moved_by(lambda change=change: posts.update(**change)) == ["growth"]
    assert moved_by(lambda: revisions.update(is_held=True)) == []  # nothing of it is told any more
    assert moved_by(lambda: revisions.update(is_held=False)) == ["growth"]
    assert moved_by(lambda: Insight.objects.filter(space=growth).update(withdrawn_at=THE_DAY)) == ["growth"]
    monkeypatch.setattr("api.insight_filters.SLACK", timedelta(minutes=5))
    assert moved_by(lambda: None) == ["finance", "growth"]
    listed = api(carol).get(f"{V1}/", {"order": "changed"}).json()["results"]
    assert [row["space"] for row in listed] == ["growth", "finance"]


def test_what_others_say_of_the_same_day_is_told_on_request(
    api: Call, growth: Space, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(growth, 0.21, as_of="2026-06-30")
    publish(finance, 7, path="f.md", as_of="2026-06-30")

    def elsewhere(user: User) -> list[tuple[str, float]]:
        told = api(user).get(f"{V1}/growth/late/", {"expand": "elsewhere"}).json()
        return [(each["space"], each["value"]) for each in told["expanded"]["elsewhere"]]

    assert elsewhere(carol) == [("finance", 7)]
    assert elsewhere(mallory) == []
    publish(finance, 7, path="f.md", as_of="2026-09-30", days=1)
    assert elsewhere(carol) == []
