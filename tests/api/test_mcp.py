"""Assistants at /mcp/: the real client of the protocol's Python SDK, for each role, and messages that nobody foresaw."""

import asyncio
from collections.abc import Callable, Iterator
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

Ask = Callable[..., Any]


@pytest.fixture
def ask(live_server: Any, settings: Any) -> Ask:
    """`ask(carol, "get_insight", insight="growth/late")`: what the SDK's client gets; `mode` is the revision."""
    settings.SITE_URL = live_server.url

    def ask(user: User, tool: str, mode: str = "auto", **arguments: object) -> Any:
        _, secret = AccessToken.objects.issue(user=user, name="test", scopes=["read"])

        async def talk() -> Any:
            http = create_mcp_http_client(headers={"Authorization": f"Bearer {secret}"})
            transport = streamable_http_client(f"{live_server.url}/mcp/", http_client=http)
            async with http, McpClient(transport, mode=mode) as client:
                await client.list_tools()
                return await client.call_tool(tool, arguments)

        return asyncio.run(talk())

    return ask


@pytest.fixture
def posts(growth: Space, finance: Space, make_post: MakePost, alice: User, transactional_db: None) -> dict[str, Post]:
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


def test_the_sdk_finds_and_reads_what_its_caller_sees(
    ask: Ask, posts: dict[str, Post], carol: User, mallory: User
) -> None:
    for user, spaces in ((carol, {"growth", "finance"}), (mallory, {"growth"})):
        told = ask(user, "search_posts", query="late mondays")
        assert {each["post"]["space"] for each in told.structured_content["results"]} == spaces
