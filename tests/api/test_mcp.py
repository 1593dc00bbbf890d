"""Assistants at /mcp/: what the real client of the protocol's Python SDK gets, for each role."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from mcp.client.client import Client as McpClient
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from knowledge.models import AccessToken, Post, Space, User
from knowledge.pipeline import ledger
from knowledge.pipeline.index import index_posts, request_index
from tests.cast import MakePost


@dataclass
class Told:
    """What the SDK's client was told, its tools and resources among them."""

    revision: str
    spaces: set[str]
    numbers: set[str]
    insight: Any
    history: Any
    post: Any
    other: str
    resource: str
    uris: set[str]


async def talk(client: McpClient, post: int) -> Told:
    async def call(tool: str, **arguments: object) -> Any:
        told = await client.call_tool(tool, arguments)
        assert not told.is_error, told.content
        return told.structured_content

    assert len((await client.list_tools()).tools) == 5
    assert len((await client.list_resource_templates()).resource_templates) == 2
    found = await call("search_posts", query="late mondays")
    other: Any = await client.call_tool("get_insight", {"insight": "finance/finance_late"})
    content: Any
    (content,) = (await client.read_resource(f"almanac://post/{post}")).contents
    return Told(
        str(client.protocol_version),
        {each["post"]["space"] for each in found["results"]},
        {each["name"] for each in (await call("list_insights"))["results"]},
        await call("get_insight", insight="growth/growth_late", at="2026-12-31"),
        await call("insight_history", insight="growth/growth_late"),
        await call("get_post", post=post),
        str(getattr(other.content[0], "text", "")) if other.is_error else other.structured_content["name"],
        str(getattr(content, "text", "")),
        {each.uri for each in (await client.list_resources()).resources},
    )


@pytest.fixture
def meet(live_server: Any, settings: Any) -> Callable[..., Told]:
    """`meet(carol, 4)`: what an assistant with her token is told; `mode`: how they agree on a revision."""
    settings.SITE_URL = live_server.url

    def meet(user: User, post: int, mode: str = "auto") -> Told:
        _, secret = AccessToken.objects.issue(user=user, name="test", scopes=["read"])

        async def connected() -> Told:
            http = create_mcp_http_client(headers={"Authorization": f"Bearer {secret}"})
            transport = streamable_http_client(f"{live_server.url}/mcp/", http_client=http)
            async with http, McpClient(transport, mode=mode) as client:
                return await talk(client, post)

        return asyncio.run(connected())

    return meet


@pytest.fixture
def posts(
    growth: Space, finance: Space, make_post: MakePost, alice: User, transactional_db: None
) -> dict[str, Post]:
    found = {}
    for space in (growth, finance):
        post = make_post(
            space,
            "late.md",
            title=f"Late in {space.slug}",
            source=space.slug.encode(),
            authors=(alice,),
            rendering={
                "text": f"Mondays are late in {space.slug}.",
                "passages": [["narrative", "c-1", "Mondays are late."]],
                "insights": [{"name": f"{space.slug}_late", "value": 0.21, "as_of": "2026-06-30"}],
            },
        )
        post.refresh_from_db()
        assert post.published_revision
        with transaction.atomic():
            ledger.follow([post.published_revision])
        found[space.slug] = post
    request_index([post.pk for post in found.values()])
    index_posts()
    return found


def test_the_sdks_client_finds_and_reads_what_its_caller_sees(
    meet: Callable[..., Told], posts: dict[str, Post], carol: User, mallory: User, admin: User
) -> None:
    """By the revision that needs no handshake, and by one that does."""
    pk = posts["growth"].pk
    for user, mode, revision in (
        (carol, "auto", "2026-07-28"),
        (carol, "legacy", "2025-11-25"),
        (admin, "auto", "2026-07-28"),
    ):
        told = meet(user, pk, mode)
        assert told.revision == revision
        assert told.spaces == {"growth", "finance"}
        assert told.numbers == {"growth_late", "finance_late"}
        assert (told.insight["value"], told.insight["as_of"]) == (0.21, "2026-06-30")
        assert [reading["revision"] for reading in told.history["results"]] == [1]
        assert told.post["text"] == told.resource == "Mondays are late in growth."
        assert told.other == "finance_late"
    told = meet(mallory, pk)
    assert (told.spaces, told.numbers) == ({"growth"}, {"growth_late"})
    assert told.uris == {f"almanac://post/{pk}", "almanac://insight/growth/growth_late"}
    assert told.other.startswith("There is no insight finance/finance_late. list_insights")
