"""What one step of the branch changes in the documents of a space. Reads git, writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.git import Change, Entry, Repository
from knowledge.git.changes import Kind
from knowledge.pipeline.ignoring import FILE_NAME, Rules
from knowledge.pipeline.shown import Shown, ShownDocuments


@dataclass(frozen=True, slots=True)
class DocumentChange(Change):
    """`knitted` is the file that is shown in the document's place, if there is one.

    `left_in` is the tool's folder for whose sake one that came makes no post.
    """

    knitted: Entry | None = None
    left_in: str = ""


def document_changes(
    repository: Repository, old: str, new: str, *, rules: Rules, live: Iterable[str]
) -> list[DocumentChange]:
    """The changes between two commits ("" is the empty tree) that concern documents shown by `rules`.

    What shows no document at `new` is "removed", whether there was one or not. Where the rules themselves
    changed, or `old` is unknown to git (a restored repository), every document of `new` is named, for those
    in `live` (the paths that have a post now) as "changed": whoever takes them compares the blobs.
    """
    shown = ShownDocuments(repository, new, rules)
    known = not old or repository.has(old)
    diff = repository.changes(old, new) if known else []
    if known and not any(FILE_NAME in (change.path, change.old_path) for change in diff):
        return list(_touched(shown, diff))
    return list(_whole_tree(repository, new, shown, set(live), diff))


def _touched(shown: ShownDocuments, diff: list[Change]) -> Iterator[DocumentChange]:
    """Of the files that changed, and of those that are shown with them or in their place."""
    by_path = {change.path: change for change in diff}
    places = {place for change in diff for place in (change.path, change.old_path) if place}
    paths = sorted({path for place in places for path in shown.touched_by(place)})
    found = {path: shown.at(path) for path in paths}
    moved = {change.old_path for change in diff if change.kind == "moved" and found.get(change.path)}
    for path in paths:
        if document := found[path]:
            yield _change(path, document, by_path.get(path))
        elif path not in moved:
            yield DocumentChange("removed", path, left_in=_left_in(shown, by_path.get(path)))


def _left_in(shown: ShownDocuments, change: Change | None) -> str:
    return shown.tool_folder(change.path) if change and change.kind in {"added", "moved"} else ""


def _change(path: str, document: Shown, change: Change | None) -> DocumentChange:
    """One into sight is left a move: whoever takes it finds no post at its old path."""
    kind: Kind = change.kind if change else "changed"
    old_path = change.old_path if change else ""
    entry = document.entry
    return DocumentChange(kind, path, old_path, entry.blob, entry.size, document.knitted)


def _whole_tree(
    repository: Repository, commit: str, shown: ShownDocuments, live: set[str], diff: list[Change]
) -> Iterator[DocumentChange]:
    by_path = {change.path: change for change in diff}
    moves = {path: it for path, it in by_path.items() if it.kind == "moved" and it.old_path in live}
    seen: set[str] = set()
    left: set[str] = set()
    for entry in repository.entries(commit):
        document = shown.at(entry.path)
        if document is None:
            if entry.path not in live and (folder := _left_in(shown, by_path.get(entry.path))):
                yield DocumentChange("removed", entry.path, left_in=folder)
            continue
        seen.add(entry.path)
        if move := moves.get(entry.path):
            left.add(move.old_path)
        kind: Kind = "changed" if entry.path in live else "added"
        yield _change(entry.path, document, move or Change(kind, entry.path))
    for path in sorted(live - seen - left):
        yield DocumentChange("removed", path)
