"""Which published posts use which library: kept as publishing, rebuilding and the lives of posts have it."""

import json
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import LibraryUse, Post, Rendering, Space, User
from knowledge.pipeline import keeping, rebuild, using
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk, render_all


def notebook(*code: str) -> str:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {},
            "source": each,
            "outputs": [],
            "execution_count": 1,
        }
        for n, each in enumerate(code)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def uses() -> dict[str, list[tuple[str, str]]]:
    """Of each path what it uses, in which version."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = LibraryUse.objects.filter(is_listed=True).order_by("library")
    for path, library, version in rows.values_list("post__path", "library", "version"):
        found.setdefault(path, []).append((library, version))
    return found


def say_versions(desk: Desk, path: str, **versions: str) -> None:
    """As a document would that says them."""
    revision = desk.post(path).published_revision
    assert revision is not None
    Rendering.objects.filter(pk=revision.rendering_id).update(versions=versions)


def test_publishing_writes_down_what_a_post_uses_and_a_new_revision_changes_it(desk: Desk) -> None:
    desk.publish({"a.ipynb": notebook("import pandas as pd\nimport numpy")})
    assert uses() == {"a.ipynb": [("numpy", ""), ("pandas", "")]}
    desk.publish({"a.ipynb": notebook("import pandas as pd\nimport scipy")})
    assert uses() == {"a.ipynb": [("pandas", ""), ("scipy", "")]}
    use, revision = LibraryUse.objects.get(library="pandas"), desk.post("a.ipynb").published_revision
    assert revision is not None
    assert use.published_at == revision.published_at
    desk.publish({"a.ipynb": notebook("1 + 1")})
    assert uses() == {}


def test_what_was_drawn_before_comes_with_its_versions(desk: Desk) -> None:
    newer = notebook("import pandas")
    desk.publish({"a.ipynb": newer})
    say_versions(desk, "a.ipynb", pandas="2.1.0", unused="1")
    desk.publish({"b.ipynb": newer})
    assert uses()["b.ipynb"] == [("pandas", "2.1.0")]


def test_long_and_odd_names_and_versions_are_cut(growth: Space, make_post: MakePost) -> None:
    names = ["x" * 100, "", "pandas", "Pandas"]
    rendering = {"libraries": names, "versions": {"x" * 100: "9" * 5000, "pandas": ">=1.5,<2"}}
    post = make_post(growth, rendering=rendering)
    using.follow([post.pk])
    assert uses() == {"a.md": [("pandas", ">=1.5,<2"), ("x" * 100, "9" * 100)]}
    using.follow([post.pk])
    assert LibraryUse.objects.count() == 2


def test_it_takes_as_many_queries_for_many_posts(growth: Space, make_post: MakePost) -> None:
    posts = [
        make_post(growth, f"{n}.md", source=b"%d" % n, rendering={"libraries": ["pandas", "numpy"]}).pk
        for n in range(5)
    ]
    with CaptureQueriesContext(connection) as asked:
        using.follow(posts)
    assert len(asked) == 2
    assert LibraryUse.objects.count() == 10


def test_posts_in_no_list_are_left_out_and_come_back(desk: Desk, dana: User) -> None:
    desk.publish({"a.ipynb": notebook("import pandas")})
    post = desk.post("a.ipynb")
    keeping.archive(by=dana, post=post, why="Old.")
    assert uses() == {}
    keeping.unarchive(by=dana, post=post)
    assert uses() == {"a.ipynb": [("pandas", "")]}
    desk.publish({"a.ipynb": None})
    assert uses() == {}
    desk.publish({"a.ipynb": notebook("import pandas")})
    assert uses() == {"a.ipynb": [("pandas", "")]}


def test_what_a_newer_renderer_finds_is_taken_over(desk: Desk) -> None:
    desk.publish({"a.ipynb": notebook("import pandas\nimport numpy")})
    Rendering.objects.update(renderer_version="older", libraries=["pandas"])
    using.follow([desk.post("a.ipynb").pk])
    assert uses() == {"a.ipynb": [("pandas", "")]}
    rebuild.rebuild(desk.space)
    render_all()
    assert uses() == {"a.ipynb": [("numpy", ""), ("pandas", "")]}


def test_rebuilding_writes_it_down_anew(desk: Desk) -> None:
    desk.publish({"a.ipynb": notebook("import pandas"), "b.ipynb": notebook("import numpy")})
    LibraryUse.objects.filter(library="numpy").delete()
    LibraryUse.objects.filter(library="pandas").update(version="7", is_listed=False)
    call_command("rebuild", "--space", desk.space.slug, verbosity=0)
    assert uses() == {"a.ipynb": [("pandas", "")], "b.ipynb": [("numpy", "")]}


def test_the_migration_fills_it_with_what_is_published(
    growth: Space, make_post: MakePost, dana: User
) -> None:
    rendering = {"libraries": ["pandas", "numpy"], "versions": {"pandas": "2.1.0"}}
    first = make_post(growth, "a.md", rendering=rendering)
    make_post(growth, "b.md", source=b"b", rendering=rendering, status="archived", private=True)
    make_post(growth, "c.md", source=b"c", rendering=rendering | {"state": "failed", "failure_code": "x"})
    using.follow(Post.objects.values_list("pk", flat=True))
    columns = ("post", "space", "library", "version", "published_at", "is_listed", "is_closed")
    followed = set(LibraryUse.objects.values_list(*columns))
    assert len(followed) == 4
    assert first.pk in {row[0] for row in followed}
    LibraryUse.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("knowledge.migrations.0032_libraries").FILL)
    assert set(LibraryUse.objects.values_list(*columns)) == followed


@pytest.mark.parametrize("name", ["alice", "carol", "mallory", "admin", "guest"])
def test_it_is_seen_by_who_sees_the_post(
    growth: Space, finance: Space, make_post: MakePost, admin: User, mallory: User, name: str
) -> None:
    analysts = Group.objects.create(name="analysts")
    mallory.groups.add(analysts)
    guest = User.objects.create(username="guest", is_active=False)
    rendering = {"libraries": ["pandas"]}
    ways: list[dict[str, Any]] = [
        {},
        {"private": True},
        {"private": True, "allowed_groups": ["analysts", "others"]},
        {"private": True, "allowed_groups": ["others"]},
        {"is_held": True},
        {"status": "archived"},
        {"kind": "introduction"},
        {"status": "in_review"},
    ]
    for space in (growth, finance):
        for n, way in enumerate(ways):
            make_post(space, f"{n}.md", source=f"{space.slug}{n}".encode(), rendering=rendering, **way)
    using.follow(Post.objects.values_list("pk", flat=True))
    user = User.objects.get(username=name)
    seen = set(LibraryUse.objects.visible_to(user).values_list("post", flat=True))
    assert seen == set(Post.objects.visible_to(user).published().values_list("pk", flat=True))
    assert guest is not None
    Post.objects.filter(space=growth).update(private=True)
    Post.objects.filter(path="5.md").update(status="published")
    seen = set(LibraryUse.objects.visible_to(user).values_list("post", flat=True))
    assert seen == set(Post.objects.visible_to(user).published().values_list("pk", flat=True))
