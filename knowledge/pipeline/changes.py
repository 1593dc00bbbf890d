"""What one step of the branch changes in the documents of a space. Reads git, writes nothing."""

from collections.abc import Iterable, Iterator

from knowledge.git import Change, Repository
from knowledge.git.changes import Kind
from knowledge.pipeline.ignoring import FILE_NAME, Rules


def document_changes(
    repository: Repository, old: str, new: str, *, rules: Rules, live: Iterable[str]
) -> list[Change]:
    """The changes between two commits ("" is the empty tree) that concern documents shown by `rules`.

    Where the rules themselves changed, or `old` is unknown to git (a restored repository), every document of
    `new` is named, for the ones in `live` (the paths that have a post now) as "changed": whoever takes them
    compares the blobs.
    """
    known = not old or repository.has(old)
    diff = repository.changes(old, new) if known else []
    if known and not any(FILE_NAME in (change.path, change.old_path) for change in diff):
        return [shown for change in diff if (shown := _shown(change, rules))]
    moves = [change for change in diff if change.kind == "moved" and rules.show(change.path)]
    return list(_whole_tree(repository, new, rules, set(live), moves))


def _shown(change: Change, rules: Rules) -> Change | None:
    """The change as readers meet it: a move out of sight is a removal.

    One into sight is left a move: whoever takes it finds no post at its old path.
    """
    if rules.show(change.path):
        return change
    is_farewell = change.kind == "moved" and rules.show(change.old_path)
    return Change("removed", change.old_path) if is_farewell else None


def _whole_tree(
    repository: Repository, commit: str, rules: Rules, live: set[str], moves: list[Change]
) -> Iterator[Change]:
    moves = [move for move in moves if move.old_path in live]
    yield from moves
    seen = {move.path for move in moves}
    for entry in repository.entries(commit):
        if entry.path not in seen and rules.show(entry.path):
            seen.add(entry.path)
            kind: Kind = "changed" if entry.path in live else "added"
            yield Change(kind, entry.path, blob=entry.blob, size=entry.size)
    for path in sorted(live - seen - {move.old_path for move in moves}):
        yield Change("removed", path)
