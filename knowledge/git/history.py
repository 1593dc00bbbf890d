"""Who moved a branch and when (from its log), which commit last touched a file, and who did before it."""

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, cast

import pygit2

from knowledge.git.changes import readable
from knowledge.git.places import NOTHING, environment, pusher_of

MAX_COMMITS = 20_000
MAX_WRITERS = 500
CPU_SECONDS = 20
MEMORY_KILOBYTES = 1_000_000
LATEST = 253_402_300_799  # the last second of the year 9999
# A trailer as git, GitHub and GitLab write it.
_CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*([^<>\n]{0,200}?)[ \t]*<([^<>\n]{0,320})>", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a branch: commits in hexadecimal, `old` "" for its first. `by` is a user name or ""."""

    old: str
    new: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """`writers` spells everybody who wrote it, and earlier ones of the same file: mail addresses or names."""

    sha: str
    author_name: str
    author_email: str
    at: datetime
    message: str
    writers: tuple[str, ...] = ()


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
    author, message = commit.author, _text(commit.raw_message).strip()[:10_000]
    name, email = _text(author.raw_name)[:200], _text(author.raw_email)[:320]
    others = [found[2] or found[1] for found in _CO_AUTHOR.finditer(message)][:MAX_WRITERS]
    return CommitInfo(
        sha=str(commit.id),
        author_name=name,
        author_email=email,
        at=_moment(author.time, author.offset),
        message=message,
        writers=tuple(dict.fromkeys(filter(None, [email or name, *others]))),
    )


def last_commits(git: pygit2.Repository, old: str, new: str, paths: Iterable[str]) -> dict[str, CommitInfo]:
    """For each of `paths` the latest commit in old..new that made it what it is at `new`.

    Its `writers` are those of all commits on the way that touched the path. Looks at MAX_COMMITS commits;
    what isn't found by then is put down to `new`.
    """
    newest = git[new].peel(pygit2.Commit)
    if [str(parent) for parent in newest.parent_ids] == [old][: bool(old)]:
        return dict.fromkeys(paths, describe(newest))  # one commit, as most pushes are
    wanted = {path: blob_at(newest.tree, path) for path in paths}
    found: dict[str, str] = {}
    touched: dict[str, list[str]] = {path: [] for path in wanted}
    with closing(_touches(git, old, new)) as touches:
        for commit, path, blob in touches:
            if path in touched:
                touched[path].append(commit)
                if wanted[path] == blob:
                    found.setdefault(path, commit)
    seen = {sha for commits in touched.values() for sha in commits} | {str(newest.id)}
    infos = {sha: describe(git[sha].peel(pygit2.Commit)) for sha in seen}
    return {
        path: replace(
            infos[found.get(path, str(newest.id))],
            writers=_together(infos[sha] for sha in touched[path] or [str(newest.id)]),
        )
        for path in wanted
    }


def _together(commits: Iterable[CommitInfo]) -> tuple[str, ...]:
    """The writers of all of them, each once."""
    writers = dict.fromkeys(name for commit in commits for name in commit.writers)
    return tuple(writers)[:MAX_WRITERS]


def _touches(git: pygit2.Repository, old: str, new: str) -> Generator[tuple[str, str, str], None, None]:
    """(commit, path, blob it left there or ""), newest first; of a merge what differs from all its parents.

    git holds all differences of a commit in memory, and a hostile one unfolds to more than there is; hence
    the limits. What git can't tell within them is left untold.
    """
    hidden = [f"^{old}"] if old and old in git else []
    listing = _reading(git, "rev-list", "--topo-order", f"--max-count={MAX_COMMITS}", new, *hidden)
    showing = _reading(git, "diff-tree", "--stdin", "--root", "-r", "-c", "-z", "--no-renames", feed=listing)
    with listing, showing:
        cast("IO[bytes]", listing.stdout).close()
        commit = facts = b""
        for word in _words(cast("IO[bytes]", showing.stdout)):
            if facts:
                blob = facts.split()[-2].decode()
                yield commit.decode(), _text(word), "" if blob == NOTHING else blob
                facts = b""
            elif word.startswith(b":"):
                facts = word
            else:
                commit = word


def _reading(git: pygit2.Repository, *arguments: str, feed: Popen[bytes] | None = None) -> Popen[bytes]:
    source = feed.stdout if feed else DEVNULL
    limits = f"ulimit -t {CPU_SECONDS}; ulimit -v {MEMORY_KILOBYTES} 2>/dev/null;"  # macOS knows no -v
    command, where = ["sh", "-c", f'{limits} exec git "$@"', "sh", *arguments], environment(GIT_DIR=git.path)
    return Popen(command, env=where, stdin=source, stdout=PIPE, stderr=DEVNULL)


def _words(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between NULs."""
    rest = b""
    while piece := stream.read(65_536):
        *words, rest = (rest + piece).split(b"\0")
        yield from words


def blob_at(tree: pygit2.Tree, path: str) -> str:
    try:
        return str(tree[path].id)
    except (KeyError, ValueError):
        return ""


def _moment(seconds: int, offset_minutes: int) -> datetime:
    """The time that a commit claims; what no calendar holds becomes the nearest that does."""
    zone = timezone(timedelta(minutes=offset_minutes)) if abs(offset_minutes) < 24 * 60 else UTC
    return datetime.fromtimestamp(min(max(seconds, 0), LATEST - 86_400), UTC).astimezone(zone)


def _text(raw: bytes | None) -> str:
    return (readable(raw or b"") or (raw or b"").decode("latin-1")).replace("\0", "")
