"""Which post each change of a step concerns, and whether it makes a revision. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge.git import Entry
from knowledge.git.changes import Kind
from knowledge.models import Post, Revision, Space
from knowledge.pipeline.changes import DocumentChange
from knowledge.pipeline.intake import Intake, format_of


@dataclass(slots=True)
class Item:
    """One document of a step on its way to the shelf; `post` is None until a new one is made.

    `knitted` is the file that is shown in the document's place, if there is one. `intake` and `revision` are
    set along the way where the document's bytes, or that file's, changed.
    """

    kind: Kind
    path: str
    post: Post | None
    blob: str = ""
    size: int = 0
    knitted: Entry | None = None
    needs_revision: bool = field(init=False)
    intake: Intake | None = None
    revision: Revision | None = None

    def __post_init__(self) -> None:
        latest = self.post.latest_revision if self.post else None
        self.needs_revision = self.kind != "removed" and (
            latest is None
            or not self._is_source_of(latest)
            or latest.knitted_blob != (self.knitted.blob if self.knitted else "")
        )

    def _is_source_of(self, revision: Revision) -> bool:
        return revision.blob == self.blob and format_of(revision.path) == format_of(self.path)

    @property
    def told_by(self) -> str:
        """The file whose latest commit says who made the document what it is."""
        latest = self.post.latest_revision if self.post else None
        is_knitted_alone = self.knitted and latest and self._is_source_of(latest)
        return self.knitted.path if self.knitted and is_knitted_alone else self.path

    @property
    def told_in(self) -> set[str]:
        """The files whose commits say who wrote it: its own, where it lay before, the knitted one."""
        paths = {self.path, self.told_by}
        if self.knitted:
            paths.add(self.knitted.path)
        return paths | ({self.post.path} if self.post and self.kind == "moved" else set())

    @property
    def is_revival(self) -> bool:
        return self.post is not None and self.post.status == Post.Status.DELETED


def place(space: Space, changes: Iterable[DocumentChange]) -> list[Item]:
    """The items that change something; what has become of a document already is left out. One query."""
    changes = list(changes)
    paths = {path for change in changes for path in (change.path, change.old_path)}
    known = Post.objects.filter(space=space, path__in=paths).select_related("latest_revision")
    return list(_Placing(known.order_by("deleted_at"), changes).items())


class _Placing:
    def __init__(self, known: Iterable[Post], changes: list[DocumentChange]) -> None:
        self.live: dict[str, Post] = {}
        self.gone: dict[str, Post] = {}  # by path, the one deleted last
        for post in known:
            (self.gone if post.status == Post.Status.DELETED else self.live)[post.path] = post
        self.changes = changes
        removed = {change.path for change in changes if change.kind == "removed"}
        self.leaving = {change.old_path for change in changes if change.kind == "moved"} | removed

    def items(self) -> Iterator[Item]:
        for change in self.changes:
            if change.kind == "removed":
                yield from self._removal(change.path)
            elif change.kind == "moved" and change.old_path in self.live:
                yield from self._move(change)
            else:
                yield from self._arrival(change)

    def _removal(self, path: str) -> Iterator[Item]:
        if post := self.live.get(path):
            yield Item("removed", path, post)

    def _move(self, change: DocumentChange) -> Iterator[Item]:
        if change.path in self.live and change.path not in self.leaving:
            yield from self._removal(change.old_path)
            yield from self._arrival(change)
        else:
            yield _item("moved", change, self.live[change.old_path])

    def _arrival(self, change: DocumentChange) -> Iterator[Item]:
        """A document at a path where there was one, is one, or neither. One that returns is the same post."""
        there = None if change.path in self.leaving else self.live.get(change.path)
        if there:
            item = _item("changed", change, there)
            if item.needs_revision:
                yield item
        else:
            yield _item("added", change, self.gone.get(change.path))


def _item(kind: Kind, change: DocumentChange, post: Post | None) -> Item:
    return Item(kind, change.path, post, change.blob, change.size, change.knitted)
