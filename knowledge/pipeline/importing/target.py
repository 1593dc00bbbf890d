"""What of a knowledge-repo lies in a space already, and what of that was changed here: told by git alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import SortMode

from knowledge.git import Repository, repository_path
from knowledge.models import FormerPath, Post, Space
from knowledge.paths import collision_key
from knowledge.pipeline.importing.posts import document_at, fingerprint, root_of

FROM = "Imported-From"  # a commit of the source, or the name of a source without history
PART = "Imported-Part-Of"  # leads up to the commit that bears FROM
_TRAILER = re.compile(rf"^(?:{FROM}|{PART}): (.+)$", re.MULTILINE)
_WHOLE = re.compile(rf"^{FROM}: ([0-9a-f]{{40}})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class There:
    """What lies at a place: see SourcePost.fingerprint and uuid."""

    fingerprint: str
    uuid: str = ""


@dataclass(slots=True)
class Target:
    """A space's branch at `head` ("" for an empty one).

    `here` is what lies at which place now, `left` what the last import that touched the place left there
    (None where it took it away); `homes` where imports last put the post of a UUID; `done` the commits of
    sources that are here whole. `blobs` are all files, `uuids` and `forwards` lead to where posts lie now,
    and `names` keeps what differs only in capitals apart.
    """

    head: str = ""
    here: dict[str, There] = field(default_factory=dict)
    left: dict[str, There | None] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    blobs: dict[str, str] = field(default_factory=dict)
    forwards: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def settle(self, posts: Iterable[tuple[str, str]]) -> None:
        """Note which posts (path, UUID) of the source lie where it has them: a copy of one is not it."""
        for path, uuid in posts:
            there = self.here.get(path)
            if uuid and there and there.uuid == uuid:
                self.settled.add(path)

    def place_of(self, path: str, uuid: str) -> str:
        """Where the post lies here that was at `path` in the source; "" where it doesn't."""
        there = self.here.get(path)
        if there and there.uuid == uuid:
            return path
        if uuid in self.uuids and self.uuids[uuid] not in self.settled:
            return self.uuids[uuid]
        if there and not (uuid and there.uuid):
            return path
        document = self.forwards.get(document_at(path), "")
        place = (root_of(document) or document) if document else ""
        return place if place in self.here else ""

    def home_of(self, path: str, uuid: str) -> str:
        """Where an import last put the post, or would put it."""
        left = self.left.get(path)
        home = self.homes.get(uuid, path)
        return path if (left and left.uuid == uuid) or home in self.settled else home

    def obstacle(self, place: str, files: list[str]) -> str:
        """Why nothing can be put at a new `place`, as a sentence; "" where it can. What can be is noted."""
        paths = [f"{place}/{file}" for file in files] if place not in files else files
        for path in paths:
            names = path.split("/")
            for depth in range(1, len(names) + 1):
                part = "/".join(names[:depth])
                there = self.names.setdefault(collision_key(part), part)
                if there != part:
                    return f"“{there}” is here and differs from “{part}” only in capitals or accents."
                if depth < len(names) and part in self.blobs:
                    return f"{part} is a file here, so that nothing can lie in it."
        if place.endswith(".kp") and place in self.blobs:
            return f"{place} is a file here."
        return ""


def target_of(space: Space | None) -> Target:
    """`space` is None where a dry run speaks of one that is still to be made."""
    if space is None:
        return Target()
    head = Repository(space.slug).head(space.default_branch)
    if not head:
        return Target()
    git = pygit2.Repository(str(repository_path(space.slug)))
    target = Target(head, forwards=_forwards(space))
    _read_head(git, target)
    _read_history(git, target)
    return target


def _forwards(space: Space) -> dict[str, str]:
    live = FormerPath.objects.filter(space=space).exclude(post__status=Post.Status.DELETED)
    return dict(live.values_list("path", "post__path"))


def _read_head(git: pygit2.Repository, target: Target) -> None:
    tree = git[target.head].peel(pygit2.Tree)
    for path, blob in _blobs(tree):
        target.blobs[path] = blob
        names = path.split("/")
        for depth in range(1, len(names) + 1):
            part = "/".join(names[:depth])
            target.names.setdefault(collision_key(part), part)
    for root in {root_of(path) for path in target.blobs} - {""}:
        if there := _there(git, tree, root):
            target.here[root] = there
    target.uuids = {there.uuid: place for place, there in target.here.items() if there.uuid}
    target.here |= {path: There(blob) for path, blob in target.blobs.items() if not root_of(path)}


def _read_history(git: pygit2.Repository, target: Target) -> None:
    """Newest first, so that what is met first is what counts."""
    for commit in git.walk(git[target.head].id, SortMode.TOPOLOGICAL):
        message = commit.message if _is_text(commit) else ""
        if not _TRAILER.search(message):
            continue
        target.done |= set(_WHOLE.findall(message))
        before = commit.parents[0].tree if commit.parents else None
        for place in _touched(before, commit.tree) - set(target.left):
            there = _there(git, commit.tree, place)
            target.left[place] = there
            if there and there.uuid:
                target.homes.setdefault(there.uuid, place)


def _touched(before: pygit2.Tree | None, after: pygit2.Tree) -> set[str]:
    diff = before.diff_to_tree(after) if before else after.diff_to_tree(swap=True)
    raw = {path for delta in diff.deltas for path in (delta.old_file.raw_path, delta.new_file.raw_path)}
    return {root_of(path) or path for path in (name.decode(errors="surrogateescape") for name in raw)}


def _there(git: pygit2.Repository, tree: pygit2.Tree, place: str) -> There | None:
    try:
        item = tree[place]
    except KeyError:
        return None
    if not isinstance(item, pygit2.Tree):
        return There(str(item.id))
    files = dict(_blobs(item))
    uuid = files.get("UUID", "")
    said = git[uuid].read_raw()[:200].decode(errors="replace").strip() if uuid else ""
    return There(fingerprint(files.items()), said)


def _blobs(tree: pygit2.Tree, prefix: str = "") -> Iterator[tuple[str, str]]:
    for item in tree:
        path = prefix + (item.raw_name or b"").decode(errors="surrogateescape")
        if isinstance(item, pygit2.Tree):
            yield from _blobs(item, f"{path}/")
        else:
            yield path, str(item.id)


def _is_text(commit: pygit2.Commit) -> bool:
    try:
        return bool(commit.message)
    except (UnicodeDecodeError, LookupError):
        return False
