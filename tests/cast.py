"""The known cast, on two spaces of an invented company.

alice writes, bob reviews, carol reads, dana maintains, mallory is an outsider to every restricted space,
admin runs it.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from knowledge import storage
from knowledge.models import (
    Authorship,
    Membership,
    Post,
    Rendering,
    RenderingPart,
    Revision,
    Role,
    Space,
    User,
)

PASSWORD = "almanac"
THE_DAY = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """A data directory of the test's own: repositories and blobs of one test never meet another's."""
    settings.DATA_DIR = tmp_path
    settings.REPOSITORIES_DIR = tmp_path / "repositories"
    blobs = settings.STORAGES["blobs"] | {"OPTIONS": {"location": tmp_path / "blobs", "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"blobs": blobs}
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def _end_render_processes() -> Iterator[None]:
    yield
    if children := sys.modules.get("knowledge.pipeline.children"):
        children.close_children()


@cache
def _hashed_password() -> str:
    return make_password(PASSWORD)  # slow on purpose, so once


def make_user(username: str, **fields: Any) -> User:
    fields = {"name": f"{username.title()} Example", "email": f"{username}@meridian.example"} | fields
    return User.objects.create(username=username, password=_hashed_password(), **fields)


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def carol(db: None) -> User:
    return make_user("carol")


@pytest.fixture
def dana(db: None) -> User:
    return make_user("dana")


@pytest.fixture
def mallory(db: None) -> User:
    return make_user("mallory")


@pytest.fixture
def admin(db: None) -> User:
    return make_user("admin", is_staff=True, is_superuser=True)


Roles = dict[User, Role]


@pytest.fixture
def roles(alice: User, bob: User, carol: User, dana: User) -> Roles:
    return {alice: Role.AUTHOR, bob: Role.REVIEWER, carol: Role.READER, dana: Role.MAINTAINER}


def make_space(slug: str, roles: Roles, **fields: Any) -> Space:
    """The row alone; `create_repository(slug)` gives it its repository where a test needs one."""
    space = Space.objects.create(slug=slug, name=slug.title(), **fields)
    Membership.objects.bulk_create(
        Membership(space=space, user=user, role=role) for user, role in roles.items()
    )
    return space


@pytest.fixture
def growth(roles: Roles, data_dir: Path) -> Space:
    return make_space("growth", roles, description="Why customers come, stay and go.")


@pytest.fixture
def finance(roles: Roles, data_dir: Path) -> Space:
    return make_space("finance", roles, visibility=Space.Visibility.RESTRICTED)


MakePost = Callable[..., Post]  # see _make_post


def _make_post(
    space: Space,
    path: str = "a.md",
    *,
    title: str = "A finding",
    html: str = "<p>A finding.</p>",
    parts: tuple[str, ...] = (),
    source: bytes | None = None,
    authors: tuple[User | str, ...] = (),
    rendering: dict[str, Any] | None = None,
    revision: dict[str, Any] | None = None,
    **fields: Any,
) -> Post:
    """A published post at revision 1, written straight into the database; its source lies in blob storage.

    `rendering` and `revision` override columns of those rows, `fields` columns of the post; the same path
    again makes the post's next revision. One whose rendering isn't ready leaves what is published as it was.
    `html` is the rendering's only part, unless `parts` are given.
    """
    parts = parts or (html,)
    source = f"# {title}\n\n{''.join(parts)}\n".encode() if source is None else source
    post, _ = Post.objects.get_or_create(
        space=space,
        path=path,
        defaults={"title": title, "created_at": THE_DAY, "updated_at": THE_DAY, "status": "draft"},
    )
    made = _make_revision(post, source, title, parts=parts, rendering=rendering or {}, **(revision or {}))
    post.latest_revision = made
    if made.rendering.state == Rendering.State.READY:
        post.published_revision, post.published_at, post.status = made, made.committed_at, "published"
        post.title = title
    for name, value in fields.items():
        setattr(post, name, value)
    post.save()
    if authors:
        post.authorships.all().delete()
    for position, author in enumerate(authors):
        user = author if isinstance(author, User) else None
        Authorship.objects.create(
            post=post, position=position, name=user.name if user else str(author), user=user
        )
    return post


def _make_revision(
    post: Post,
    source: bytes,
    title: str,
    *,
    parts: tuple[str, ...],
    rendering: dict[str, Any],
    **fields: Any,
) -> Revision:
    number = post.revisions.count() + 1
    digest = storage.put_bytes(source)
    made, _ = Rendering.objects.update_or_create(
        source_digest=digest,
        format="ipynb" if post.path.endswith(".ipynb") else "md",
        renderer_version="test",
        defaults={"state": Rendering.State.READY} | rendering,
    )
    for part, html in enumerate(parts):
        RenderingPart.objects.update_or_create(rendering=made, number=part, defaults={"html": html})
    columns = {
        "path": post.path,
        "commit": hashlib.sha1(f"{post.pk}@{number}".encode(), usedforsecurity=False).hexdigest(),
        "blob": hashlib.sha1(source, usedforsecurity=False).hexdigest(),
        "author_name": "Alice Example",
        "author_email": "alice@meridian.example",
        "message": f"Write {title}",
        "committed_at": THE_DAY,
        "published_at": THE_DAY if made.state == Rendering.State.READY else None,
    }
    return Revision.objects.create(
        post=post,
        number=number,
        rendering=made,
        source_digest=digest,
        size=len(source),
        title=title,
        **columns | fields,
    )


@pytest.fixture
def make_post(db: None, data_dir: Path) -> MakePost:
    return _make_post
