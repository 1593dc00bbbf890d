"""The commits that bring a space up to a source. Reads both, writes nothing: a dry run ends here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from knowledge.pipeline.importing.config import Config
from knowledge.pipeline.importing.decisions import Task, decide
from knowledge.pipeline.importing.findings import Note, findings
from knowledge.pipeline.importing.posts import SUFFIX, Moment, Signature, SourceFile, SourcePost
from knowledge.pipeline.importing.report import Line
from knowledge.pipeline.importing.target import FROM, PART, Target


class Source(Protocol):
    name: str
    notes: list[str]
    config: Config
    has_history: bool

    def posts(self) -> dict[str, SourcePost]: ...
    def moments(self, done: set[str]) -> tuple[list[Moment], bool]: ...
    def unpublished(self) -> dict[str, str]: ...
    def left_behind(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit to be written: first `moves` (from, to), then `removals`, then `files` by path."""

    author: Signature
    committer: Signature
    message: str
    moves: tuple[tuple[str, str], ...] = ()
    removals: tuple[str, ...] = ()
    files: Mapping[str, SourceFile] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    tasks: list[Task]
    commits: list[Commit]
    lines: list[Line]
    authors: list[Signature]


@dataclass(frozen=True, slots=True)
class _Edit:
    """A post as it is to be after a commit; None where it goes."""

    at: str
    place: str
    post: SourcePost | None


def make_plan(source: Source, target: Target, *, theirs: bool, by: Signature) -> Plan:
    posts = [post for _, post in sorted(source.posts().items())]
    target.settle((post.path, post.uuid) for post in posts)
    tasks = [decide(post, target, theirs=theirs) for post in posts]
    _keep_apart(tasks)
    moments, is_later = source.moments(target.done)
    planning = _Planning(source, target, tasks, is_later=is_later, theirs=theirs)
    commits = [commit for moment in moments for commit in planning.commits(moment)]
    commits += planning.rest(by)
    for task in tasks:
        told = task.revisions if source.has_history else 0
        is_new = task.line.outcome == "new"
        task.line.notes = findings(task.post, task.head, revisions=told if is_new else None)
    lines = [task.line for task in tasks] + planning.removed + _drafts(source)
    return Plan(tasks, commits, lines, planning.authors)


def _keep_apart(tasks: list[Task]) -> None:
    """A copied folder keeps the UUID of what it was copied from: only the first of them is that post."""
    seen: set[str] = set()
    for task in tasks:
        place = task.at or task.place
        if place in seen and not task.is_held:
            task.is_held, task.line.outcome, task.line.place = True, "refused", ""
            task.line.reason = (
                f"It has the UUID of another post ({place}). Delete its file UUID, and import again."
            )
        seen.add(place)


class _Planning:
    """Follows the source through its moments, with what lies here by then."""

    def __init__(
        self, source: Source, target: Target, tasks: list[Task], *, is_later: bool, theirs: bool
    ) -> None:
        self.source, self.target, self.tasks = source, target, tasks
        self.is_later, self.theirs = is_later, theirs
        self.by_uuid = {task.post.uuid: task for task in reversed(tasks) if task.post.uuid}
        self.by_path = {task.post.path: task for task in tasks}
        self.removed: list[Line] = []
        self.authors: list[Signature] = []

    def commits(self, moment: Moment) -> Iterator[Commit]:
        edits = [edit for path, post in moment.changed.items() if (edit := self._edit(path, post))]
        if self.is_later:
            edits += [
                edit for path, post in moment.changed.items() if post is None for edit in self._gone(path)
            ]
        if edits:
            self.authors.append(moment.author)
            yield from _commits(moment, edits, self.source.name)

    def rest(self, by: Signature) -> Iterator[Commit]:
        """What the moments did not bring: posts held the last time, or whose history was rewritten."""
        edits = [edit for task in self.tasks if (edit := self._last(task))]
        if edits:
            message = f"Bring {len(edits)} posts up to {self.source.name}"
            yield from _commits(Moment("", by, by, message, {}), edits, self.source.name)

    def _edit(self, path: str, post: SourcePost | None) -> _Edit | None:
        task = self._task(path, post)
        if task is None or post is None:
            return None
        task.addresses.add(path)
        task.revisions += 1
        # A history that was rewritten must not take posts that are here through their past again.
        if task.is_held or post.problem or (task.is_known and not self.is_later and self.source.has_history):
            return None
        return self._take(task, post, path if task.follows else task.place)

    def _last(self, task: Task) -> _Edit | None:
        return None if task.is_held else self._take(task, task.post, task.place)

    def _take(self, task: Task, post: SourcePost, place: str) -> _Edit | None:
        if (task.fingerprint, task.at) == (post.fingerprint, place):
            return None
        if place != task.place and self.target.obstacle(place, [file.path for file in post.files]):
            place = task.place  # where it was for a while, something else lies here
        edit = _Edit(task.at, place, self._beside(post))
        task.fingerprint, task.at = post.fingerprint, place
        return edit

    def _beside(self, post: SourcePost) -> SourcePost:
        """A plain document without those files beside it that are here already, but others."""
        if post.is_folder:
            return post
        here, left = self.target.blobs, self.target.left
        taken = {
            path
            for path, blob in here.items()
            if path != post.path and not ((was := left.get(path)) and was.fingerprint == blob)
        }
        return SourcePost(post.path, tuple(file for file in post.files if file.path not in taken))

    def _task(self, path: str, post: SourcePost | None) -> Task | None:
        uuid = post.uuid if post else ""
        task = self.by_path.get(path)
        if task and task.post.uuid == uuid:
            return task
        if uuid in self.by_uuid:
            return self.by_uuid[uuid]
        return task if task and not (uuid and task.post.uuid) else None

    def _gone(self, path: str) -> Iterator[_Edit]:
        """The source took a post away that an import brought: so it goes here, unless it was changed here."""
        left, here = self.target.left.get(path), self.target.here.get(path)
        is_elsewhere = path in self.by_path or (here and here.uuid in self.by_uuid)
        if not left or not here or is_elsewhere or any(line.path == path for line in self.removed):
            return
        line = Line(path, "removed", title=path)
        if here.fingerprint != left.fingerprint and not self.theirs:
            line.outcome, line.place = "conflict", path
            line.reason = (
                "The source deleted it; it was changed here since, so it is kept (--theirs deletes it)."
            )
        else:
            yield _Edit(path, path, None)
        self.removed.append(line)


def _commits(moment: Moment, edits: list[_Edit], source: str) -> Iterator[Commit]:
    """The commits of one moment: mostly one.

    What moves and changes at once is moved first, and what goes does so before something else comes: from the
    likeness of documents alone, the ingest could take one post for another.
    """
    part = Commit(moment.author, moment.committer, _worded(moment, PART, source))
    moving = [edit for edit in edits if edit.at and edit.post and edit.at != edit.place]
    going = [edit.at for edit in edits if edit.post is None]
    staying = [edit for edit in edits if edit.post is not None]
    for moves in _moves(moving):
        yield replace(part, moves=moves)
    if going and staying:
        yield replace(part, removals=tuple(going))
        going = []
    folders = [edit.place for edit in staying if edit.place.endswith(SUFFIX)]
    yield replace(
        part,
        message=_worded(moment, FROM, source),
        removals=(*going, *folders),
        files={path: file for edit in staying for path, file in _files(edit).items()},
    )


def _moves(edits: list[_Edit]) -> Iterator[tuple[tuple[str, str], ...]]:
    """At once; but where one goes to where another comes from, all of them by way of a place of their own."""
    moves = tuple((edit.at, edit.place) for edit in edits)
    if {old for old, _ in moves} & {new for _, new in moves}:
        between = [f"{new.removesuffix(SUFFIX)}.moving{SUFFIX}" for _, new in moves]
        yield tuple((old, aside) for (old, _), aside in zip(moves, between, strict=True))
        yield tuple((aside, new) for (_, new), aside in zip(moves, between, strict=True))
    elif moves:
        yield moves


def _files(edit: _Edit) -> dict[str, SourceFile]:
    if edit.post is None:
        return {}
    prefix = f"{edit.place}/" if edit.post.is_folder else ""
    return {prefix + file.path: file for file in edit.post.files}


def _worded(moment: Moment, trailer: str, source: str) -> str:
    first = moment.message.strip() or f"Import from {source}"
    return f"{first}\n\n{trailer}: {moment.commit or ' '.join(source.split())}\n"


def _drafts(source: Source) -> list[Line]:
    lines = [
        Line(
            path,
            "unpublished",
            reason=f"On branch {branch}, not on the published one: merge it, import again.",
        )
        for path, branch in source.unpublished().items()
    ]
    for path in source.left_behind():
        reason = "Changed in the work tree and not committed: commit it, and import again."
        lines.append(Line(path, "unpublished", reason=reason, notes=[Note("not-committed", reason)]))
    return lines
