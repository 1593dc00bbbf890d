"""Insights in the shapes that dashboards, scrapers and notebooks read; who may have them, and who has."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.db import transaction
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from knowledge.models import AccessToken, Insight, Post, Reading, Space, User
from knowledge.pipeline import ledger
from tests.api.conftest import Call
from tests.cast import THE_DAY, MakePost

V1 = "/api/v1/insights"
Publish = Any
NASTY = 'a "b"\\\n\u2028 {x}'


@pytest.fixture
def publish(make_post: MakePost, alice: User) -> Publish:
    def publish(space: Space, *said: dict[str, Any], path: str = "a.md", days: int = 0) -> Post:
        post = make_post(
            space,
            path,
            source=f"{space} {path} {said} {days}".encode(),
            authors=(alice,),
            revision={"published_at": THE_DAY + timedelta(days=days)},
            rendering={"insights": list(said)},
        )
        post.refresh_from_db()
        assert post.published_revision is not None
        with transaction.atomic():
            ledger.follow([post.published_revision])
        return post

    return publish


def late(value: object = 0.18, **more: Any) -> dict[str, Any]:
    return {"name": "late", "value": value, "unit": "ratio", "as_of": "2026-09-30", **more}


def families(answer: Any, parse: Any = openmetrics) -> dict[str, list[Any]]:
    return {family.name: family.samples for family in parse(answer.content.decode())}


def test_scrapers_read_numbers_with_their_day_and_labels(
    api: Call, growth: Space, carol: User, publish: Publish
) -> None:
    publish(
        growth,
        late(dimensions={"market": NASTY, "market!": "FR", "status": "x", "__y": "z", "2": "w"}),
        {"name": "words", "value": "many"},
        {"name": "huge", "value": 1, "exact": "1e400"},
        {"name": "undated", "value": -3},
    )
    answer = api(carol).get(
        f"{V1}/metrics/", headers={"Accept": "application/openmetrics-text;q=0.9,*/*;q=0.1"}
    )
    assert answer["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    found = families(answer)
    values = {sample.labels["name"]: sample for sample in found["almanac_insight"]}
    assert {name: sample.value for name, sample in values.items()} == {"late": 0.18, "undated": -3}
    assert values["late"].labels == {
        "space": "growth", "name": "late", "unit": "ratio", "status": "current", "market": NASTY,
        "market_": "FR", "dimension_status": "x", "dimension_y": "z", "dimension_2": "w",
    }  # fmt: skip
    days = {
        sample.labels["name"]: sample.value for sample in found["almanac_insight_as_of_timestamp_seconds"]
    }
    assert days == {"late": datetime(2026, 9, 30, tzinfo=UTC).timestamp(), "undated": THE_DAY.timestamp()}


def test_older_scrapers_get_the_older_format(api: Call, growth: Space, carol: User, publish: Publish) -> None:
    publish(growth, late(dimensions={"market": NASTY}))
    answer = api(carol).get(f"{V1}/metrics/")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert families(answer, prometheus)["almanac_insight"][0].labels["market"] == NASTY


def test_scrapers_miss_what_is_withdrawn_and_what_they_may_not_see(
    api: Call, growth: Space, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(growth, late())
    publish(finance, late(7), path="f.md")

    def spaces(user: User, **asked: str) -> list[str]:
        return [
            each.labels["space"]
            for each in families(api(user).get(f"{V1}/metrics/", asked))["almanac_insight"]
        ]

    assert spaces(carol, format="openmetrics") == ["finance", "growth"]
    assert spaces(mallory, format="openmetrics") == ["growth"]
    assert spaces(carol, format="openmetrics", space="finance") == ["finance"]
    Post.objects.filter(space=growth).update(status="archived")
    assert spaces(carol, format="openmetrics") == ["finance"]
    assert api().get(f"{V1}/metrics/").status_code == 401


def test_spreadsheets_and_panels_get_rows(api: Call, growth: Space, carol: User, publish: Publish) -> None:
    publish(
        growth,
        late(0.1, exact="0.10000000000000000001", title="=1+1", dimensions={"market": "FR"}, interval=[0, 1]),
    )
    client = api(carol)
    for path in (f"{V1}/", f"{V1}/growth/late/"):
        answer = client.get(path, headers={"Accept": "text/csv"})
        (row,) = csv.DictReader(StringIO(answer.content.decode()))
        assert (row["value"], row["title"], row["low"], row["status"], row["dimensions"]) == (
            "0.10000000000000000001", "'=1+1", "0.0", "current", '{"market":"FR"}'
        )  # fmt: skip
        (told,) = client.get(path, {"format": "rows"}).json()
        assert (told["time"], told["value"], told["text"]) == ("2026-09-30T00:00:00Z", 0.1, None)
        assert (told["dimension_market"], told["high"], told["url"]) == (
            "FR", 1, "http://127.0.0.1:8000/insights/growth/late"
        )  # fmt: skip
    Post.objects.update(status="archived")
    (told,) = client.get(f"{V1}/", {"format": "rows"}).json()
    assert (told["status"], told["value"]) == ("withdrawn", None)
    assert ",withdrawn," in client.get(f"{V1}/", {"format": "csv"}).content.decode()
    assert client.get(f"{V1}/", {"format": "xml"}).status_code == 400
    assert (
        client.get(f"{V1}/", headers={"Accept": "text/html,*/*;q=0.1"})["Content-Type"] == "application/json"
    )


def test_series_tell_how_several_went(
    api: Call, growth: Space, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(growth, late(1, as_of="2026-03-31"), {"name": "words", "value": "few"})
    publish(growth, late(2, as_of="2026-06-30"), {"name": "words", "value": "few"}, days=10)
    publish(finance, late(7, as_of="2026-05-31"), path="f.md")
    asked = {"insight": ["growth/late", "finance/late", "no/such", "x"]}

    def points(user: User, **more: Any) -> list[tuple[str, str, float]]:
        answer = api(user).get(f"{V1}/series/", asked | more)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        return [(each["time"][:10], each["insight"], each["value"]) for each in told]

    assert points(carol) == [
        ("2026-03-31", "growth/late", 1), ("2026-05-31", "finance/late", 7), ("2026-06-30", "growth/late", 2)
    ]  # fmt: skip
    assert points(mallory) == [("2026-03-31", "growth/late", 1), ("2026-06-30", "growth/late", 2)]
    since = str(int(datetime(2026, 5, 1, tzinfo=UTC).timestamp() * 1000))
    assert points(carol, **{"from": since, "to": "2026-05-31"}) == [("2026-05-31", "finance/late", 7)]
    assert points(mallory, by="published_at", to="2026-10-05") == [("2026-10-01", "growth/late", 1)]
    table = api(mallory).get(f"{V1}/series/", {"insight": "growth/words", "format": "csv"}).content.decode()
    assert "few" in table
    Insight.objects.update(withdrawn_at=THE_DAY)
    assert points(carol) == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"insight": ["a/b"] * 51},
        {"insight": "a/b", "by": "x"},
        {"insight": "a/b", "from": "soon"},
        {"insight": "\x00"},
    ],
)
def test_what_makes_no_series_is_refused(api: Call, carol: User, asked: dict[str, Any]) -> None:
    assert api(carol).get(f"{V1}/series/", asked).status_code == 400


def test_notebooks_get_typed_columns_with_all_digits(
    api: Call, growth: Space, carol: User, publish: Publish
) -> None:
    from pyarrow import ipc, parquet, types

    publish(
        growth, late(1, exact="12345678901234567890.10", as_of="2026-06-30T12:00:00+02:00", interval=[0, 2])
    )
    publish(growth, late("many"), days=1)
    client = api(carol)
    told = client.get(f"{V1}/growth/late/history/", {"format": "parquet"})
    table = parquet.read_table(BytesIO(told.content))
    assert str(table.schema.field("value").type) == "decimal128(22, 2)"
    rows = table.to_pylist()
    assert [row["value"] for row in rows] == [None, Decimal("12345678901234567890.10")]
    assert [row["text"] for row in rows] == ["many", None]
    assert (rows[1]["as_of"], rows[1]["high"]) == (datetime(2026, 6, 30, 10, tzinfo=UTC), 2)
    assert rows[1]["published_at"] == THE_DAY
    arrow = client.get(
        f"{V1}/growth/late/history/", headers={"Accept": "application/vnd.apache.arrow.stream"}
    )
    assert ipc.open_stream(BytesIO(arrow.content)).read_all().equals(table)
    publish(growth, late(1, exact="1e-90"), days=2)
    told = client.get(f"{V1}/growth/late/history/", {"format": "parquet"})
    longest = parquet.read_table(BytesIO(told.content))
    assert types.is_string(longest.schema.field("value").type)
    assert Decimal(longest.to_pylist()[0]["value"]) == Decimal("1e-90")


def test_who_has_an_answer_is_told_so_until_anything_in_it_changes(
    api: Call,
    growth: Space,
    finance: Space,
    carol: User,
    bob: User,
    publish: Publish,
    django_assert_num_queries: Any,
) -> None:
    post = publish(growth, late())
    client = api(carol)
    paths = [f"{V1}/growth/late/", f"{V1}/?space=growth", f"{V1}/growth/late/?format=csv", f"{V1}/metrics/"]

    def tags() -> list[str]:
        answers = [client.get(path) for path in paths]
        assert all("private" in answer["Cache-Control"] for answer in answers)
        return [answer["ETag"] for answer in answers]

    seen = tags()
    assert tags() == seen
    with django_assert_num_queries(2):  # who asks, and the state
        assert client.get(paths[0], headers={"If-None-Match": seen[0]}).status_code == 304
    for path, tag in zip(paths, seen, strict=True):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304

    def changed() -> None:
        nonlocal seen
        new = tags()
        assert not set(new) & set(seen)
        seen = new

    Post.objects.update(attention_since=THE_DAY)
    changed()
    Reading.objects.update(unit="share")  # as another renderer would read it, under the same id
    changed()
    assert client.get(paths[0]).json()["unit"] == "share"
    review = post.reviews.create(revision=post.published_revision, state="approved", closed_at=THE_DAY)
    review.verdicts.create(
        revision=post.published_revision, reviewer=bob, reviewer_name="Bob", kind="approve"
    )
    changed()
    assert client.get(paths[0]).json()["reviewed_by"] == ["Bob"]
    Post.objects.update(path="b c/ü.md")
    changed()
    assert (
        client.get(paths[0]).json()["post_url"]
        == f"http://127.0.0.1:8000{Post.objects.get().get_absolute_url()}"
    )


def test_an_answer_that_one_has_is_no_key(
    api: Call, finance: Space, carol: User, mallory: User, publish: Publish
) -> None:
    publish(finance, late())
    tag = api(carol).get(f"{V1}/finance/late/")["ETag"]
    assert api(mallory).get(f"{V1}/finance/late/", headers={"If-None-Match": tag}).status_code == 404


def test_an_answer_that_a_release_tells_otherwise_is_another(
    api: Call, growth: Space, carol: User, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(growth, late())
    path, client = f"{V1}/growth/late/", api(carol)
    has = {"If-None-Match": client.get(path)["ETag"]}
    assert client.get(path, headers=has).status_code == 304
    monkeypatch.setattr("api.insight_formats._WORDS", "other")
    assert client.get(path, headers=has).status_code == 200


def test_what_is_superseded_names_what_took_its_place_to_who_sees_that(
    api: Call, growth: Space, carol: User, mallory: User, publish: Publish, make_post: MakePost
) -> None:
    publish(growth, late())
    since = THE_DAY + timedelta(days=30)
    new = make_post(growth, "new.md", source=b"new", published_at=since)
    Post.objects.filter(path="a.md").update(status="superseded", superseded_by=new)
    link = '<http://127.0.0.1:8000/s/growth/new.md>; rel="successor-version"'
    client = api(carol)
    paths = [
        f"{V1}/growth/late/{asked}" for asked in ("", "?format=csv", "?format=rows", "?format=openmetrics")
    ]
    paths += [f"{V1}/growth/late/history/", f"{V1}/growth/late/history/?format=csv"]
    for path in paths:
        answer = client.get(path)
        again = client.get(path, headers={"If-None-Match": answer["ETag"]})
        assert (answer.status_code, again.status_code) == (200, 304)
        for each in (answer, again):
            assert (each["Deprecation"], each["Link"]) == (f"@{since.timestamp():.0f}", link)
    Post.objects.filter(pk=new.pk).update(private=True)
    answer = api(mallory).get(f"{V1}/growth/late/")
    assert (answer.json()["status"], answer["Deprecation"]) == ("superseded", f"@{since.timestamp():.0f}")
    assert "Link" not in answer


def test_a_file_that_holds_not_all_says_so(
    api: Call, growth: Space, carol: User, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.insights.READINGS", 1)
    publish(growth, late(1))
    path = f"{V1}/growth/late/history/?format=csv"
    assert "Almanac-Truncated" not in api(carol).get(path)
    publish(growth, late(2), days=1)
    answer = api(carol).get(path)
    assert (answer["Almanac-Truncated"], len(answer.content.splitlines())) == ("1", 2)


def test_pages_go_on_and_back_whatever_they_are_narrowed_by(
    api: Call, growth: Space, carol: User, publish: Publish
) -> None:
    publish(growth, *({"name": f"n{number}", "value": number} for number in range(5)))
    client = api(carol)
    for narrowed in (
        "",
        "&author=alice",
        "&order=changed",
        "&q=n",
        "&space=growth&status=current&changed_since=2026-01-01",
    ):
        first = client.get(f"{V1}/?page_size=2{narrowed}").json()
        second = client.get(first["next"]).json()
        third = client.get(second["next"]).json()
        names = [row["name"] for page in (first, second, third) for row in page["results"]]
        assert sorted(names, reverse=True) == ["n4", "n3", "n2", "n1", "n0"]
        assert names[0] == "n4" or "changed" in narrowed
        assert (first["previous"], third["next"]) == (None, None)
        assert client.get(third["previous"]).json()["results"] == second["results"]
        assert client.get(second["previous"]).json()["results"] == first["results"]
    for cursor in ("x", "cD1hYmM=", "cD0xfjI="):  # of no place
        for order in ("new", "changed"):
            answer = client.get(f"{V1}/", {"cursor": cursor, "order": order})
            assert answer.status_code in {400, 404}


def test_however_many_there_are_it_takes_as_many_queries(
    api: Call, growth: Space, carol: User, publish: Publish, django_assert_num_queries: Any
) -> None:
    publish(growth, *({"name": f"n{number}", "value": number} for number in range(12)))
    client = api(carol)
    client.get("/api/v1/me/")
    for path, queries in (
        (f"{V1}/?format=rows", 4),
        (f"{V1}/?format=csv&space=growth&status=current", 4),
        (f"{V1}/metrics/", 4),
        (f"{V1}/series/?insight=growth/n1&insight=growth/n2&insight=growth/n3", 5),
    ):
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def test_real_clients_read_them_over_http(
    transactional_db: None, live_server: Any, growth: Space, carol: User, publish: Publish
) -> None:
    import pandas

    publish(growth, late(0.21, as_of="2026-06-30", dimensions={"market": "FR"}))
    publish(growth, late(0.18), days=30)
    _, secret = AccessToken.objects.issue(user=carol, name="notebook", scopes=["read"])
    token = {"Authorization": f"Bearer {secret}"}
    address = f"{live_server.url}{V1}"
    table = pandas.read_csv(f"{address}/growth/late/history/?format=csv", storage_options=token)
    assert list(table["value"]) == [0.18, 0.21]
    columns = pandas.read_parquet(f"{address}/growth/late/history/?format=parquet", storage_options=token)
    assert [str(each) for each in columns["value"]] == ["0.18", "0.21"]
    assert str(columns["as_of"].dt.tz) == "UTC"
    scrape = Request(
        f"{address}/metrics/", headers=token | {"Accept": "application/openmetrics-text; version=1.0.0"}
    )
    with urlopen(scrape, timeout=10) as answer:
        found = {family.name: family.samples for family in openmetrics(answer.read().decode())}
    assert found["almanac_insight"][0].value == 0.18
    # As Infinity asks for the time range of a dashboard.
    series = f"{address}/series/?insight=growth%2Flate&from=1767225600000&to=1798761599000"
    panel = pandas.read_json(series, storage_options=token)
    assert list(panel["value"]) == [0.21, 0.18]
    assert list(panel["dimension_market"].dropna()) == ["FR"]


PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("metrics/", PROMETHEUS_3, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("metrics/", "text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.1", "text/plain"),
        ("growth/late/", "text/csv; charset=utf-8", "text/csv"),
        ("growth/late/", "application/json; charset=utf-8, text/csv; q=0.5", "application/json"),
        ("growth/late/", "text/csv;q=0, */*", "application/json"),
        ("growth/late/history/", "application/vnd.apache.parquet;q=0.9,*/*;q=0.8", "application/vnd.apache"),
    ],
)
def test_what_is_accepted_is_told_by_its_type_and_how_much_it_is_liked(
    api: Call, growth: Space, carol: User, publish: Publish, path: str, accept: str, content_type: str
) -> None:
    publish(growth, late())
    answer = api(carol).get(f"{V1}/{path}", headers={"Accept": accept})
    assert answer["Content-Type"].startswith(content_type)


def test_readings_count_once_they_lie_in_between(
    api: Call, growth: Space, carol: User, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.insight_series.POINTS", 2)
    for day, as_of in enumerate(["2026-03-31", "2026-06-30", "2026-09-30"]):
        publish(growth, late(day, as_of=as_of), days=day)
    asked = {"insight": "growth/late"}
    client = api(carol)
    assert client.get(f"{V1}/series/", asked).status_code == 400
    for more in (
        {"from": "2026-06-01"},
        {"from": str(THE_DAY.date() + timedelta(days=1)), "by": "published_at"},
    ):
        told = client.get(f"{V1}/series/", asked | more).json()
        assert [each["value"] for each in told] == [1, 2]
    (told,) = client.get(f"{V1}/growth/late/history/", {"to": str(THE_DAY.date())}).json()["results"]
    assert told["value"] == 0


def test_fields_are_those_of_all_rows(
    api: Call, growth: Space, finance: Space, carol: User, publish: Publish
) -> None:
    publish(growth, late(dimensions={"market": "FR"}))
    publish(finance, late(7), path="f.md")
    client, asked = api(carol), {"format": "rows", "fields": "value,dimension_market"}
    assert client.get(f"{V1}/", asked).json() == [{"value": 7}, {"value": 0.18, "dimension_market": "FR"}]
    assert client.get(f"{V1}/", asked | {"space": "no-such"}).json() == []
    told = client.get(f"{V1}/", {"fields": "dimensions.market,previous.value"}).json()["results"]
    assert [row["dimensions"] for row in told] == [{}, {"market": "FR"}]
    for wrong in ("valeu", "limits.fixd"):
        assert client.get(f"{V1}/", {"fields": wrong}).status_code == 400


def test_all_digits_are_told_where_a_float_has_not_all(
    api: Call, growth: Space, carol: User, publish: Publish
) -> None:
    publish(growth, late(0.25))
    publish(growth, late(0.12345678901234568, exact="0.12345678901234567890"), days=1)
    client = api(carol)
    told = client.get(f"{V1}/growth/late/").json()
    assert told["exact"] == "0.12345678901234567890"
    assert (told["previous"]["exact"], told["previous"]["unit"]) == (None, "ratio")
    assert told["delta_exact"] == "-0.12654321098765432110"
    series = {"insight": "growth/late"}
    assert [row["exact"] for row in client.get(f"{V1}/series/", series).json()] == [None, told["exact"]]
    csv_lines = client.get(f"{V1}/series/", series | {"format": "csv"}).content.decode().splitlines()
    assert csv_lines[0].startswith("time,insight,value,text")
    assert f",{told['exact']}," in csv_lines[2]
    publish(growth, late(40, unit="%"), days=2)
    told = client.get(f"{V1}/growth/late/").json()
    assert (told["delta"], told["delta_exact"], told["previous"]["unit"]) == (None, None, "ratio")
