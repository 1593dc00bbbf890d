"""Who moved a branch and when (from its log), and which commit last touched a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pygit2
from pygit2.enums import SortMode

from knowledge.git.changes import readable
from knowledge.git.places import NOTHING, pusher_of

MAX_COMMITS = 2_000
LATEST = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a branch: commits in hexadecimal, `old` "" for its first. `by` is a user name or ""."""

    old: str
    new: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitInfo:
    sha: str
    author_name: str
    author_email: str
    at: datetime
    message: str


def steps(git: pygit2.Repository, branch: str, since: str) -> list[Step]:
    """How `branch` came from `since` ("" for nothing) to its head, oldest first.

    Where the log doesn't lead back to `since` (it was cut, or the branch set by hand) it is one step.
    """
    reference = git.references.get(f"refs/heads/{branch}")
    head = str(reference.target) if reference else ""
    if reference is None or head == since:
        return []
    found: list[Step] = []
    wanted = head
    for step in map(_step, reference.log()):
        if step.new != wanted:
            if not found:
                continue  # written after we read the head
            break
        found.append(step)
        wanted = step.old
        if wanted in {since, ""}:
            break
    if wanted == since:
        return found[::-1]
    newest = found[0] if found else Step("", head, "", describe(git[head].peel(pygit2.Commit)).at)
    return [Step(since, head, newest.by, newest.at)]


def _step(entry: pygit2.RefLogEntry) -> Step:
    old, new = ("" if str(oid) == NOTHING else str(oid) for oid in (entry.oid_old, entry.oid_new))
    who = entry.committer
    return Step(old, new, pusher_of(_text(who.raw_email)), _moment(who.time, who.offset))


def describe(commit: pygit2.Commit) -> CommitInfo:
    author = commit.author
    return CommitInfo(
        sha=str(commit.id),
        author_name=_text(author.raw_name)[:200],
        author_email=_text(author.raw_email)[:320],
        at=_moment(author.time, author.offset),
        message=_text(commit.raw_message).strip()[:10_000],
    )


def last_commits(git: pygit2.Repository, old: str, new: str, paths: Iterable[str]) -> dict[str, CommitInfo]:
    """For each of `paths` the latest commit in old..new that made it what it is at `new`.

    Looks at MAX_COMMITS commits; what is not found by then is put down to `new`.
    """
    newest = git[new].peel(pygit2.Commit)
    wanted = {path: blob_at(newest.tree, path) for path in paths}
    found: dict[str, CommitInfo] = {}
    walk = git.walk(newest.id, SortMode.TOPOLOGICAL | SortMode.TIME)
    if old and old in git:
        walk.hide(old)
    for number, commit in enumerate(walk):
        if number == MAX_COMMITS or not wanted:
            break
        for path in _touched(commit, wanted):
            found[path] = describe(commit)
            del wanted[path]
    return found | dict.fromkeys(wanted, describe(newest))


def _touched(commit: pygit2.Commit, wanted: dict[str, pygit2.Oid | None]) -> list[str]:
    """The paths that this commit brought to what is wanted: it has them so, and none of its parents had."""
    parents = [parent.tree for parent in commit.parents]
    if any(tree.id == commit.tree.id for tree in parents):
        return []
    return [
        path
        for path, blob in wanted.items()
        if blob_at(commit.tree, path) == blob and all(blob_at(tree, path) != blob for tree in parents)
    ]


def blob_at(tree: pygit2.Tree, path: str) -> pygit2.Oid | None:
    try:
        return tree[path].id
    except (KeyError, ValueError):
        return None


def _moment(seconds: int, offset_minutes: int) -> datetime:
    """The time that a commit claims; what no calendar holds becomes the nearest that does."""
    zone = timezone(timedelta(minutes=offset_minutes)) if abs(offset_minutes) < 24 * 60 else UTC
    return datetime.fromtimestamp(min(max(seconds, 0), LATEST - 86_400), UTC).astimezone(zone)


def _text(raw: bytes | None) -> str:
    return (readable(raw or b"") or (raw or b"").decode("latin-1")).replace("\0", "")
