"""Which files of one commit are documents of their own, and which are shown in the place of another.

R Markdown and Quarto leave what they knit beside its source: the post is the source's, and what is shown is
the knitted file, which makes none of its own. Scripts are documents only with a header. Folders that tools
fill hold none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from knowledge.documents import (
    READERS,
    has_header,
    is_document,
    may_be_knitted,
    needs_header,
    reader_of,
    suffix_of,
)
from knowledge.documents.scripts import LOOKED_AT, MAX_BYTES
from knowledge.git import Entry, Repository
from knowledge.pipeline.ignoring import Rules
from knowledge.pipeline.toolmade import folders_of, stems, tool_folder

_INTRODUCTION = "readme"


@dataclass(frozen=True, slots=True)
class Shown:
    """A document, and the file that is shown in its place, if there is one."""

    entry: Entry
    knitted: Entry | None = None


class ShownDocuments:
    """The documents of `commit`. Each folder is listed once, however many of its files are asked for."""

    def __init__(self, repository: Repository, commit: str, rules: Rules) -> None:
        self._repository, self._commit, self._rules = repository, commit, rules
        self._folders: dict[str, _Folder] = {}

    def at(self, path: str) -> Shown | None:
        """The document at `path`; None where there is none, or another one shows it."""
        if not self._rules.show(path) or self.tool_folder(path):
            return None
        entry = self._repository.find(self._commit, path)
        if entry is None or not self._is_document(entry) or any(self._sources(path)):
            return None
        knitted = next(self._knitted(path), None)
        if knitted and _introduces(knitted):
            return None
        return Shown(entry, self._repository.find(self._commit, knitted) if knitted else None)

    def touched_by(self, path: str) -> Iterator[str]:
        """The paths at which something else may be shown once the file at `path` came, changed or went."""
        if is_document(path):
            yield path
        reader = reader_of(path)
        stem = path.removesuffix(PurePosixPath(path).suffix)
        for suffix in reader.knitted if reader else ():
            yield stem + suffix
        if may_be_knitted(path):
            yield from self._possible_sources(path)
        for folder in folders_of(path):
            below = self._repository.below(self._commit, folder)
            yield from (entry.path for entry in below if is_document(entry.path))

    def tool_folder(self, path: str) -> str:
        """The folder for whose sake the document at `path` makes no post; "" where the rules speak of it."""
        if not is_document(path):
            return ""
        folder = tool_folder(path, lambda folder: self._folder(folder).stems)
        return folder if self._rules.says(path) is None else ""

    def _is_document(self, entry: Entry) -> bool:
        if not needs_header(entry.path):
            return True
        return entry.size <= MAX_BYTES and has_header(self._repository.read(entry.blob)[:LOOKED_AT])

    def _sources(self, path: str) -> Iterator[str]:
        """The documents in whose place the file at `path` is shown."""
        if may_be_knitted(path) and not _introduces(path):
            yield from (source for source in self._possible_sources(path) if self._rules.show(source))

    def _possible_sources(self, path: str) -> Iterator[str]:
        folder, _, name = path.rpartition("/")
        sources = self._folder(folder).sources
        for suffix, reader in READERS.items():
            for knitted in reader.knitted:
                if name.lower().endswith(knitted):
                    for source in sources.get((name[: -len(knitted)], suffix), ()):
                        yield f"{folder}/{source}" if folder else source

    def _knitted(self, path: str) -> Iterator[str]:
        """The files beside a document that its tool made of it, the one to show first."""
        reader = reader_of(path)
        if reader is None or not reader.knitted:
            return
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(PurePosixPath(name).suffix)
        for suffix in reader.knitted:
            beside = f"{folder}/{stem}{suffix}" if folder else stem + suffix
            if stem + suffix in self._folder(folder).names and self._rules.show(beside):
                yield beside

    def _folder(self, path: str) -> "_Folder":
        if path not in self._folders:
            self._folders[path] = _Folder(frozenset(self._repository.names(self._commit, path)))
        return self._folders[path]


@dataclass(frozen=True)
class _Folder:
    """The names of the files right in a folder."""

    names: frozenset[str]

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.names)

    @cached_property
    def sources(self) -> dict[tuple[str, str], list[str]]:
        """What may have been knitted, by name without suffix, and suffix."""
        found: dict[tuple[str, str], list[str]] = {}
        for name in self.names:
            suffix = suffix_of(name)
            if suffix in READERS and READERS[suffix].knitted:
                found.setdefault((name[: -len(suffix)], suffix), []).append(name)
        return found


def _introduces(path: str) -> bool:
    """README.md introduces its folder although a README.Rmd lies beside it, which makes no post then."""
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[0] == _INTRODUCTION and name.endswith(".md")
