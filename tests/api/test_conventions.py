"""What all addresses have in common: asking once, changing what was seen, 304, gzip, rates, CORS, shapes."""

import gzip
import json
import uuid
from typing import Any

import brotli
import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from api.etags import coding_of
from knowledge.models import Insight, KeptAnswer, OpenQuestion, Post, Space, User
from knowledge.models.kept_answer import KEPT
from knowledge.pipeline import ledger
from knowledge.pipeline.upkeep import forget_old_rows
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
JSON = "application/json"
QUESTION = {"title": "Are we late?", "why": "Shifts."}


def ask(client: Client, key: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Idempotency-Key": key}
    return client.post(f"{V1}/questions/", body or QUESTION, JSON, headers=headers)


def test_a_request_under_the_same_key_is_done_once_and_answered_twice(alice: User, api: Call) -> None:
    client, key = api(alice), str(uuid.uuid4())
    first, second = ask(client, key), ask(client, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json(), first["Location"]) == (second.json(), second["Location"])
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    assert OpenQuestion.objects.count() == 1


def test_a_key_is_ones_own_and_for_one_request(alice: User, bob: User, api: Call) -> None:
    client = api(alice)
    ask(client, "k")
    other = ask(client, "k", QUESTION | {"title": "Are we early?"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    elsewhere = client.post(f"{V1}/spaces/", {"slug": "x"}, JSON, headers={"Idempotency-Key": "k"})
    assert elsewhere.status_code == 422
    assert ask(api(bob), "k").status_code == 201
    assert list(OpenQuestion.objects.values_list("asked_by__username", flat=True).order_by("pk")) == [
        "alice",
        "bob",
    ]


def test_the_spelling_of_the_body_does_not_matter(alice: User, api: Call) -> None:
    client = api(alice)
    ask(client, "k")
    spelled = json.dumps(dict(reversed(QUESTION.items())), indent=3)
    again = client.post(f"{V1}/questions/", spelled, JSON, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")


def test_a_refusal_is_not_kept_so_that_the_mended_request_goes_through(alice: User, api: Call) -> None:
    client = api(alice)
    assert ask(client, "k", {"title": "Are we late?"}).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert ask(client, "k").status_code == 201


@pytest.mark.parametrize("key", [" ", "a b", "ä", "x" * 201, "a\x00b"])
def test_a_key_that_is_none_is_refused(alice: User, api: Call, key: str) -> None:
    answer = ask(api(alice), key)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_while_the_same_is_being_done_it_is_not_done_again(alice: User, api: Call) -> None:
    other: Any = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 1))", [f"{alice.pk}:k"])
            answer = ask(api(alice), "k")
    finally:
        other.close()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "in-progress", "1")
    assert not OpenQuestion.objects.exists()


def test_a_day_later_the_key_is_free_and_its_answer_forgotten(alice: User, api: Call) -> None:
    client = api(alice)
    ask(client, "k")
    KeptAnswer.objects.update(at=timezone.now() - KEPT)
    assert "Idempotency-Replayed" not in ask(client, "k")
    assert OpenQuestion.objects.count() == 2
    forget_old_rows()
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(at=timezone.now() - KEPT)
    forget_old_rows()
    assert not KeptAnswer.objects.exists()


def test_what_was_seen_is_changed_and_what_changed_since_is_not(growth: Space, dana: User, api: Call) -> None:
    client, address = api(dana), f"{V1}/spaces/growth/"
    seen = client.get(address)["ETag"]
    changed = client.patch(address, {"description": "One"}, JSON, headers={"If-Match": seen})
    late = client.patch(address, {"description": "Two"}, JSON, headers={"If-Match": seen})
    assert (changed.status_code, late.status_code) == (200, 412)
    assert (late.json()["code"], late["Content-Type"]) == ("precondition-failed", "application/problem+json")
    growth.refresh_from_db()
    assert growth.description == "One"
    fresh = client.get(address, headers={"Accept-Encoding": "gzip"})["ETag"]
    for etags in (f'"x", {fresh}', "*"):
        assert (
            client.patch(address, {"description": "3"}, JSON, headers={"If-Match": etags}).status_code == 200
        )
        fresh = client.get(address)["ETag"]


@pytest.mark.django_db(transaction=True)
def test_what_another_door_changes_meanwhile_is_not_written_over(
    growth: Space, dana: User, api: Call
) -> None:
    client, address = api(dana), f"{V1}/spaces/growth/"
    done: list[str] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR NO KEY UPDATE" in sql and not done:
            done.append(sql)
            other: Any = connections["default"].copy()
            with other.cursor() as cursor:
                cursor.execute("UPDATE knowledge_space SET description = 'Theirs'")
            other.close()
        return execute(sql, params, many, context)

    headers = {"If-Match": client.get(address)["ETag"]}
    with connections["default"].execute_wrapper(meanwhile):
        answer = client.patch(address, {"description": "Mine"}, JSON, headers=headers)
    growth.refresh_from_db()
    assert (answer.status_code, growth.description) == (412, "Theirs")
    headers = {"If-Match": client.get(address)["ETag"]}
    assert client.patch(address, {"description": "Mine"}, JSON, headers=headers).status_code == 200


def test_if_match_is_strong_of_what_is_read_there_and_not_for_post(
    growth: Space, dana: User, alice: User, api: Call
) -> None:
    client, address = api(dana), f"{V1}/spaces/growth/"
    weak = {"If-Match": f"W/{client.get(address)['ETag']}"}
    assert client.patch(address, {"description": "x"}, JSON, headers=weak).status_code == 412
    question = OpenQuestion.objects.create(title="Why?", asked_by=alice, why="x")
    address = f"{V1}/questions/{question.pk}/?expand=space"
    headers = {"If-Match": api(alice).get(address)["ETag"]}
    assert api(alice).patch(address, {"title": "Who?"}, JSON, headers=headers).status_code == 200
    refused = api(alice).post(f"{V1}/questions/", QUESTION, JSON, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "If-Match")


def test_what_can_not_be_read_has_no_etag_to_match(growth: Space, alice: User, api: Call) -> None:
    question = OpenQuestion.objects.create(title="Why?", asked_by=alice)
    answer = api(alice).put(f"{V1}/questions/{question.pk}/vote/", headers={"If-Match": '"x"'})
    assert answer.status_code == 412


def test_etags_are_strong_and_answers_come_once(growth: Space, alice: User, api: Call) -> None:
    client = api(alice)
    for address in (f"{V1}/spaces/", f"{V1}/spaces/growth/", f"{V1}/posts/", f"{V1}/me/", f"{V1}/"):
        seen = client.get(address)
        assert seen["ETag"].startswith('"')
        again = client.get(address, headers={"If-None-Match": f'"x", {seen["ETag"]}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", seen["ETag"])
        assert "RateLimit-Remaining" in again
    growth.description = "New"
    growth.save()
    assert client.get(f"{V1}/spaces/growth/", headers={"If-None-Match": seen["ETag"]}).status_code == 200


def test_long_answers_are_zipped_for_those_who_take_it(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    client, address = api(alice), f"{V1}/posts/{make_post(growth, 'a.md').pk}/"
    plain = client.get(address)
    for coding, asked, unpack in (
        ("gzip", "gzip", gzip.decompress),
        ("br", "gzip, br", brotli.decompress),
    ):
        zipped = client.get(address, headers={"Accept-Encoding": asked})
        assert (zipped["Content-Encoding"], zipped["Content-Length"]) == (coding, str(len(zipped.content)))
        assert unpack(zipped.content) == plain.content
        assert zipped["ETag"] == f'{plain["ETag"][:-1]}-{coding}"'
        assert "Accept-Encoding" in zipped["Vary"]
        head = client.head(address, headers={"Accept-Encoding": asked})
        assert (head.content, head["ETag"], head["Content-Length"]) == (
            b"",
            zipped["ETag"],
            zipped["Content-Length"],
        )
        for etag in (zipped["ETag"], plain["ETag"]):
            headers = {"Accept-Encoding": asked, "If-None-Match": etag}
            fresh = client.get(address, headers=headers)
            assert (fresh.status_code, fresh["ETag"]) == (304, zipped["ETag"])
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused
    short = client.get(f"{V1}/reviews/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("*", "br"), ("br;q=0, *", "gzip"), ("identity, gzip;q=0.5", ""), ("gzip;q=0", ""),
        ("GZIP;Q=1.0", "gzip"), ("gzip;q=x", ""),
    ],
)  # fmt: skip
def test_the_coding_is_the_one_that_is_wanted_most(accepted: str, coding: str) -> None:
    assert coding_of(accepted) == coding


def test_what_is_answered_with_a_secret_is_not_zipped(alice: User, api: Call) -> None:
    body = {"url": f"https://hooks.example/{'x' * 900}"}
    client, headers = api(alice), {"Accept-Encoding": "gzip", "Idempotency-Key": "k"}
    made, again = (client.post(f"{V1}/webhooks/", body, JSON, headers=headers) for _ in range(2))
    assert made.json()["secret"]
    assert "Content-Encoding" not in made
    assert made.json()["secret"] not in KeptAnswer.objects.get().body
    assert again.json() == made.json() | {"secret": None, "standard_secret": None}


def test_who_asks_too_often_waits(alice: User, bob: User, api: Call, settings: Settings) -> None:
    settings.API_RATE_LIMIT = 3
    answers = [api(alice).get(f"{V1}/me/") for _ in range(4)]  # each with a token of its own
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"], refused["RateLimit-Limit"]) == (
        429,
        "throttled",
        "3",
    )
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert api(bob).get(f"{V1}/me/").status_code == 200


def test_no_limit_and_no_valkey_keep_nobody_waiting(alice: User, api: Call, settings: Settings) -> None:
    settings.API_RATE_LIMIT = 0
    assert "RateLimit-Limit" not in api(alice).get(f"{V1}/me/")
    settings.API_RATE_LIMIT, settings.REDIS_URL = 1, "unix:///nowhere/valkey.sock"
    assert [api(alice).get(f"{V1}/me/").status_code for _ in range(2)] == [200, 200]


def preflight(client: Client, address: str, origin: str) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    return client.options(address, headers=headers)


def test_other_sites_may_ask_where_the_setting_names_them(alice: User, api: Call, settings: Settings) -> None:
    mine, theirs = "https://charts.example", "https://evil.example"
    assert "Access-Control-Allow-Origin" not in preflight(Client(), f"{V1}/posts/", mine)
    settings.CORS_ALLOWED_ORIGINS = [mine]
    allowed = preflight(Client(), f"{V1}/posts/", mine)
    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (200, mine)
    assert "authorization" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed
    assert "Access-Control-Allow-Origin" not in preflight(Client(), f"{V1}/posts/", theirs)
    assert "Access-Control-Allow-Origin" not in preflight(Client(), "/search", mine)
    answer = api(alice).get(f"{V1}/posts/", headers={"Origin": mine})
    assert answer["Access-Control-Allow-Origin"] == mine
    assert "RateLimit-Remaining" in answer["Access-Control-Expose-Headers"]


def test_fields_are_those_that_were_asked_for(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", authors=(alice,))
    client = api(alice)
    listed = client.get(f"{V1}/posts/?fields=title,authors.name").json()
    assert listed["results"] == [{"title": "A finding", "authors": [{"name": "Alice Example"}]}]
    assert listed.keys() == {"results", "next", "previous"}
    assert client.get(f"{V1}/spaces/growth/?fields=slug").json() == {"slug": "growth"}


@pytest.mark.parametrize(
    "fields", ["titel", "authors.nam", "a\x00", "title." + "x" * 3000, ",".join(map(str, range(99)))]
)
def test_fields_that_are_not_there_are_named(
    growth: Space, make_post: MakePost, alice: User, api: Call, fields: str
) -> None:
    make_post(growth, "a.md", authors=(alice,))
    answer = api(alice).get(f"{V1}/posts/", {"fields": fields})
    if fields.startswith("title."):
        assert answer.status_code == 200  # nothing is in a title
        return
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "fields")


def test_fields_are_checked_where_there_are_no_rows(alice: User, api: Call) -> None:
    answer = api(alice).get(f"{V1}/posts/?fields=titel")
    assert answer.status_code == 400
    assert "tldr" in answer.json()["errors"][0]["message"]


def test_what_a_row_names_comes_whole(
    growth: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    post = make_post(growth, "a.md", authors=(alice, "Jo"))
    revision = post.revisions.get()
    revision.rendering.insights = [{"name": "price", "value": 1.5}]
    ledger.follow([revision])
    client = api(alice)
    row = client.get(f"{V1}/posts/?expand=space,authors,insights").json()["results"][0]
    assert row["space"] == "growth"
    expanded = row["expanded"]
    assert expanded["space"]["name"] == "Growth"
    assert [person["username"] for person in expanded["authors"]] == ["alice"]
    assert [(each["name"], each["value"]) for each in expanded["insights"]] == [("price", 1.5)]
    taken = make_post(growth, "b.md")
    Insight.objects.update(post=taken)  # whose own reading nobody sees
    for row in client.get(f"{V1}/posts/?expand=insights").json()["results"]:
        assert [each["value"] for each in row["expanded"]["insights"]] == [1.5] * (row["id"] == taken.pk)
    Insight.objects.update(post=post)
    Post.objects.filter(pk=taken.pk).update(private=True)
    insight = client.get(f"{V1}/insights/growth/price/?expand=post&fields=value,expanded.post.title").json()
    assert insight == {"value": 1.5, "expanded": {"post": {"title": "A finding"}}}
    post.private = True
    post.save()
    assert Insight.objects.count() == 1
    assert api(mallory).get(f"{V1}/posts/?expand=insights").json()["results"] == []


@pytest.mark.parametrize("address", ["posts/?expand=spaces", "people/?expand=space", "posts/?expand=\x00"])
def test_what_can_not_be_expanded_says_what_can(alice: User, api: Call, address: str) -> None:
    answer = api(alice).get(f"{V1}/{address}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "expand")


def test_expanding_costs_as_many_queries_for_many_rows_as_for_few(
    growth: Space, make_post: MakePost, alice: User, api: Call, django_assert_max_num_queries
) -> None:
    client = api(alice)
    address = f"{V1}/posts/?expand=space,authors,insights&page_size=100"
    counts = []
    for number in range(8):
        post = make_post(growth, f"{number}.md", source=str(number).encode(), authors=(alice,))
        revision = post.revisions.get()
        revision.rendering.insights = [{"name": f"n{number}", "value": number}]
        ledger.follow([revision])
        if number in (1, 7):
            client.get(f"{V1}/me/")
            with django_assert_max_num_queries(30) as counted:
                assert len(client.get(address).json()["results"]) == number + 1
            counts.append(len(counted.captured_queries))
    assert counts[0] == counts[1]
