"""Planned commits into a space's repository: as one pack, and then one move of the branch for each.

Each move becomes a step of the ingest, so that every post gets its revisions one by one.
"""

import subprocess
import uuid
from collections.abc import Iterator, Sequence
from typing import IO, cast

from knowledge.errors import UserError
from knowledge.git import places
from knowledge.git.writing import name_and_email
from knowledge.models import Space
from knowledge.pipeline.importing.plan import Commit
from knowledge.pipeline.importing.posts import Signature, SourceFile


def write(space: Space, commits: Sequence[Commit], *, head: str, by: str) -> list[str]:
    """Put `commits` on top of `head`, which must still be the branch's; returns their names, oldest first.

    Raises UserError "busy" where the branch was moved meanwhile; what was written until then stays.
    """
    if not commits:
        return []
    scratch = f"refs/almanac/import-{uuid.uuid4().hex}"
    try:
        _pack(space.slug, scratch, commits, head)
        below = [f"^{head}"] if head else []
        names = _git(space, "rev-list", "--reverse", "--first-parent", scratch, *below).split()
    finally:
        _git(space, "update-ref", "-d", scratch)  # nobody is to see it; objects outlast it by two weeks
    _move(space, names, head, by)
    return names


def _pack(slug: str, reference: str, commits: Sequence[Commit], head: str) -> None:
    repository = places.repository_path(slug)
    with subprocess.Popen(
        ["git", "fast-import", "--quiet", "--date-format=raw", "--done"],
        cwd=repository,
        env=places.environment(GIT_DIR=str(repository)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        stream = cast("IO[bytes]", process.stdin)
        try:
            for piece in _stream(reference, commits, head):
                stream.write(piece)
            stream.close()
        except BrokenPipeError:
            pass  # it says why
        said = cast("IO[bytes]", process.stderr).read()
    if process.returncode:
        raise OSError(f"git could not take in the import: {said.decode(errors='replace').strip()[:2000]}")


def _stream(reference: str, commits: Sequence[Commit], head: str) -> Iterator[bytes]:
    """What `git fast-import` reads: see its manual."""
    marks: dict[str, int] = {}
    parent = head
    for commit in commits:
        for file in commit.files.values():
            if file.blob not in marks:
                marks[file.blob] = len(marks) + 1
                yield from _blob(file, marks[file.blob])
        yield f"commit {reference}\n".encode()
        yield _who("author", commit.author) + _who("committer", commit.committer)
        yield _data(commit.message.encode())
        if parent:
            yield f"from {parent}\n".encode()
        yield from _changes(commit, marks)
        yield b"\n"
        parent = ""  # the next one follows it by itself
    yield b"done\n"


def _blob(file: SourceFile, mark: int) -> Iterator[bytes]:
    yield f"blob\nmark :{mark}\n".encode()
    yield _data(file.read())


def _changes(commit: Commit, marks: dict[str, int]) -> Iterator[bytes]:
    for old, new in commit.moves:
        yield f"R {_quoted(old)} {_quoted(new)}\n".encode()
    for path in commit.removals:
        yield f"D {_quoted(path)}\n".encode()
    for path, file in commit.files.items():
        yield f"M 100644 :{marks[file.blob]} {_quoted(path)}\n".encode()


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def _who(role: str, who: Signature) -> bytes:
    name, email = name_and_email(who.name, who.email)
    seconds, offset = int(who.at.timestamp()), who.at.strftime("%z")[:5] or "+0000"
    return f"{role} {name} <{email}> {seconds} {offset}\n".encode()


def _quoted(path: str) -> str:
    """Paths hold neither line breaks nor backslashes: see knowledge.paths."""
    escaped = path.replace('"', '\\"')
    return f'"{escaped}"'


def _move(space: Space, commits: Sequence[str], head: str, by: str) -> None:
    """All moves by one process; each is a transaction of its own, and compares before it swaps."""
    branch = f"refs/heads/{space.default_branch}"
    steps = zip([head or places.NOTHING, *commits], commits, strict=False)
    orders = "".join(f"start\nupdate {branch} {new} {old}\nprepare\ncommit\n" for old, new in steps)
    moved = places.run(
        *("update-ref", "-m", "import", "--create-reflog", "--stdin"),
        slug=space.slug,
        pusher=by,
        input_text=orders,
    )
    if moved.returncode:
        raise UserError("busy", space=space.slug)


def _git(space: Space, *arguments: str) -> str:
    return places.run(*arguments, slug=space.slug).stdout
