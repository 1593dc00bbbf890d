"""What a branch would change for readers: the documents that it would bring. Reads git, writes nothing."""

from collections.abc import Iterator
from dataclasses import replace

from knowledge.git import Entry, Repository
from knowledge.pipeline.changes import DocumentChange, document_changes
from knowledge.pipeline.ignoring import Rules
from knowledge.pipeline.shown import ShownDocuments


def differing_documents(repository: Repository, head: str, tip: str) -> list[DocumentChange]:
    """Of a branch at `head`: what was done there since it left the default branch, which stands at `tip`.

    Without what readers have already. Where the two have no commit in common it is all of the branch, and
    what readers have comes last.
    """
    base = repository.merge_base(tip, head)
    theirs, before = _Documents(repository, tip), _Documents(repository, base)
    rules = Rules.at(repository, head)
    changes = list(_changes(document_changes(repository, base, head, rules=rules, live=()), theirs))
    if not base:
        return sorted(changes, key=theirs.has)
    return [change for change in changes if not theirs.has(change) and not before.has(change)]


def _changes(changes: list[DocumentChange], theirs: "_Documents") -> Iterator[DocumentChange]:
    """Said of what readers have now, who may have got the same document from elsewhere meanwhile."""
    for change in changes:
        if change.kind == "removed":
            if change.left_in or theirs.at(change.path):
                yield change
        elif theirs.at(change.path):
            yield replace(change, kind="changed", old_path="")
        elif change.kind == "moved" and theirs.at(change.old_path):
            yield change
        else:
            yield replace(change, kind="added", old_path="")


class _Documents:
    """The documents of one commit, as git names their bytes."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self._shown = ShownDocuments(repository, commit, Rules.at(repository, commit))

    def at(self, path: str) -> tuple[str, str] | None:
        """Its own bytes, and those that are shown in their place, if there are any."""
        found = self._shown.at(path)
        return (found.entry.blob, _blob(found.knitted)) if found else None

    def has(self, change: DocumentChange) -> bool:
        """Whether it looks there as the change makes it."""
        return self.at(change.path) == (change.blob, _blob(change.knitted))


def _blob(entry: Entry | None) -> str:
    return entry.blob if entry else ""
