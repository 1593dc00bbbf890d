"""What differs between two commits, file by file, with renames found."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

import pygit2
from pygit2.enums import FileMode

Kind = Literal["added", "changed", "moved", "removed"]

# Looking for edited renames reads both files, so it is left out where it would read much.
SIMILAR_ENOUGH = 0.5
SIMILARITY_MAX_FILES = 50
SIMILARITY_MAX_BYTES = 10_000_000
PIECE = 64


@dataclass(frozen=True, slots=True)
class Change:
    """`blob` and `size` (bytes) are the new file's, "" and 0 where removed. `old_path` is set where moved."""

    kind: Kind
    path: str
    old_path: str = ""
    blob: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    blob: str
    size: int


def compare(git: pygit2.Repository, old: pygit2.Tree | None, new: pygit2.Tree | None) -> list[Change]:
    """Sorted by path. Symbolic links, submodules and names that are not UTF-8 don't count as files."""
    before, after = _differing(git, old, new)
    changes = [
        Change("changed", path, blob=file.blob, size=file.size)
        for path, file in after.items()
        if path in before and before[path].blob != file.blob
    ]
    gone = {path: file for path, file in before.items() if path not in after}
    come = {path: file for path, file in after.items() if path not in before}
    for origin, file in list(_moves(git, gone, come)):
        changes.append(Change("moved", file.path, old_path=origin.path, blob=file.blob, size=file.size))
        del gone[origin.path], come[file.path]
    changes += [Change("removed", path) for path in gone]
    changes += [Change("added", path, blob=file.blob, size=file.size) for path, file in come.items()]
    return sorted(changes, key=lambda change: change.path)


def is_file(mode: int) -> bool:
    return mode in {FileMode.BLOB, FileMode.BLOB_EXECUTABLE}


def readable(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def size_of(git: pygit2.Repository, blob: pygit2.Oid | str) -> int:
    """Bytes, from the object's header: the content stays where it is."""
    return int(git.odb.read_header(blob)[1])


def _differing(
    git: pygit2.Repository, old: pygit2.Tree | None, new: pygit2.Tree | None
) -> tuple[dict[str, _File], dict[str, _File]]:
    """The files at paths that differ, before and after."""
    if new is None:
        return ({}, {}) if old is None else _differing(git, None, old)[::-1]
    diff = new.diff_to_tree(swap=True) if old is None else old.diff_to_tree(new)
    before: dict[str, _File] = {}
    after: dict[str, _File] = {}
    for delta in diff.deltas:
        for side, file in ((before, delta.old_file), (after, delta.new_file)):
            path = readable(file.raw_path)
            if path is not None and is_file(file.mode):
                side[path] = _File(path, str(file.id), size_of(git, file.id))
    return before, after


def _moves(
    git: pygit2.Repository, gone: dict[str, _File], come: dict[str, _File]
) -> Iterator[tuple[_File, _File]]:
    """Pairs (from, to), each file in one pair at most: the same bytes first, then similar ones."""
    by_blob: dict[str, list[_File]] = defaultdict(list)
    for file in gone.values():
        if file.size:
            by_blob[file.blob].append(file)
    paired: set[str] = set()
    for file in come.values():
        if origins := by_blob.get(file.blob):
            origin = max(origins, key=lambda origin: _kinship(origin.path, file.path))
            origins.remove(origin)
            paired |= {origin.path, file.path}
            yield origin, file
    rest = [[file for file in side.values() if file.path not in paired] for side in (gone, come)]
    yield from _similar(git, *rest)


def _kinship(old: str, new: str) -> tuple[bool, bool]:
    one, other = PurePosixPath(old), PurePosixPath(new)
    return one.name == other.name, one.parent == other.parent


def _similar(git: pygit2.Repository, gone: list[_File], come: list[_File]) -> Iterator[tuple[_File, _File]]:
    """The best matching pairs first. Only files of one kind and about one size are read."""
    pairs = [
        (origin, file)
        for origin in gone
        for file in come
        if PurePosixPath(origin.path).suffix == PurePosixPath(file.path).suffix
        and min(origin.size, file.size) >= SIMILAR_ENOUGH * max(origin.size, file.size, 1)
    ]
    files = {file.blob: file.size for pair in pairs for file in pair}
    if len(files) > SIMILARITY_MAX_FILES or sum(files.values()) > SIMILARITY_MAX_BYTES:
        return
    pieces = {blob: _pieces(git, blob) for blob in files}
    scored = [(_likeness(pieces[a.blob], pieces[b.blob]), _kinship(a.path, b.path), a, b) for a, b in pairs]
    paired: set[str] = set()
    for score, _, origin, file in sorted(scored, key=lambda scored: scored[:2], reverse=True):
        if score >= SIMILAR_ENOUGH and not paired & {origin.path, file.path}:
            paired |= {origin.path, file.path}
            yield origin, file


def _pieces(git: pygit2.Repository, blob: str) -> Counter[bytes]:
    """The content as a bag of lines, long ones cut: what git itself compares."""
    data = git[blob].read_raw()
    return Counter(
        line[start : start + PIECE]
        for line in data.splitlines(keepends=True)
        for start in range(0, len(line), PIECE)
    )


def _likeness(old: Counter[bytes], new: Counter[bytes]) -> float:
    """The share of bytes that both have, 0 to 1."""
    common = sum(len(piece) * min(count, new[piece]) for piece, count in old.items() if piece in new)
    return common / max(_weight(old), _weight(new), 1)


def _weight(pieces: Counter[bytes]) -> int:
    return sum(len(piece) * count for piece, count in pieces.items())
