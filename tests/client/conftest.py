"""A live portal for programs: growth, whose post publishes churn_q2, and a worker where one is needed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from knowledge.git import create_repository
from knowledge.models import AccessToken, Post, Space, User
from knowledge.pipeline import ingest, ledger, resting, using
from knowledge.pipeline.index import index_posts, request_index
from tests.cast import THE_DAY, MakePost
from tests.knowledge.pipeline.desk import render_all

DOCUMENT = "---\ntitle: Retention\ntldr: It holds.\nauthors: [alice]\n---\n\nIt holds.\n"
READINGS = (
    {"value": 0.151, "exact": "0.15100000000000000001", "as_of": "2026-03-31", "unit": "ratio"},
    {"value": 0.143, "as_of": "2026-06-30", "interval": [0.139, 0.147], "unit": "ratio"},
)


@dataclass(frozen=True)
class World:
    url: str
    growth: Space
    post: Post
    at_work: Callable[[], AbstractContextManager[None]]

    def token(self, user: User, scope: str = "write") -> str:
        return AccessToken.objects.issue(user=user, name="test", scopes=[scope])[1]


@pytest.fixture
def world(live_server: Any, settings: Any, growth: Space, make_post: MakePost, alice: User) -> World:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    create_repository("growth")
    for number, said in enumerate(READINGS):
        post = make_post(
            growth,
            "churn.md",
            title="Churn by quarter",
            source=b"%d" % number,
            authors=(alice,),
            tags=["retention"],
            revision={"published_at": THE_DAY + timedelta(days=30 * number)},
            rendering={
                "text": "Churn fell in spring.",
                "passages": [["narrative", "c-1", "Churn fell in spring."]],
                "libraries": ["pandas"],
                "versions": {"pandas": "1.5"},
                "datasets": ["shop.orders"],
                "insights": [{"name": "churn_q2", "title": "Quarterly churn", **said}],
            },
        )
        post.refresh_from_db()
        assert post.published_revision
        with transaction.atomic():
            ledger.follow([post.published_revision])
            resting.follow([post.published_revision])
            using.follow([post.pk])
    request_index([post.pk])
    index_posts()
    return World(live_server.url, growth, post, lambda: _worker(growth))


@contextmanager
def _worker(space: Space) -> Iterator[None]:
    """Reads and renders what is pushed to the space meanwhile."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            ingest.reconcile(space.pk)
            render_all()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
