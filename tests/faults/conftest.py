"""A whole portal on its own servers, for tests that stop and kill parts of it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portal.embedded import Servers
from tests.git_client import Clone
from tests.portal_process import Portal, wait_until

RECOVERY_SECONDS = 90
UNFINISHED = "SELECT count(*) FROM knowledge_rendering WHERE state IN ('queued', 'rendering')"
INGESTED = "SELECT ingested_commit FROM knowledge_space WHERE slug = %s"
SHOWN = """
    SELECT post.path, latest.blob, rendering.state
    FROM knowledge_post post
    JOIN knowledge_space space ON space.id = post.space_id AND space.slug = %s
    JOIN knowledge_revision latest ON latest.id = post.latest_revision_id
    JOIN knowledge_rendering rendering ON rendering.id = latest.rendering_id
    WHERE post.status = 'published' AND post.published_revision_id = post.latest_revision_id
"""
REVISIONS = """
    SELECT revision.commit, post.path, revision.blob
    FROM knowledge_revision revision
    JOIN knowledge_post post ON post.id = revision.post_id
    JOIN knowledge_space space ON space.id = post.space_id AND space.slug = %s
    ORDER BY revision.id
"""


class Site:
    """The portal, the servers that it uses, and someone who maintains spaces in it."""

    def __init__(self, portal: Portal, servers: Servers) -> None:
        self.portal, self.servers = portal, servers
        self.token = portal.manage("create_token", "dana").strip()

    def clone(self, slug: str, folder: Path) -> Clone:
        """A working copy of a new space's repository, or another one of a space that is there."""
        if not (self.portal.data_dir / "repositories" / f"{slug}.git").exists():
            self.portal.manage("create_space", slug, "--maintainer", "dana")
        address = self.portal.url.replace("://", f"://dana:{self.token}@")
        return Clone(folder, f"{address}/git/{slug}.git")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.servers.database_url, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def git(self, slug: str, *arguments: str) -> str:
        folder = self.portal.data_dir / "repositories" / f"{slug}.git"
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def wait_until_whole(self, slug: str) -> float:
        """Until the space shows what its branch holds; returns after how many seconds."""
        began = time.monotonic()
        wait_until(lambda: self._is_settled(slug), RECOVERY_SECONDS, interval=0.5)
        took = time.monotonic() - began
        tree = [line.split(maxsplit=3) for line in self.git(slug, "ls-tree", "-r", "main").splitlines()]
        assert sorted(self.rows(SHOWN, slug)) == sorted((path, blob, "ready") for _, _, blob, path in tree)
        return took

    def _is_settled(self, slug: str) -> bool:
        head = self.git(slug, "rev-parse", "main")
        return (self.value(INGESTED, slug), self.value(UNFINISHED)) == (head, 0)

    def revisions(self, slug: str) -> list[tuple[str, str, str]]:
        """(commit, path, blob) of each, in the order in which they were ingested."""
        return [(commit, path, blob) for commit, path, blob in self.rows(REVISIONS, slug)]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("faults")
    folder.chmod(0o755)  # PostgreSQL runs as somebody else where the tests run as root
    with (
        Servers(folder / "servers", fast=True) as servers,
        Portal(folder / "portal", samples=True, servers=servers) as portal,
    ):
        yield Site(portal, servers)
    shutil.rmtree(folder, ignore_errors=True)
