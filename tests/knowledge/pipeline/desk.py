"""An author's desk: commits onto a space's branch, as pushes leave them."""

from collections.abc import Mapping
from datetime import datetime

import pygit2
from pygit2.enums import FileMode

from knowledge.git import Repository, create_repository, places
from knowledge.models import Post, Push, Space
from knowledge.pipeline import ingest, lanes, render
from knowledge.pipeline.claiming import claim

ALICE = ("Alice Example", "alice@meridian.example")
NOON = datetime.fromisoformat("2026-10-05T12:00:00+02:00")

NOTE = "# Deliveries\n\nThey are late on Mondays.\n"
HEADED = """---
title: Late on Mondays
subtitle: A look at deliveries
tldr: One in five.
authors: [bob, Nobody Known]
tags: [Logistics, monday, logistics]
created_at: 2026-03-01
updated_at: 2026-04-01
---

They are late.
"""


class Desk:
    """`files` is the tree as it stands: path -> bytes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        is_new = not places.repository_path(space.slug).exists()
        path = create_repository(space.slug) if is_new else places.repository_path(space.slug)
        self.git = pygit2.Repository(str(path))
        repository = Repository(space.slug)
        self.head = repository.head(space.default_branch)
        self.files = {entry.path: repository.read(entry.blob) for entry in repository.entries(self.head)}

    def push(
        self,
        changes: Mapping[str, str | bytes | None],
        *,
        message: str = "Write",
        author: tuple[str, str] = ALICE,
        at: datetime = NOON,
        by: str = "alice",
    ) -> str:
        """Commit `changes` (None removes) and move the branch there. Nothing is ingested yet."""
        commit = self.commit(changes, message=message, author=author, at=at)
        self.move_branch(commit, by=by)
        return commit

    def commit(
        self,
        changes: Mapping[str, str | bytes | None],
        *,
        message: str = "Write",
        author: tuple[str, str] = ALICE,
        at: datetime = NOON,
    ) -> str:
        for path, content in changes.items():
            if content is None:
                del self.files[path]
            else:
                self.files[path] = content.encode() if isinstance(content, str) else content
        index = pygit2.Index()
        for path, data in self.files.items():
            index.add(pygit2.IndexEntry(path, self.git.create_blob(data), FileMode.BLOB))
        offset = at.utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset else 0
        signature = pygit2.Signature(*author, int(at.timestamp()), minutes)
        parents = [self.head] if self.head else []
        tree = index.write_tree(self.git)
        self.head = str(self.git.create_commit(None, signature, signature, message, tree, parents))
        return self.head

    def branch_off(
        self, name: str, changes: Mapping[str, str | bytes | None], *, by: str = "alice", alone: bool = False
    ) -> str:
        """Set the branch `name` to a commit of `changes` on top of where the desk is, which stays there.

        Or of nothing else, and on top of nothing.
        """
        files, head = dict(self.files), self.head
        if alone:
            self.files, self.head = {}, ""
        commit = self.commit(changes)
        self.files, self.head = files, head
        self.move_branch(commit, by=by, name=name)
        return commit

    def drop(self, name: str) -> None:
        """Delete the branch."""
        dropped = places.run("update-ref", "-d", f"refs/heads/{name}", slug=self.space.slug)
        assert dropped.returncode == 0, dropped.stderr

    def move_branch(self, commit: str, *, by: str = "alice", name: str = "") -> None:
        branch = f"refs/heads/{name or self.space.default_branch}"
        moved = places.run("update-ref", "--create-reflog", branch, commit, slug=self.space.slug, pusher=by)
        assert moved.returncode == 0, moved.stderr

    def publish(self, changes: Mapping[str, str | bytes | None], **how: object) -> str:
        """Push, ingest and render: the whole way."""
        commit = self.push(changes, **how)  # type: ignore[arg-type]
        ingest.reconcile(self.space.pk)
        render_all()
        return commit

    def post(self, path: str) -> Post:
        return Post.objects.select_related("published_revision", "latest_revision").get(
            space=self.space, path=path
        )


def render_all() -> None:
    render.draw_waiting()


def draw(rendering_id: int) -> None:
    """This one, whosever turn it is; if it waits."""
    if attempt := claim(rendering_id):
        assert lanes.FAST.enter()
        place = lanes.Place(lanes.FAST)
        try:
            render.draw(attempt, place)
        finally:
            place.lane.leave()


def reconcile(desk: Desk) -> Push:
    """Ingest, and return the latest push."""
    ingest.reconcile(desk.space.pk)
    push = Push.objects.filter(space=desk.space).first()
    assert push is not None
    return push


def paths(**columns: object) -> set[str]:
    """Of the posts with these columns."""
    return set(Post.objects.filter(**columns).values_list("path", flat=True))
