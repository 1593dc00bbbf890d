"""A knowledge-repo that is a git repository, with a work tree or bare: read, never written to."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pygit2
from pygit2.enums import FileMode, RepositoryOpenFlag, SortMode

from knowledge.errors import UserError
from knowledge.git.changes import is_file, readable, size_of
from knowledge.pipeline.importing.config import configured
from knowledge.pipeline.importing.posts import (
    SUFFIX,
    Moment,
    Signature,
    SourceFile,
    SourcePost,
    checked,
    root_of,
)
from knowledge.pipeline.importing.zipped import of_bytes

_LATEST = 253_402_214_400  # in the year 9999, whatever the time zone


class GitSource:
    """Its published branch: the named, else the configured one, else master, main, or what is checked out."""

    has_history = True

    def __init__(self, path: Path, *, branch: str = "") -> None:
        self._git = pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH)
        self.name = path.resolve().name.removesuffix(".git") or path.resolve().parent.name
        self.notes: list[str] = []
        self._listed: dict[str, SourcePost] = {}
        self._branch, self._head = self._published(branch)
        self.config, fault = configured(partial(self._read_at_top, self._head))
        if not branch and self.config.branch and self.config.branch != self._branch:
            self._branch, self._head = self._published(self.config.branch)
        self.notes += [fault] if fault else []
        if self._git.is_shallow:
            self.notes.append(
                "The source is a shallow clone: what is older than it holds is no part of this."
            )

    def posts(self) -> dict[str, SourcePost]:
        """As they are today, by path."""
        return {root: self._post(self._head, root) for root in _roots(self._head.tree)}

    def moments(self, done: Collection[str]) -> tuple[list[Moment], bool]:
        """What touched posts, oldest first, since the newest commit in `done`; and whether there is one.

        Along first parents: a merged branch is the one moment at which it was published.
        """
        found: list[Moment] = []
        for commit in self._first_parents():
            if str(commit.id) in done:
                return found[::-1], True
            if moment := self._moment(commit):
                found.append(moment)
        return found[::-1], False

    def unpublished(self) -> dict[str, str]:
        """The posts that only other branches hold or change: path -> branch."""
        drafts: dict[str, str] = {}
        for name in [*self._git.branches.local, *self._git.branches.remote]:
            commit = self._commit_of(name)
            if commit is None or name.endswith("/HEAD"):
                continue
            for root in self._ahead(commit):
                drafts.setdefault(root, name)
        return drafts

    def left_behind(self) -> list[str]:
        """What lies in the work tree and was never committed: paths of posts."""
        if self._git.is_bare:
            return []
        return sorted({root for path in self._git.status() if (root := root_of(path))})

    def _published(self, wanted: str) -> tuple[str, pygit2.Commit]:
        names = [wanted] if wanted else ["master", "main"]
        for name in names:
            if commit := self._commit_of(name):
                return name, commit
        if wanted:
            raise UserError("no-such-branch", branch=wanted)
        if self._git.head_is_unborn:
            raise UserError("nothing-to-import", path=self.name)
        return self._git.head.shorthand, self._git.head.peel(pygit2.Commit)

    def _commit_of(self, branch: str) -> pygit2.Commit | None:
        for prefix in ("refs/heads/", "refs/remotes/", "refs/remotes/origin/"):
            try:
                reference = self._git.references.get(prefix + branch)
            except (pygit2.GitError, ValueError):
                continue
            if reference is not None:
                return reference.peel(pygit2.Commit)
        return None

    def _first_parents(self) -> Iterator[pygit2.Commit]:
        walker = self._git.walk(self._head.id, SortMode.TOPOLOGICAL)
        walker.simplify_first_parent()
        yield from walker

    def _moment(self, commit: pygit2.Commit) -> Moment | None:
        before = commit.parents[0].tree if commit.parents else None
        roots = self._touched(before, commit.tree)
        if not roots:
            return None
        # Of a merge, whose branch it was: the one who merged it is not the one who wrote it.
        written = commit.parents[-1] if len(commit.parents) > 1 else commit
        author = _signature(written.author)
        return Moment(
            commit=str(commit.id),
            author=Signature(author.name, author.email, _signature(commit.author).at),
            committer=_signature(commit.committer),
            message=_text(commit.raw_message).strip(),
            changed={root: self._there(commit, root) for root in sorted(roots)},
        )

    def _touched(self, before: pygit2.Tree | None, after: pygit2.Tree) -> set[str]:
        diff = before.diff_to_tree(after) if before else after.diff_to_tree(swap=True)
        paths = {path for delta in diff.deltas for path in (delta.old_file.raw_path, delta.new_file.raw_path)}
        return {root for path in paths if (root := root_of(path.decode(errors="surrogateescape")))}

    def _ahead(self, commit: pygit2.Commit) -> set[str]:
        """The posts that a branch changes and the published one has not taken over."""
        base = self._git.merge_base(commit.id, self._head.id)
        if base is None or base == commit.id:
            return set()
        return self._touched(self._git[base].peel(pygit2.Commit).tree, commit.tree)

    def _there(self, commit: pygit2.Commit, root: str) -> SourcePost | None:
        try:
            return self._post(commit, root) if commit.tree[root] else None
        except (KeyError, ValueError):
            return None

    def _post(self, commit: pygit2.Commit, root: str) -> SourcePost:
        item = commit.tree[root]
        key = f"{item.id} {root}"
        if key not in self._listed:
            self._listed[key] = checked(self._list(item, root))
        return self._listed[key]

    def _list(self, item: pygit2.Object, root: str) -> SourcePost:
        try:
            return self._listing(item, root)
        except KeyError:
            return SourcePost(root, (), "The source does not hold all of its files. Is it a partial clone?")

    def _listing(self, item: pygit2.Object, root: str) -> SourcePost:
        if isinstance(item, pygit2.Tree):
            files: list[SourceFile] = []
            problem = self._collect(item, "", files)
            return SourcePost(root, tuple(files), problem)
        if is_file(int(item.filemode or 0)):
            return of_bytes(root, partial(self._read, item.id))
        return SourcePost(root, (), "It is a symbolic link or a submodule.")

    def _collect(self, tree: pygit2.Tree, prefix: str, files: list[SourceFile]) -> str:
        """Add the files below `tree`; returns what is no file, as a sentence."""
        for item in tree:
            path = prefix + (item.raw_name or b"").decode(errors="surrogateescape")
            if isinstance(item, pygit2.Tree):
                if problem := self._collect(item, f"{path}/", files):
                    return problem
            elif item.filemode == FileMode.LINK:
                return f"{path!r} is a symbolic link."
            elif item.filemode != FileMode.COMMIT:
                read = partial(self._read, item.id)
                files.append(SourceFile(path, str(item.id), size_of(self._git, item.id), read))
        return ""

    def _read(self, blob: pygit2.Oid) -> bytes:
        return bytes(self._git[blob].read_raw())

    def _read_at_top(self, commit: pygit2.Commit, name: str) -> bytes | None:
        try:
            item = commit.tree[name]
        except KeyError:
            return None
        return self._read(item.id) if is_file(int(item.filemode or 0)) else None


def is_git(path: Path) -> bool:
    if not ((path / ".git").exists() or (path / "HEAD").is_file()):
        return False
    try:
        pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH)
    except pygit2.GitError:
        return False
    return True


def _roots(tree: pygit2.Tree, prefix: str = "") -> Iterator[str]:
    for item in tree:
        name = (item.raw_name or b"").decode(errors="surrogateescape")
        if name.startswith("."):
            continue
        if name.endswith(SUFFIX):
            yield prefix + name
        elif isinstance(item, pygit2.Tree):
            yield from _roots(item, f"{prefix}{name}/")


def _signature(signature: pygit2.Signature) -> Signature:
    offset = timedelta(minutes=signature.offset)
    zone = timezone(offset) if abs(offset) < timedelta(days=1) else UTC
    at = datetime.fromtimestamp(min(max(signature.time, 0), _LATEST), UTC).astimezone(zone)
    return Signature(_text(signature.raw_name), _text(signature.raw_email), at)


def _text(raw: bytes | None) -> str:
    return (readable(raw or b"") or (raw or b"").decode("latin-1")).replace("\0", "")
