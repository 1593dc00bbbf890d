"""Messages at /mcp/ as they come over the wire: revisions, batches, refusals, and what nobody foresaw."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pytest_django import Settings

from knowledge.models import AccessToken, Post, Space, User
from knowledge.pipeline import ledger
from tests.api.conftest import Call
from tests.cast import MakePost

Say = Callable[..., Any]
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture
def say(api: Call, carol: User) -> Say:
    """The answer to a message of carol's: `say("ping")`, or to a body as it is."""
    client = api(carol, "read")

    def say(
        method: str = "", *, body: Any = None, headers: dict[str, str] | None = None, **params: Any
    ) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params} if body is None else body
        sent = message if isinstance(message, bytes) else json.dumps(message).encode()
        return client.post("/mcp/", sent, content_type="application/json", headers=headers or {})

    return say


def now(method: str, **more: str) -> dict[str, str]:
    return {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **more}


def called(say: Say, tool: str, **arguments: object) -> Any:
    """What the tool answers: its structure, or what it says is wrong."""
    told = say("tools/call", name=tool, arguments=arguments).json()["result"]
    return told["content"][0]["text"] if told["isError"] else told["structuredContent"]


# --- revisions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("2025-11-25", "2025-11-25"),
        ("2025-03-26", "2025-03-26"),
        ("2026-07-28", "2025-11-25"),  # has no handshake
        ("1999-01-01", "2025-11-25"),
    ],
)
def test_a_handshake_agrees_on_a_revision(say: Say, wanted: str, spoken: str) -> None:
    told = say(
        "initialize", protocolVersion=wanted, capabilities={}, clientInfo={"name": "x", "version": "1"}
    )
    assert told.status_code == 200
    assert told.json()["result"]["protocolVersion"] == spoken
    assert "no instructions" in told.json()["result"]["instructions"]


def test_the_stateless_revision_needs_no_handshake_and_tells_what_there_is(say: Say) -> None:
    told = say("server/discover", headers=now("server/discover"), _meta=META)
    result = told.json()["result"]
    assert "2026-07-28" in result["supportedVersions"]
    assert (result["resultType"], result["cacheScope"]) == ("complete", "private")
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "almanac"


@pytest.mark.parametrize(
    ("method", "headers", "meta", "status", "code"),
    [
        ("tools/list", {"Mcp-Method": "tools/call"}, META, 400, -32020),
        ("tools/list", {"MCP-Protocol-Version": "2025-11-25"}, META, 400, -32020),
        ("tools/list", {}, {}, 400, -32602),
        ("tools/list", {}, {**META, "io.modelcontextprotocol/clientCapabilities": 1}, 400, -32602),
        ("tools/list", {"MCP-Protocol-Version": "2099-01-01"}, META, 400, -32022),
        ("initialize", {}, META, 404, -32601),
        ("resources/subscribe", {}, META, 404, -32601),
    ],
)
def test_the_stateless_revision_refuses_what_does_not_agree(
    say: Say, method: str, headers: dict[str, str], meta: dict[str, Any], status: int, code: int
) -> None:
    answer = say(method, headers=now(method) | headers, _meta=meta)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["id"] == 1


def test_a_name_that_is_not_ascii_is_repeated_by_its_bytes(say: Say) -> None:
    headers = now("resources/read", **{"Mcp-Name": "=?base64?YWxtYW5hYzovL3Bvc3QvdMOkZ2xpY2g=?="})
    answer = say("resources/read", headers=headers, _meta=META, uri="almanac://post/täglich")
    assert answer.json()["error"]["code"] == -32602  # known to agree, and not there
    headers["Mcp-Name"] = "=?base64?####?="
    answer = say("resources/read", headers=headers, _meta=META, uri="almanac://post/täglich")
    assert answer.json()["error"]["code"] == -32020


def test_each_message_counts_and_its_tools_ask_for_nothing(
    say: Say, settings: Settings, growth: Space
) -> None:
    settings.API_RATE_LIMIT = 4
    ping = {"jsonrpc": "2.0", "id": "a", "method": "ping"}
    left = [say("ping"), say("tools/call", name="list_insights", arguments={}), say(body=[ping, ping])]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["3", "2", "0"]
    refused = say("initialize", protocolVersion="2025-11-25")
    assert (refused.status_code, "Retry-After" in refused) == (429, True)
    assert "in a minute" in refused.json()["error"]["message"]


def test_a_batch_is_answered_where_the_revision_has_them(say: Say) -> None:
    ping = {"jsonrpc": "2.0", "id": "a", "method": "ping"}
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    begin = {"jsonrpc": "2.0", "id": 2, "method": "initialize", "params": {"protocolVersion": "2025-03-26"}}
    told = say(body=[ping, note, begin, 7]).json()
    assert [(each["id"], "result" in each) for each in told] == [("a", True), (2, False), (None, False)]
    assert (say(body=[note]).status_code, say(body=[note]).content) == (202, b"")
    assert say(body=[]).status_code == say(body=[ping] * 21).status_code == 400
    assert say(body=[ping], headers={"MCP-Protocol-Version": "2025-06-18"}).json()["error"]["code"] == -32600
    assert say(body=[ping], headers=now("ping")).json()["error"]["code"] == -32600


def test_notifications_and_answers_are_taken_without_a_word(say: Say) -> None:
    for body in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "anything", "params": 3},
        {"jsonrpc": "2.0", "id": 4, "result": {}},
    ):
        answer = say(body=body)
        assert (answer.status_code, answer.content) == (202, b"")


# --- who may ----------------------------------------------------------------------------------------------


def test_without_a_token_it_says_how_to_get_one(client: Client, db: None) -> None:
    answer = client.post("/mcp", b"{}", content_type="application/json")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Almanac"')
    assert "/account/tokens" in answer.json()["error"]["message"]


def test_a_wrong_token_and_a_browsers_session_do_not_do(client: Client, carol: User) -> None:
    answer = client.post("/mcp/", b"{}", "application/json", headers={"Authorization": "Bearer alm_no"})
    assert (answer.status_code, "invalid_token" in answer["WWW-Authenticate"]) == (401, True)
    client.force_login(carol)
    assert client.post("/mcp/", b"{}", "application/json").status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:8000", 200), ("https://evil.example", 403), ("null", 403), ("", 403)],
)
def test_pages_of_other_sites_are_turned_away(say: Say, origin: str, status: int) -> None:
    assert say("ping", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_nothing_is_streamed(client: Client, db: None, method: str) -> None:
    answer = getattr(client, method)("/mcp/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_token_is_marked_as_used(say: Say) -> None:
    say("ping")
    assert AccessToken.objects.get().last_used_at is not None


# --- what the tools say -----------------------------------------------------------------------------------


@pytest.fixture
def late(growth: Space, finance: Space, make_post: MakePost, alice: User) -> Post:
    """Growth's post, which says growth/late; finance's says finance/late_too."""
    for space, name in ((growth, "late"), (finance, "late_too")):
        post = make_post(
            space, "a b.md", title="Late", source=space.slug.encode(), authors=(alice,),
            rendering={"text": "Mondays are late. " * 10, "insights": [{"name": name, "value": 0.2}]},
        )  # fmt: skip
        post.refresh_from_db()
        assert post.published_revision
        ledger.follow([post.published_revision])
    return growth.posts.get()


def test_tools_are_described_with_schemas_that_their_answers_keep(say: Say, late: Post) -> None:
    tools = {tool["name"]: tool for tool in say("tools/list").json()["result"]["tools"]}
    asked: dict[str, dict[str, object]] = {
        "search_posts": {"query": "late", "limit": 1},
        "get_post": {"post": late.pk},
        "get_insight": {"insight": "growth/late"},
        "list_insights": {"space": "growth"},
        "insight_history": {"insight": "growth/late"},
    }
    assert set(tools) == set(asked)
    for name, arguments in asked.items():
        tool = tools[name]
        assert tool["annotations"]["readOnlyHint"]
        assert "no instructions" in tool["description"]
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
            assert "$ref" not in json.dumps(schema)
        told = called(say, name, **arguments)
        assert list(Draft202012Validator(tool["outputSchema"]).iter_errors(told)) == [], name


def test_a_post_is_read_in_parts_by_any_of_its_names(say: Say, late: Post) -> None:
    first = called(say, "get_post", post=late.pk, length=20)
    assert (first["text"], first["total"], first["next_offset"]) == ("Mondays are late. Mo", 180, 20)
    rest = called(say, "get_post", post=late.pk, offset=20)
    assert (first["text"] + rest["text"], rest["next_offset"]) == ("Mondays are late. " * 10, None)
    assert called(say, "get_post", post=late.pk, offset=9_000)["text"] == ""
    names = [str(late.pk), "growth/a b.md", f"almanac://post/{late.pk}", f"http://127.0.0.1:8000/p/{late.pk}",
             "http://127.0.0.1:8000/s/growth/a%20b.md@1#c-1"]  # fmt: skip
    for name in names:
        assert called(say, "get_post", post=name)["post"]["id"] == late.pk, name


def test_a_number_is_told_as_the_api_tells_it(say: Say, late: Post, api: Call, carol: User) -> None:
    told = called(say, "get_insight", insight="growth/late")
    plain = api(carol).get("/api/v1/insights/growth/late/").json()
    assert told == {"resource": "almanac://insight/growth/late", **plain}
    assert called(say, "get_insight", insight="http://127.0.0.1:8000/insights/growth/late") == told
    words = called(say, "get_insight", insight="growth/late", at="2020-01-01")
    assert words == "growth/late wasn’t published yet at 2020-01-01. insight_history tells since when it is."


def test_lists_go_on_from_a_cursor(say: Say, late: Post) -> None:
    first = called(say, "list_insights", limit=1)
    second = called(say, "list_insights", limit=1, cursor=first["next_cursor"])
    assert [first["results"][0]["name"], second["results"][0]["name"]] == ["late_too", "late"]
    assert second["next_cursor"] is None


def test_a_wrong_name_is_answered_with_those_that_are_near_and_seen(
    say: Say, late: Post, api: Call, mallory: User
) -> None:
    words = called(say, "get_insight", insight="growth/latte")
    assert words == "There is no insight growth/latte. These names are near: growth/late."
    assert "finance/late_too" in called(say, "insight_history", insight="growth/late_too")
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "get_insight", "arguments": {"insight": "finance/late_tow"}}}  # fmt: skip
    answer = api(mallory, "read").post("/mcp/", sent, "application/json").json()
    text = answer["result"]["content"][0]["text"]
    assert text == "There is no insight finance/late_tow. list_insights tells which there are."


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("get_insight", {}, "insight is missing."),
        ("get_insight", {"insight": 3}, "insight is to be a text."),
        ("get_insight", {"insight": "growth/late", "at": "soon"}, "at: Send a day or a moment"),
        ("get_insight", {"insight": "a\x00/b"}, "insight holds a NUL."),
        ("get_insight", {"insight": "growth/late", "on": "x"}, "on is no argument; these are: insight, at."),
        ("get_post", {"post": True}, "post is to be a whole number or a text."),
        ("get_post", {"post": 10**18}, "Check the address"),
        ("get_post", {"post": 1, "offset": -1}, "offset is to be 0 to"),
        ("get_post", {"post": "nowhere/a.md"}, "search_posts finds them"),
        ("list_insights", {"status": "odd"}, "status is to be one of current, suspect"),
        ("list_insights", {"cursor": "x"}, "ursor"),
        ("search_posts", {"query": "x" * 401}, "query may have 400 letters."),
        ("search_posts", {"query": "x", "limit": 51}, "limit is to be 1 to 50."),
    ],
)  # fmt: skip
def test_what_can_not_be_answered_says_why(
    say: Say, late: Post, tool: str, arguments: dict[str, Any], words: str
) -> None:
    told = called(say, tool, **arguments)
    assert isinstance(told, str)
    assert words in told


def test_an_unknown_tool_is_an_error_of_the_protocol(say: Say) -> None:
    error = say("tools/call", name="drop_tables", arguments={}).json()["error"]
    assert error["code"] == -32602
    assert "search_posts" in error["message"]


def test_resources_are_listed_and_read(say: Say, late: Post) -> None:
    listed = say("resources/list").json()["result"]["resources"]
    assert {each["uri"] for each in listed} >= {f"almanac://post/{late.pk}", "almanac://insight/growth/late"}
    for each in listed:
        (content,) = say("resources/read", uri=each["uri"]).json()["result"]["contents"]
        assert (content["uri"], content["mimeType"]) == (each["uri"], each["mimeType"])
        assert content["text"]
    templates = say("resources/templates/list").json()["result"]["resourceTemplates"]
    assert [each["name"] for each in templates] == ["post", "insight"]
    for uri in ("almanac://post/0", "almanac://insight/growth/no", "file:///etc/passwd", 3, None, "x\x00"):
        assert say("resources/read", uri=uri).json()["error"]["code"] == -32002


# --- what nobody foresaw ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"\xff", 400, -32700),
        (b"{", 400, -32700),
        (b"[" * 100_000, 400, -32700),
        (b'{"jsonrpc": "2.0", "id": 1e999, "method": "ping"}', 400, -32700),
        (b"null", 400, -32600),
        (b'"x"', 400, -32600),
        (b"{}", 400, -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', 200, -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', 400, -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', 400, -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}', 200, -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', 200, -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "none"}', 200, -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "initialize"}', 200, -32602),
    ],
)
def test_a_message_that_is_none_is_refused_with_its_code(
    say: Say, body: bytes, status: int, code: int
) -> None:
    answer = say(body=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_body_has_a_size_a_length_and_a_type(api: Call, carol: User) -> None:
    client = api(carol)
    assert client.post("/mcp/", b"x" * 1_000_001, "application/json").status_code == 413
    assert client.post("/mcp/", b"{}", "text/plain").status_code == 415
    chunked = client.generic("POST", "/mcp/", b"", "application/json", HTTP_TRANSFER_ENCODING="chunked")
    assert chunked.status_code in {400, 411}


numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
odd = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
METHODS = ["initialize", "ping", "tools/list", "tools/call", "resources/read", "resources/list", "x"]
TOOLS = ["search_posts", "get_post", "get_insight", "list_insights", "insight_history"]
ARGUMENTS = [
    "query",
    "post",
    "insight",
    "at",
    "offset",
    "length",
    "cursor",
    "limit",
    "page",
    "changed_since",
    "uri",
]
calls = st.fixed_dictionaries(
    {
        "name": st.sampled_from(TOOLS),
        "arguments": st.dictionaries(st.sampled_from(ARGUMENTS), odd, max_size=3),
    }
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(method=st.sampled_from(METHODS), params=odd | calls, identity=odd)
def test_whatever_is_sent_is_answered(say: Say, method: str, params: Any, identity: Any) -> None:
    body = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
    answer = say(body=json.dumps(body).encode())
    assert answer.status_code in {200, 202, 400}, answer.content
    if answer.status_code == 200:
        assert ("result" in answer.json()) != ("error" in answer.json())
