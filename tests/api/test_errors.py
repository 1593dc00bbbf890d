"""Whatever comes in, the answer is a problem that says what is wrong; never a 500."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework import parsers

from api.urls import v1
from knowledge.models import Space, User
from tests.api.conftest import Call

# Bigger collections lie beside the checkout on the machines this is developed on.
HOSTILE = Path(__file__).parents[3] / "shared" / "hostile"
PROBLEM = {"type", "title", "status", "detail", "code", "hint"}

BODIES = [
    b"", b"null", b"[]", b"1", b'"text"', b"{", b'{"slug": }', b"[" * 100_000, b'{"a":' * 100_000,
    b"\xff\xfe", b'{"slug": "\\ud800"}', b'{"slug": "a\\u0000b"}', b'{"slug": ["a"]}', b'{"slug": {"a": 1}}',
    b'{"slug": NaN}', b'{"slug": 1e999}', b'{"slug": ' + b"9" * 5000 + b"}", b'{"slug": true}',
    b'{"slug": "ok", "visibility": "public"}', b'{"slug": "ok", "visibility": ["internal"]}',
    b"\xef\xbb\xbf{}", b'{"slug": "x", "slug": "new"}', b'{"name": "\\ud800", "slug": "ok"}',
    b'{"slug": "ok", "description": 5e5000}', b'{"slug": "ok", "visibility": "\\ud800"}',
]  # fmt: skip
STRINGS = [
    "", " ", "\x00", "a\x00b", "\ufeff", "\u202e", "ÅÍÎÏ", "田中さん", "👾 🙇", "' OR 1=1 --",
    "../../../etc/passwd", "%00", "%s%s%n", "{0}", "{{ 7*7 }}", "<script>alert(1)</script>",
    "\r\nX-Header: 1", "a" * 3000, "-1", "0", "99999999999999999999999", "1e309", "NaN", "null", "true",
    "[]", "a/b", ".", "..", "Ω≈ç√∫", "\x7f\x1b[31m",
]  # fmt: skip
CONTENT_TYPES = [
    "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "application/xml",
    "application/json; charset=nonsense", "multipart/form-data; boundary=\xff",
]  # fmt: skip


def collected(name: str) -> object:
    path = HOSTILE / name
    return json.loads(path.read_text()) if path.exists() else []


def is_a_problem_or_fine(answer: object) -> bool:
    if answer.status_code < 400:  # type: ignore[attr-defined]
        return True
    body = answer.json()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/problem+json", body  # type: ignore[index]
    assert body.keys() >= PROBLEM
    assert body["status"] == answer.status_code < 500  # type: ignore[attr-defined]
    assert body["detail"]
    return True


def send(client: Client, body: bytes) -> bool:
    made = client.post("/api/v1/spaces/", body, "application/json")
    changed = client.patch("/api/v1/spaces/growth/", body, "application/json")
    member = client.put("/api/v1/spaces/growth/members/bob/", body, "application/json")
    return all(is_a_problem_or_fine(answer) for answer in (made, changed, member))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
def test_any_body_is_answered_in_words(growth: Space, dana: User, api: Call, body: bytes) -> None:
    assert send(api(dana), body)


def test_all_doors_read_json_alike() -> None:
    classes = {each.callback.cls for each in v1 if hasattr(each.callback, "cls")}
    assert [each.__name__ for each in classes if parsers.JSONParser in each.parser_classes] == []


def test_the_whole_json_test_suite_is_answered_in_words(growth: Space, dana: User, api: Call) -> None:
    client = api(dana)
    for body in dict(collected("json-test-suite.base64.json")).values():  # type: ignore[call-overload]
        answer = client.patch("/api/v1/spaces/growth/", base64.b64decode(body), "application/json")
        assert is_a_problem_or_fine(answer)


@pytest.fixture
def addresses(growth: Space) -> list[str]:
    """Every parameter of every list, and every place in a path that takes text."""
    words = ["space", "path", "tag", "author", "status", "rendering", "cursor", "page_size", "format"]
    others = ["revisions/?space", "revisions/?commit", "spaces/?cursor", "people/?cursor", "tags/?cursor"]
    places = [
        "people/{}/",
        "spaces/{}/",
        "spaces/growth/pushes/{}/",
        "posts/{}/",
        "revisions/{}/",
        "{}/",
        "{}",
    ]
    queries = [f"posts/?{word}" for word in words] + others
    return [f"/api/v1/{query}=" + "{}" for query in queries] + [f"/api/v1/{place}" for place in places]


def ask(client: Client, addresses: list[str], text: str) -> bool:
    word = quote(text.encode("utf-8", "replace"), safe="")
    return all(is_a_problem_or_fine(client.get(address.format(word))) for address in addresses)


@pytest.mark.parametrize("text", STRINGS, ids=lambda text: repr(text[:20]))
def test_any_parameter_is_answered_in_words(dana: User, api: Call, addresses: list[str], text: str) -> None:
    assert ask(api(dana), addresses, text)


def test_every_naughty_string_is_answered_in_words(growth: Space, dana: User, api: Call) -> None:
    client = api(dana)
    addresses = ["/api/v1/posts/?space={0}&path={0}&tag={0}&author={0}"]
    for text in list(collected("naughty-strings.json")):  # type: ignore[call-overload]
        assert ask(client, addresses, text)


def test_naughty_strings_submit_nothing_odd(growth: Space, carol: User, api: Call) -> None:
    client = api(carol)  # who may not write: what is refused is refused before anything is stored
    for text in STRINGS:
        for name in ("space", "path", "message"):
            fields = {"file": "x", "space": "growth", "path": "a.md"} | {
                name: text.encode("utf-8", "replace")
            }
            assert is_a_problem_or_fine(client.post("/api/v1/posts/", fields))


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_any_content_type_is_answered_in_words(
    growth: Space, dana: User, api: Call, content_type: str
) -> None:
    for address in ("/api/v1/posts/", "/api/v1/spaces/"):
        answer = api(dana).generic("POST", address, b'{"slug": "x"', content_type=content_type)
        assert answer.status_code >= 400
        assert is_a_problem_or_fine(answer)


def test_broken_multipart_is_answered_in_words(growth: Space, dana: User, api: Call) -> None:
    bodies = [
        b"--x",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\na\r\n--x--',
    ]
    for body in [
        *bodies,
        b'--x\r\nContent-Disposition: form-data; name="space"\r\n\r\na\r\n' * 2000 + b"--x--",
    ]:
        answer = api(dana).generic(
            "POST", "/api/v1/posts/", body, content_type="multipart/form-data; boundary=x"
        )
        assert answer.status_code >= 400
        assert is_a_problem_or_fine(answer)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_an_address_that_leads_nowhere_is_not_found_by_any_method(
    client: Client, db: None, method: str
) -> None:
    answer = getattr(client, method)("/api/v1/nonsense/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_method_that_is_not_taken_says_so(dana: User, api: Call) -> None:
    answer = api(dana).delete("/api/v1/posts/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer["Allow"].startswith("GET, POST")


def test_without_its_last_slash_an_address_forwards_and_keeps_the_body(client: Client) -> None:
    answer = client.post("/api/v1/posts?space=growth", {})
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/posts/?space=growth")


def test_a_forward_never_leaves_the_portal(client: Client) -> None:
    assert client.get("/api//evil.example").status_code == 404
    assert client.get("/api/v1/tags//evil.example")["Location"] == "/api/v1/tags//evil.example/"


def test_a_browser_gets_json_although_it_asks_for_html(growth: Space, dana: User, api: Call) -> None:
    answer = api(dana).get("/api/v1/spaces/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_the_type_of_a_problem_is_a_place_in_the_documentation(client: Client, db: None) -> None:
    kind = client.get("/api/v1/me/").json()["type"]
    page = client.get("/api/docs/").content.decode()
    assert f'id="{kind.partition("#")[2]}"' in page
