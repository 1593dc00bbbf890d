"""What tests of datasets share: posts that rest on one, failures, and who was told of them."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.models import Dataset, Investigation, Notification, Post, Space, User
from knowledge.observing import Observed
from knowledge.pipeline import ledger, resting, warning
from knowledge.pipeline.watching import observe, tend
from tests.cast import MakePost

Rest = Callable[..., Post]
BAD = Observed("plain", False, summary="412 orders without a customer")
GOOD = Observed("plain", True)


@pytest.fixture
def rest(make_post: MakePost, alice: User) -> Rest:
    """A post that rests on something and says a number."""

    def rest(
        space: Space, path: str = "a.md", *, on: tuple[str, ...] = ("shop.orders",), **fields: Any
    ) -> Post:
        post = make_post(
            space,
            path,
            title=f"Post {path}",
            source=f"{space} {path} {on} {fields}".encode(),
            authors=fields.pop("authors", (alice,)),
            rendering={"datasets": list(on), "insights": [{"name": f"n-{path}", "value": 1.5}]},
            **fields,
        )
        published = post.published_revision
        assert published is not None
        published.post = post
        ledger.follow([published])
        resting.follow([published])
        return post

    return rest


def orders() -> Dataset:
    return Dataset.objects.select_related("owner").get(key="shop.orders")


def appoint(owner: User, by: User) -> Dataset:
    return tend(by=by, dataset=orders(), owner=owner)


def fail(by: User, summary: str = "Empty") -> Investigation:
    observe(by=by, dataset=orders(), seen=Observed("plain", False, summary=summary))
    warning.work()
    return Investigation.objects.select_related("dataset").latest("pk")


def told(event: str = "dataset.suspect") -> dict[str, str]:
    rows = Notification.objects.filter(event=event).values_list("user__username", "reason")
    return dict(rows.order_by("user__username"))


def suspect() -> set[str]:
    return set(Post.objects.filter(suspect_since__isnull=False).values_list("path", flat=True))
