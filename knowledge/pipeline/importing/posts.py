"""A post of the source at one moment: its files, and what speaks against taking it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from knowledge.documents import is_document
from knowledge.paths import collision_key, reason_against

SUFFIX = ".kp"
DOCUMENT = "knowledge.md"
MAX_FILES = 2_000
MAX_BYTES = 500_000_000  # of one post with all its images and sources


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`path` is relative to the post's folder; `blob` is git's name of the bytes; `size` counts them."""

    path: str
    blob: str
    size: int
    read: Callable[[], bytes] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SourcePost:
    """`path` is its address in the source: of a `.kp` folder or zip, or of a plain document.

    `problem` says in a sentence why it can't be taken, "" where it can.
    """

    path: str
    files: tuple[SourceFile, ...]
    problem: str = ""

    @property
    def is_folder(self) -> bool:
        return self.path.endswith(SUFFIX)

    @property
    def document(self) -> SourceFile | None:
        name = DOCUMENT if self.is_folder else self.path
        return self.find(name)

    @property
    def uuid(self) -> str:
        """What knowledge-repo knows the post by when it moves; "" where it never wrote one."""
        return uuid_in(self.find("UUID")) if self.is_folder else ""

    @property
    def fingerprint(self) -> str:
        """Equal for equal content, wherever it lies. Of a plain document its bytes alone count."""
        if not self.is_folder:
            return self.document.blob if self.document else ""
        return fingerprint((file.path, file.blob) for file in self.files)

    def find(self, path: str) -> SourceFile | None:
        return next((file for file in self.files if file.path == path), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """As a commit carries it: `at` is aware."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One commit of the source's published branch, or all of a source without history (`commit` is "" then).

    `changed` holds by path the posts that it touched, as it left them; None where it took one away.
    """

    commit: str
    author: Signature
    committer: Signature
    message: str
    changed: dict[str, SourcePost | None]


def fingerprint(files: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"{blob} {path}\n" for path, blob in sorted(files))
    return hashlib.sha256(lines.encode(errors="surrogateescape")).hexdigest()


def uuid_in(file: SourceFile | None) -> str:
    if file is None or file.size > 200:
        return ""
    return file.read().decode(errors="replace").strip()


def root_of(path: str) -> str:
    """The `.kp` that a path lies in (or is), "" for one outside of them or below a hidden folder."""
    names = path.split("/")
    for depth, name in enumerate(names):
        if name.startswith("."):
            return ""
        if name.endswith(SUFFIX):
            return "/".join(names[: depth + 1])
    return ""


def document_at(place: str) -> str:
    """Where the document lies of a post at `place`."""
    return f"{place}/{DOCUMENT}" if place.endswith(SUFFIX) else place


def checked(post: SourcePost) -> SourcePost:
    """The post, with the first thing that speaks against it."""
    if post.problem:
        return post
    return SourcePost(post.path, post.files, next(_problems(post), ""))


def _problems(post: SourcePost) -> Iterator[str]:
    if reason := reason_against(post.path):
        yield f"{post.path!r}: {reason}"
    if post.document is None:
        yield f"It has no {DOCUMENT}, without which there is nothing to show."
    if len(post.files) > MAX_FILES:
        yield f"It has {len(post.files):,} files; {MAX_FILES:,} are the most."
    if sum(file.size for file in post.files) > MAX_BYTES:
        yield f"Its files have more than {MAX_BYTES / 1_000_000:g} MB together."
    seen: dict[str, str] = {}
    prefix = f"{post.path}/" if post.is_folder else ""
    for file in post.files:
        if reason := reason_against(prefix + file.path):
            yield f"{file.path!r}: {reason}"
        other = seen.setdefault(collision_key(file.path), file.path)
        if other != file.path:
            yield f"{file.path!r} and {other!r} differ only in capitals or accents."
        if file.size > _limit(file.path):
            megabytes = f"{file.size / 1_000_000:.1f}"
            yield f"{file.path!r} has {megabytes} MB; {_limit(file.path) / 1_000_000:g} MB is the most."


def _limit(path: str) -> int:
    return settings.DOCUMENT_MAX_BYTES if is_document(path) else settings.FILE_MAX_BYTES
