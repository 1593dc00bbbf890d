"""A knowledge-repo without git: a folder of `.kp` folders and zips, one of them, or plain documents."""

import os
import stat
import zipfile
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

import pygit2
from django.utils import timezone

from knowledge.documents import DocumentError, is_document, needs_header, read_head
from knowledge.errors import UserError
from knowledge.pipeline.importing.config import FILE, LEGACY_FILE, Config, configured
from knowledge.pipeline.importing.findings import references
from knowledge.pipeline.importing.posts import (
    DOCUMENT,
    SUFFIX,
    Moment,
    Signature,
    SourceFile,
    SourcePost,
    checked,
)
from knowledge.pipeline.importing.zipped import unpack
from knowledge.pipeline.toolmade import stems, tool_folder

MAX_DEPTH = 30
NO_HEADER = "Left out, for they have no header (documents of a git repository need none, push it instead)"


class FilesSource:
    """`author` is whoever imports; a document's own header says who wrote it.

    Plain documents count as posts where they have a header, and only outside of a whole knowledge-repo, whose
    other files are no posts.
    """

    has_history = False

    def __init__(self, path: Path, *, author: tuple[str, str]) -> None:
        self.name = path.resolve().name
        self.notes: list[str] = []
        self.config = Config()
        self._without_header: list[str] = []
        self._author = author
        self._found = {post.path: post for post in map(checked, self._posts(path))}
        if self._without_header:
            self.notes.append(f"{NO_HEADER}: {_some(self._without_header)}.")
        if not self._found:
            raise UserError("nothing-to-import", path=str(path))

    def posts(self) -> dict[str, SourcePost]:
        return self._found

    def moments(self, done: Collection[str]) -> tuple[list[Moment], bool]:
        """All at once: files tell no history."""
        who = Signature(*self._author, timezone.now())
        message = f"Import {len(self._found)} posts from {self.name}"
        return [Moment("", who, who, message, dict(self._found))], False

    def unpublished(self) -> dict[str, str]:
        return {}

    def left_behind(self) -> list[str]:
        return []

    def _posts(self, path: Path) -> Iterator[SourcePost]:
        if path.is_file():
            yield from _single(path)
        elif path.name.endswith(SUFFIX) or (path / DOCUMENT).is_file():
            yield _at_home(_folder(path, _with_suffix(path.resolve().name)))
        else:
            self.config, fault = configured(partial(_read_at_top, path))
            self.notes += [fault] if fault else []
            is_whole = any((path / name).is_file() for name in (FILE, LEGACY_FILE))
            yield from self._walk(path, "", with_plain=not is_whole)

    def _walk(self, root: Path, prefix: str, *, with_plain: bool) -> Iterator[SourcePost]:
        if prefix.count("/") > MAX_DEPTH:
            return
        for entry in sorted(os.scandir(root / prefix), key=lambda entry: entry.name):
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if entry.name.endswith(SUFFIX):
                yield _kp(root, path, entry)
            elif entry.is_dir(follow_symlinks=False):
                if with_plain and tool_folder(f"{path}/", partial(_stems, root)):
                    self.notes.append(f"What lies in {path}/ is left out: tools fill such folders.")
                else:
                    yield from self._walk(root, f"{path}/", with_plain=with_plain)
            elif with_plain and is_document(entry.name) and entry.is_file(follow_symlinks=False):
                if post := _plain(root, path):
                    yield post
                elif not needs_header(path):
                    self._without_header.append(path)


def _single(path: Path) -> Iterator[SourcePost]:
    if path.suffix in {SUFFIX, ".zip"}:
        yield _at_home(unpack(_with_suffix(path.stem), partial(zipfile.ZipFile, path)))
    elif is_document(path.name) and (post := _plain(path.parent, path.name)):
        yield post


def _with_suffix(name: str) -> str:
    return name if name.endswith(SUFFIX) else f"{name}{SUFFIX}"


def _at_home(post: SourcePost) -> SourcePost:
    """A post by itself goes where its header says it lay in its repository."""
    path = post.path
    if post.document and not post.problem:
        try:
            path = read_head(DOCUMENT, post.document.read()).header.path.strip("/")
        except DocumentError:
            path = ""
    return SourcePost(_with_suffix(path) if path else post.path, post.files, post.problem)


def _kp(root: Path, path: str, entry: os.DirEntry[str]) -> SourcePost:
    if entry.is_symlink():
        return SourcePost(path, (), "It is a symbolic link.")
    if entry.is_dir():
        return _folder(root / path, path)
    if not entry.is_file():
        return SourcePost(path, (), "It is neither a file nor a folder.")
    return unpack(path, partial(zipfile.ZipFile, root / path))


def _folder(folder: Path, path: str) -> SourcePost:
    files: list[SourceFile] = []
    problem = _collect(folder, "", files)
    return SourcePost(path, tuple(files), problem)


def _collect(folder: Path, prefix: str, files: list[SourceFile]) -> str:
    """Add the files below; returns what is none, as a sentence. Nothing that a link leads to is opened."""
    if prefix.count("/") > MAX_DEPTH:
        return f"Its folders are nested more than {MAX_DEPTH} deep."
    for entry in sorted(os.scandir(folder / prefix), key=lambda entry: entry.name):
        path = prefix + entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            return f"{path!r} is a symbolic link, or no file at all."
        try:
            problem = _collect(folder, f"{path}/", files) if stat.S_ISDIR(mode) else ""
            if stat.S_ISREG(mode):
                files.append(_file(folder, path))
        except OSError as error:
            return f"{path!r} can't be read: {error.strerror}."
        if problem:
            return problem
    return ""


def _file(folder: Path, path: str) -> SourceFile:
    place = folder / path
    blob = str(pygit2.hashfile(str(place)))
    return SourceFile(path, blob, place.stat().st_size, place.read_bytes)


def _plain(root: Path, path: str) -> SourcePost | None:
    """The document at `path` with the files beside it that it shows; None for one without a header."""
    document = _file(root, path)
    try:
        header = read_head(path, document.read()).header
    except DocumentError as error:
        return SourcePost(path, (document,), error.message)
    if not header.present:
        return None
    beside = [_file(root, name) for name in references(path, document.read()) if _is_inside(root, name)]
    return SourcePost(path, (document, *beside))


def _stems(root: Path, folder: str) -> frozenset[str]:
    return stems(entry.name for entry in os.scandir(root / folder) if entry.is_file(follow_symlinks=False))


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:10]) + (f" and {len(paths) - 10} more" if len(paths) > 10 else "")


def _is_inside(root: Path, name: str) -> bool:
    place = root / name
    return place.is_file() and place.resolve().is_relative_to(root.resolve()) and not place.is_symlink()


def _read_at_top(root: Path, name: str) -> bytes | None:
    place = root / name
    return place.read_bytes() if place.is_file() and not place.is_symlink() else None
