"""Finding posts, reading what is known of them, submitting new ones."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.git import Repository, create_repository
from knowledge.models import Popularity, Post, Rendering, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

POSTS = "/api/v1/posts/"
CONTRACT = {
    "id", "space", "path", "title", "tldr", "authors", "tags", "status", "rendering", "failure", "url",
    "revision", "created_at", "updated_at", "published_at",
}  # fmt: skip
FAILED = {
    "state": Rendering.State.FAILED,
    "failure_code": "not-json",
    "failure_message": "This is no notebook.",
    "failure_hint": "Save it again.",
}


def found(client: Client, query: str = "") -> list[str]:
    answer = client.get(POSTS + query)
    assert answer.status_code == 200, answer.content
    return [row["path"] for row in answer.json()["results"]]


def test_a_row_has_what_the_contract_names(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", title="A finding", tags=["price"], tldr="Short.", authors=(alice, "Jo Guest"))
    page = api(alice).get(POSTS).json()
    row = page["results"][0]
    assert row.keys() >= CONTRACT
    assert page.keys() == {"results", "next", "previous"}
    assert row["url"] == "http://127.0.0.1:8000/s/growth/a.md"
    assert row["authors"] == [
        {"name": "Alice Example", "username": "alice"},
        {"name": "Jo Guest", "username": None},
    ]
    assert (row["space"], row["status"], row["rendering"], row["failure"], row["revision"]) == (
        "growth", "published", "ready", None, 1,
    )  # fmt: skip


def test_rendering_and_failure_speak_of_the_latest_revision(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", source=b"one")
    post = make_post(growth, "a.md", source=b"two", rendering=FAILED)
    row = api(alice).get(f"{POSTS}{post.pk}/").json()
    assert (row["rendering"], row["revision"], row["latest_revision"]) == ("failed", 1, 2)
    assert row["failure"] == {"code": "not-json", "message": "This is no notebook.", "hint": "Save it again."}


def test_posts_are_found_by_each_filter(
    growth: Space, finance: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", tags=["price"], authors=(alice,))
    make_post(finance, "b.md", source=b"b", rendering=FAILED)
    client = api(alice)
    assert found(client) == ["b.md", "a.md"]
    assert found(client, "?space=growth") == ["a.md"]
    assert found(client, "?path=b.md") == ["b.md"]
    assert found(client, "?tag=PRICE") == ["a.md"]
    assert found(client, "?author=alice") == ["a.md"]
    assert found(client, "?author=Alice%20Example") == ["a.md"]
    assert found(client, "?status=draft") == ["b.md"]
    assert found(client, "?rendering=failed") == ["b.md"]
    assert found(client, "?space=growth&rendering=failed") == []
    assert found(client, "?space=&tag=") == found(client)


def test_deleted_posts_and_introductions_are_left_out(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "gone.md", source=b"gone", status=Post.Status.DELETED, deleted_at=timezone.now())
    make_post(growth, "README.md", source=b"intro", kind=Post.Kind.INTRODUCTION)
    client = api(alice)
    assert found(client) == []
    assert found(client, "?status=deleted") == ["gone.md"]


def test_an_outsider_sees_nothing_of_a_restricted_space(
    finance: Space, growth: Space, make_post: MakePost, mallory: User, api: Call
) -> None:
    post = make_post(finance, "salaries.md", source=b"secret")
    hidden = make_post(growth, "private.md", private=True)
    client = api(mallory)
    assert found(client) == []
    missing = client.get(f"{POSTS}999999/")
    for each in (post, hidden):
        answer = client.get(f"{POSTS}{each.pk}/")
        assert (answer.status_code, answer.content) == (404, missing.content)


@pytest.mark.parametrize("query", ["?status=nonsense", "?rendering=done", "?path=%00", "?tag=%00"])
def test_a_filter_that_can_not_be_is_refused_with_its_name(alice: User, api: Call, query: str) -> None:
    answer = api(alice).get(POSTS + query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query[1:].partition("=")[0]


def test_the_pages_of_a_list_hold_each_post_once(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    for number in range(7):
        make_post(growth, f"{number}.md", source=str(number).encode())
    client, seen, address = api(alice), [], f"{POSTS}?page_size=3"
    while address:
        page = client.get(address.removeprefix("http://127.0.0.1:8000")).json()
        seen += [row["path"] for row in page["results"]]
        address = page["next"]
        assert address is None or address.startswith("http://127.0.0.1:8000/api/v1/posts/")
        if len(seen) == 3:
            make_post(growth, "late.md", source=b"late")  # arrives while somebody leafs through
    assert seen == [f"{number}.md" for number in reversed(range(7))]


def made_popular(posts: dict[str, Post], scores: dict[str, float]) -> None:
    Popularity.objects.bulk_create(Popularity(post=posts[path], score=scores[path]) for path in scores)


def test_the_most_read_come_first_and_each_once_forth_and_back(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    posts = {path: make_post(growth, path) for path in ("a.md", "b.md", "c.md", "d.md", "e.md", "f.md")}
    made_popular(posts, {"a.md": 1.0, "b.md": 1.0, "c.md": 1 / 3, "d.md": 1.0, "e.md": 1.25e-7})
    client = api(alice)
    order = ["d.md", "b.md", "a.md", "c.md", "e.md"]  # f.md is not read
    assert found(client, "?sort=popular") == order
    assert found(client) == found(client, "?sort=new") == sorted(posts, reverse=True)
    assert found(client, "?sort=popular&path=c.md") == ["c.md"]
    forth: list[str] = []
    back: list[str] = []
    page = client.get(f"{POSTS}?sort=popular&page_size=2").json()
    assert page["previous"] is None
    while True:
        forth += [row["path"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    while page["previous"]:
        page = client.get(page["previous"]).json()
        back = [row["path"] for row in page["results"]] + back
        assert page["next"]
    assert forth == order
    assert back == order[:4]


def test_outsiders_are_told_of_no_popular_post_that_they_do_not_see(
    growth: Space, finance: Space, make_post: MakePost, mallory: User, alice: User, api: Call
) -> None:
    posts = {path: make_post(space, path) for path, space in (("a.md", growth), ("b.md", finance))}
    made_popular(posts, {"a.md": 1.0, "b.md": 9.0})
    assert found(api(mallory), "?sort=popular") == ["a.md"]
    assert found(api(alice), "?sort=popular") == ["b.md", "a.md"]


def test_an_order_that_there_is_not_is_refused_in_words(alice: User, api: Call) -> None:
    for order in ("best", "popular\x00", "-popular"):
        answer = api(alice).get(POSTS, {"sort": order})
        assert (
            answer.status_code,
            "Sort by new, popular, published, updated or title." in answer.content.decode(),
        ) == (400, True), order


@pytest.mark.parametrize(
    "place", ["p=7", "p=x-1", "p=1.0-1%00", "p=nan-1", "p=1.0-" + "9" * 19, "p=1e999-1&o=5", "r=1", "p=-1-1"]
)
def test_a_made_up_cursor_of_the_popular_ones_breaks_nothing(alice: User, api: Call, place: str) -> None:
    cursor = b64encode(place.encode()).decode()
    answer = api(alice).get(POSTS, {"sort": "popular", "cursor": cursor})
    assert answer.status_code == (200 if place.startswith(("r=", "p=1e")) else 400)


def test_popular_ones_cost_as_many_queries_for_many_as_for_few(
    growth: Space, make_post: MakePost, alice: User, bob: User, api: Call, django_assert_max_num_queries
) -> None:
    posts = {f"{n}.md": make_post(growth, f"{n}.md", authors=(alice, bob)) for n in range(6)}
    made_popular(posts, dict.fromkeys(posts, 1.0))
    client = api(alice)
    client.get(POSTS)
    with django_assert_max_num_queries(4):
        assert len(found(client, "?sort=popular")) == 6


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "cD1hYmM=", "cD0lMDA=", "bz0tMQ==", "%F0%9F%A4%A1"])
def test_a_made_up_cursor_is_refused(alice: User, api: Call, cursor: str) -> None:
    answer = api(alice).get(f"{POSTS}?cursor={cursor}")
    assert answer.status_code == 200 or answer.json()["errors"][0]["field"] == "cursor"


def test_a_list_costs_as_many_queries_for_many_posts_as_for_few(
    growth: Space, make_post: MakePost, alice: User, bob: User, api: Call, django_assert_max_num_queries
) -> None:
    client = api(alice)
    for count in (3, 30):
        for number in range(count):
            make_post(growth, f"{number}.md", source=str(number).encode(), authors=(alice, bob))
        client.get(POSTS)  # the token's last use is written once a minute
        with django_assert_max_num_queries(4):
            assert client.get(f"{POSTS}?page_size=100").status_code == 200


def test_a_detail_has_header_links_and_revisions(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    make_post(growth, "a.md", source=b"one")
    post = make_post(
        growth, "a.md", source=b"two", revision={"header": {"title": "A finding", "tags": ["x"]}}
    )
    client = api(alice)
    detail = client.get(f"{POSTS}{post.pk}/").json()
    assert detail["header"] == {"title": "A finding", "tags": ["x"]}
    assert [revision["number"] for revision in detail["revisions"]] == [2, 1]
    assert detail["links"]["permalink"] == f"http://127.0.0.1:8000/p/{post.pk}"
    source: Any = client.get(detail["links"]["source"].removeprefix("http://127.0.0.1:8000"))
    assert b"".join(source.streaming_content) == b"two"
    listed = client.get(detail["links"]["revisions"].removeprefix("http://127.0.0.1:8000")).json()
    assert [revision["number"] for revision in listed["results"]] == [2, 1]


def test_what_did_not_change_is_not_sent_again(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    post = make_post(growth, "a.md", source=b"one")
    client = api(alice)
    for address in (POSTS, f"{POSTS}{post.pk}/"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "private" in first["Cache-Control"]
    make_post(growth, "a.md", source=b"two")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def sent(client: Client, **fields: object) -> Any:
    file = BytesIO(b"# A finding\n")
    file.name = "finding.md"
    return client.post(POSTS, {"file": file, "space": "growth"} | fields)


@pytest.fixture
def hosted(growth: Space) -> Space:
    create_repository(growth.slug)
    return growth


def test_a_submission_is_committed_in_the_callers_name_and_can_be_watched(
    hosted: Space, alice: User, api: Call
) -> None:
    client = api(alice, "write")
    answer = sent(client, path="2026/finding.md", message="Tell it")
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert answer["Location"] == body["watch"]
    repository = Repository("growth")
    assert repository.head("main") == body["commit"]
    assert repository.find(body["commit"], "2026/finding.md") is not None
    watched = client.get(body["watch"].removeprefix("http://127.0.0.1:8000"))
    assert (watched.status_code, watched.json()["state"]) == (200, "waiting")


@pytest.mark.parametrize(("path", "where"), [(None, "finding.md"), ("2026/", "2026/finding.md")])
def test_without_a_file_name_in_the_path_the_files_own_is_taken(
    hosted: Space, alice: User, api: Call, path: str | None, where: str
) -> None:
    answer = sent(api(alice), **({"path": path} if path else {}))
    assert answer.json()["path"] == where


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"path": "../../etc/passwd.md"}, 400, "bad-path"),
        ({"path": ".git/config.md"}, 400, "bad-path"),
        ({"path": "a\nb.md"}, 400, "bad-path"),
        ({"path": "a\x00b.md"}, 400, "invalid"),
        ({"path": "program.exe"}, 415, "no-document"),
        ({"path": "x" * 1001 + ".md"}, 400, "invalid"),
        ({"file": BytesIO(b"")}, 400, "empty-file"),
        ({"file": "text"}, 400, "invalid"),
        ({"space": "nowhere"}, 404, "not-found"),
        ({"space": "a\x00b"}, 400, "invalid"),
    ],
)
def test_a_submission_that_can_not_be_is_refused_in_words(
    hosted: Space, alice: User, api: Call, fields: dict[str, Any], status: int, code: str
) -> None:
    if isinstance(fields.get("file"), BytesIO):
        fields = {"file": BytesIO(b""), "path": "empty.md"}
    answer = sent(api(alice), **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert answer.json()["detail"]


def test_readers_may_not_submit_and_read_tokens_neither(
    hosted: Space, carol: User, alice: User, mallory: User, api: Call
) -> None:
    assert sent(api(carol)).json()["code"] == "not-a-member"
    assert sent(api(mallory)).json()["code"] == "not-a-member"
    assert sent(api(alice, "read")).json()["code"] == "missing-scope"
    assert Repository("growth").head("main") == ""


def test_an_outsiders_submission_to_a_restricted_space_finds_nothing(
    finance: Space, mallory: User, api: Call
) -> None:
    assert sent(api(mallory), space="finance").status_code == 404


def test_json_is_no_submission(alice: User, api: Call) -> None:
    answer = api(alice).post(POSTS, {"space": "growth"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_a_chunked_body_is_asked_for_its_length(alice: User, api: Call) -> None:
    answer = api(alice).generic(
        "POST", POSTS, headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH="", CONTENT_TYPE="text/plain"
    )
    assert answer.status_code == 411


def test_a_file_over_the_limit_is_refused_before_it_is_read(alice: User, api: Call, settings) -> None:
    settings.FILE_MAX_BYTES = 10
    assert (
        api(alice).generic("POST", POSTS, b"x" * 1_000_011, "multipart/form-data; boundary=x").status_code
        == 413
    )


def test_json_is_not_read_beyond_what_a_request_needs(alice: User, api: Call, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = api(alice).post("/api/v1/spaces/", {"slug": "x" * 20}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large-body")
