"""Files into a new commit on top of a branch, while others push to it."""

import random
import re
import time
from collections.abc import Mapping
from io import IOBase
from typing import BinaryIO, cast

import pygit2
from pygit2.enums import FileMode

from knowledge.errors import UserError
from knowledge.git import places
from knowledge.git.changes import readable
from knowledge.paths import collision_key, reason_against

ATTEMPTS = 12


def commit_files(
    git: pygit2.Repository,
    slug: str,
    *,
    branch: str,
    files: Mapping[str, BinaryIO],
    author: pygit2.Signature,
    by: str,
    message: str,
    instead_of: Mapping[str, bytes],
) -> str:
    """See Repository.commit_files. The branch moves last, and only from where it was read."""
    for path in files:
        if reason := reason_against(path):
            raise UserError("bad-path", path=path, reason=reason)
    blobs = {path: git.create_blob_fromiobase(cast("IOBase", file)) for path, file in files.items()}
    reference = f"refs/heads/{branch}"
    for attempt in range(ATTEMPTS):
        head = git.references.get(reference)
        parent = git[head.target].peel(pygit2.Commit) if head else None
        for path, data in instead_of.items():
            if _blob_at(parent, path) != pygit2.hash(data):
                raise UserError("moved-on", path=path)
        tree = _with_files(git, parent.tree if parent else None, blobs, slug=slug)
        if parent and tree == parent.tree.id:
            return str(parent.id)
        parents = [parent.id] if parent else []
        commit = git.create_commit(None, author, author, message, tree, parents)
        if _move(slug, reference, str(commit), str(parent.id) if parent else places.NOTHING, by):
            return str(commit)
        time.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311
    raise UserError("busy", space=slug)


def _blob_at(commit: pygit2.Commit | None, path: str) -> pygit2.Oid | None:
    try:
        return commit.tree[path].id if commit else None
    except KeyError:
        return None


def name_and_email(name: str, email: str) -> tuple[str, str]:
    """Fit for a commit: git's own marks and line breaks left out, and neither empty."""
    name, email = (re.sub(r"[<>\x00-\x1f]", "", text).strip(" .,:;\"\\'") for text in (name, email))
    return name or email or "unknown", email or "unknown@almanac.invalid"


def _move(slug: str, reference: str, new: str, old: str, by: str) -> bool:
    """Compare and swap by git itself, which also writes the log; False where it was moved or locked."""
    moved = places.run(
        "update-ref", "-m", "upload", "--create-reflog", reference, new, old, slug=slug, pusher=by
    )
    return moved.returncode == 0


def _with_files(
    git: pygit2.Repository, tree: pygit2.Tree | None, blobs: Mapping[str, pygit2.Oid], *, slug: str
) -> pygit2.Oid:
    for path, blob in blobs.items():
        tree = git[_with_file(git, tree, path.split("/"), blob, slug=slug, path=path)].peel(pygit2.Tree)
    if tree is None:
        raise ValueError("A commit needs a file.")
    return tree.id


def _with_file(
    git: pygit2.Repository,
    tree: pygit2.Tree | None,
    names: list[str],
    blob: pygit2.Oid,
    *,
    slug: str,
    path: str,
) -> pygit2.Oid:
    """The tree with `blob` at `names` below it, all else as it was."""
    name, *rest = names
    there = tree[name] if tree is not None and name in tree else None
    if there is None:
        _refuse_near_namesake(tree, name, path)
    elif isinstance(there, pygit2.Tree) != bool(rest) or there.filemode in {FileMode.LINK, FileMode.COMMIT}:
        raise UserError("path-taken", path=path, space=slug)
    builder = git.TreeBuilder(tree) if tree is not None else git.TreeBuilder()
    if rest:
        below = there if isinstance(there, pygit2.Tree) else None
        inner = _with_file(git, below, rest, blob, slug=slug, path=path)
        builder.insert(name, inner, FileMode.TREE)
    else:
        builder.insert(name, blob, there.filemode if there is not None else FileMode.BLOB)
    return builder.write()


def _refuse_near_namesake(tree: pygit2.Tree | None, name: str, path: str) -> None:
    """Two names that differ in capitals only are one file on many people's disks."""
    for item in tree or ():
        other = readable(item.raw_name or b"")
        if other is not None and collision_key(other) == collision_key(name):
            reason = f"“{other}” is there already, and differs from “{name}” only in capitals or accents."
            raise UserError("bad-path", path=path, reason=reason)
