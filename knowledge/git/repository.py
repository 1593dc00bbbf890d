"""A space's repository, read through libgit2 and written to by one kind of commit."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

import pygit2
from pygit2.enums import ReferenceFilter

from knowledge.git import changes, history, places, writing
from knowledge.git.changes import Change
from knowledge.git.history import CommitInfo, Step

STREAM_FROM_BYTES = 4_000_000
PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit: path, git's name of its bytes, mode (0o100644 or 0o100755), size in bytes."""

    path: str
    blob: str
    mode: int
    size: int


class Repository:
    """Open for one thread. Commits and blobs are named in hexadecimal; "" stands for no commit.

    Symbolic links and submodules are passed over everywhere: they are no documents.
    """

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.path = places.repository_path(slug)
        self._git = pygit2.Repository(str(self.path))

    def head(self, branch: str) -> str:
        """The commit of `branch`, "" where it has none yet."""
        reference = self._git.references.get(f"refs/heads/{branch}")
        return str(reference.target) if reference else ""

    def heads(self) -> dict[str, str]:
        """The commit of each branch, by name."""
        found = self._git.references.iterator(ReferenceFilter.BRANCHES)
        heads = {
            name: reference for reference in found if (name := changes.readable(reference.raw_shorthand))
        }
        return {name: str(reference.target) for name, reference in heads.items()}

    def merge_base(self, one: str, other: str) -> str:
        """The newest commit that two have in common, "" where there is none."""
        return str(self._git.merge_base(one, other) or "") if one and other else ""

    def has(self, commit: str) -> bool:
        return self._tree(commit) is not None

    def steps(self, branch: str, since: str) -> list[Step]:
        """The moves of `branch` after `since`, oldest first: a push, an upload each."""
        return history.steps(self._git, branch, since)

    def changes(self, old: str, new: str) -> list[Change]:
        """What differs between two commits, sorted by path. Either may be ""."""
        return changes.compare(self._git, self._tree(old), self._tree(new))

    def entries(self, commit: str) -> Iterator[Entry]:
        """All files of a commit that passed pre-receive, which bounds their number."""
        if tree := self._tree(commit):
            yield from self._entries(tree, "")

    def below(self, commit: str, folder: str) -> Iterator[Entry]:
        """The files in a folder of a commit, however deep; none where there is no such folder."""
        tree = self._tree(commit)
        try:
            found = tree[folder] if tree and folder else tree
        except (KeyError, ValueError):
            return
        if isinstance(found, pygit2.Tree):
            yield from self._entries(found, f"{folder}/" if folder else "")

    def find(self, commit: str, path: str) -> Entry | None:
        """The file at `path`, None where there is none, or no such commit."""
        tree = self._tree(commit)
        try:
            found = tree[path] if tree and path else None
        except (KeyError, ValueError):
            return None
        if found is None or not changes.is_file(found.filemode):
            return None
        return Entry(path, str(found.id), int(found.filemode), changes.size_of(self._git, found.id))

    def names(self, commit: str, folder: str) -> Iterator[str]:
        """Of the files right in a folder ("" is the root); none where there is no such folder."""
        tree: pygit2.Object | None = self._tree(commit)
        try:
            tree = tree[folder] if isinstance(tree, pygit2.Tree) and folder else tree
        except (KeyError, ValueError):
            return
        for item in tree if isinstance(tree, pygit2.Tree) else ():
            name = changes.readable(item.raw_name or b"")
            if name is not None and changes.is_file(item.filemode):
                yield name

    def read(self, blob: str) -> bytes:
        """Raises KeyError where there is no such blob."""
        return self._git[blob].read_raw()

    def stream(self, blob: str) -> Iterator[bytes]:
        """The bytes in pieces; large ones come from a process of git's, so that this one stays small."""
        if changes.size_of(self._git, blob) < STREAM_FROM_BYTES:
            yield self.read(blob)
            return
        with subprocess.Popen(
            ["git", "cat-file", "blob", blob], cwd=self.path, env=places.environment(), stdout=subprocess.PIPE
        ) as process:
            output = cast("IO[bytes]", process.stdout)
            while piece := output.read(PIECE):
                yield piece
        if process.returncode:
            raise OSError(f"git could not read {blob} of {self.slug} to its end.")

    def last_commits(self, old: str, new: str, paths: Iterable[str]) -> dict[str, CommitInfo]:
        """For each path the latest commit in old..new that made it what it is; bounded, see history."""
        return history.last_commits(self._git, old, new, paths)

    def commit_file(
        self,
        *,
        branch: str,
        path: str,
        file: BinaryIO,
        author_name: str,
        author_email: str,
        by: str,
        message: str,
        instead_of: bytes | None = None,
    ) -> str:
        """`commit_files` for a single one, which must read `instead_of` still: else UserError "moved-on"."""
        return self.commit_files(
            branch=branch,
            files={path: file},
            author_name=author_name,
            author_email=author_email,
            by=by,
            message=message,
            instead_of={} if instead_of is None else {path: instead_of},
        )

    def commit_files(
        self,
        *,
        branch: str,
        files: Mapping[str, BinaryIO],
        author_name: str,
        author_email: str,
        by: str,
        message: str,
        instead_of: Mapping[str, bytes] | None = None,
    ) -> str:
        """Write files (by path) on top of `branch`; returns the commit, the head where it holds them already.

        `by` is the user name that the branch's log tells. Raises UserError: "bad-path" for a path that can't
        be, "path-taken" where a folder is in its way, "busy" where others kept moving the branch.
        """
        author = pygit2.Signature(*writing.name_and_email(author_name, author_email))
        return writing.commit_files(
            self._git,
            self.slug,
            branch=branch,
            files=files,
            author=author,
            by=by,
            message=message,
            instead_of=instead_of or {},
        )

    def _tree(self, commit: str) -> pygit2.Tree | None:
        try:
            return self._git[commit].peel(pygit2.Tree) if commit else None
        except (KeyError, ValueError, pygit2.InvalidSpecError):
            return None

    def _entries(self, tree: pygit2.Tree, prefix: str) -> Iterator[Entry]:
        for item in tree:
            name = changes.readable(item.raw_name or b"")
            if name is None:
                continue
            if isinstance(item, pygit2.Tree):
                yield from self._entries(item, f"{prefix}{name}/")
            elif changes.is_file(item.filemode):
                size = changes.size_of(self._git, item.id)
                yield Entry(prefix + name, str(item.id), int(item.filemode), size)
