"""What is to become of each post: from what it is in the source, what was left here, and what is here now."""

from dataclasses import dataclass, field

from knowledge.documents.head import Head
from knowledge.pipeline.importing.findings import head_of
from knowledge.pipeline.importing.posts import SourcePost
from knowledge.pipeline.importing.report import Line, Outcome
from knowledge.pipeline.importing.target import Target

_CHANGED_HERE = (
    "Changed here since, and in the source too: what is here is kept (--theirs takes the source's)."
)
_GONE_HERE = "Deleted here since, and changed in the source: left deleted (--theirs brings it back)."
_TAKEN = "Another document lies at its place here (--theirs replaces it)."


@dataclass(slots=True)
class Task:
    """A post on its way. `place` is where it lies or is to lie here; `is_held` keeps it as it is.

    `fingerprint` and `at` follow the commits as they are planned: what lies here by then, and where ("" for
    nowhere). `follows` says that the post is still where the source had it, and moves with it. `is_known`: it
    came with an earlier import. `addresses` are all paths it had in the source.
    """

    post: SourcePost
    head: Head
    line: Line
    place: str
    fingerprint: str = ""
    at: str = ""
    is_held: bool = False
    is_known: bool = False
    follows: bool = True
    revisions: int = 0
    addresses: set[str] = field(default_factory=set)


def decide(post: SourcePost, target: Target, *, theirs: bool) -> Task:
    head = head_of(post)
    at = target.place_of(post.path, post.uuid)
    home = target.home_of(post.path, post.uuid)
    follows = not at or at == home
    task = Task(
        post=post,
        head=head,
        line=Line(post.path, "unchanged", title=head.title),
        place=post.path if follows else at,
        at=at,
        fingerprint=target.here[at].fingerprint if at else "",
        is_known=home in target.left,
        follows=follows,
        addresses={post.path},
    )
    _settle(task, target, left=target.left.get(home), theirs=theirs)
    return task


def _settle(task: Task, target: Target, *, left: object, theirs: bool) -> None:
    """Set the line's outcome, and whether the post is held."""
    wanted, here = task.post.fingerprint, task.fingerprint
    was = getattr(left, "fingerprint", "")
    if task.post.problem:
        _hold(task, "refused", task.post.problem)
    elif here == wanted:
        task.line.outcome = "unchanged" if task.at == task.place else "moved"
        task.is_held = task.at == task.place
    elif was == wanted and not theirs:
        _hold(task, "unchanged", "It was changed here since." if here else "It was deleted here since.")
    elif not here and task.is_known and was and not theirs:
        _hold(task, "conflict", _GONE_HERE)
    elif here and here != was and not theirs:
        _hold(task, "conflict", _CHANGED_HERE if task.is_known else _TAKEN)
    else:
        task.line.outcome = _outcome(task)
    if not task.is_held and task.place != task.at:
        files = [file.path for file in task.post.files]
        if reason := target.obstacle(task.place, files):
            _hold(task, "refused", reason)
    if not task.is_held or task.at:
        task.line.place = task.place if not task.is_held else task.at


def _outcome(task: Task) -> Outcome:
    if not task.at:
        return "new"
    return "changed" if task.at == task.place else "moved"


def _hold(task: Task, outcome: Outcome, reason: str) -> None:
    task.is_held, task.line.outcome, task.line.reason = True, outcome, reason
