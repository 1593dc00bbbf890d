"""The import itself, from the source to the report."""

from collections.abc import Callable
from pathlib import Path

import pygit2
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Space, User
from knowledge.permissions import check_write
from knowledge.pipeline.importing import aftermath, people
from knowledge.pipeline.importing.files_source import FilesSource
from knowledge.pipeline.importing.findings import Note
from knowledge.pipeline.importing.git_source import GitSource, is_git
from knowledge.pipeline.importing.plan import Plan, Source, make_plan
from knowledge.pipeline.importing.posts import Signature
from knowledge.pipeline.importing.report import NOT_IN_FILES, Report
from knowledge.pipeline.importing.standalone import check_stands_alone
from knowledge.pipeline.importing.target import Target, target_of
from knowledge.pipeline.importing.writing import write
from knowledge.pipeline.ingest import reconcile
from knowledge.pipeline.spaces import check_slug, create_space

Progress = Callable[[str], None]


def import_repository(
    *,
    by: User,
    path: Path,
    slug: str,
    create: bool = False,
    dry_run: bool = False,
    theirs: bool = False,
    branch: str = "",
    progress: Progress = lambda _: None,
) -> Report:
    """Bring the posts at `path` into the space, and tell what became of each; a dry run writes nothing.

    Safe to run again, also after it was killed: what is here already is not brought twice. What was changed
    here since the last time is kept, unless `theirs` says otherwise. Raises UserError.
    """
    space = _space(slug, by, create=create)
    progress("Reading the source")
    target = target_of(space)
    source, plan = _planned(path, target, by=by, branch=branch, theirs=theirs)
    taken = [task for task in plan.tasks if task.line.outcome != "refused"]
    strangers, notes = people.strangers(
        [name for task in taken for name in task.head.header.authors],
        [(author.name, author.email) for author in plan.authors],
        source.config,
    )
    groups = people.missing_groups(name for task in taken for name in task.head.header.allowed_groups)
    report = _report(source, plan, slug, dry_run=dry_run)
    report.notes += notes
    report.people, report.groups = [person.username for person in strangers], groups
    if dry_run:
        return report
    space = space or create_space(by=by, slug=slug, name="")
    people.make(strangers)
    people.make_groups(groups)
    progress(f"Writing {len(plan.commits)} commits")
    write(space, plan.commits, head=target.head, by=by.username)
    AuditEvent.objects.record(
        "space.import", by=by, space=slug, source=source.name, commits=len(plan.commits)
    )
    reconcile(space.pk, progress=lambda done, steps: progress(f"Taking in {done} of {steps} commits"))
    _finish(space, plan, source)
    return report


def _planned(path: Path, target: Target, *, by: User, branch: str, theirs: bool) -> tuple[Source, Plan]:
    try:
        source = open_source(path, branch=branch, by=by)
        who = Signature(by.get_full_name(), by.git_email, timezone.now())
        return source, make_plan(source, target, theirs=theirs, by=who)
    except (pygit2.GitError, OSError) as error:
        raise UserError("unreadable-source", path=str(path), reason=str(error)) from error


def open_source(path: Path, *, branch: str, by: User) -> Source:
    if not path.exists():
        raise UserError("no-such-source", path=str(path))
    if path.is_dir() and is_git(path):
        check_stands_alone(path)
        return GitSource(path, branch=branch)
    return FilesSource(path, author=(by.get_full_name(), by.git_email))


def _space(slug: str, by: User, *, create: bool) -> Space | None:
    """None where it is to be made."""
    space = Space.objects.filter(slug=slug).first()
    if space is None and not create:
        raise UserError("no-such-space", space=slug)
    if space is None:
        check_slug(slug)
    elif not by.is_superuser:
        check_write(space, by)
    return space


def _report(source: Source, plan: Plan, slug: str, *, dry_run: bool) -> Report:
    if not plan.lines:
        raise UserError("nothing-to-import", path=source.name)
    report = Report(source.name, slug, dry_run, plan.lines, commits=len(plan.commits))
    report.notes = [Note("source", note) for note in source.notes] + [Note("not-in-files", NOT_IN_FILES)]
    return report


def _finish(space: Space, plan: Plan, source: Source) -> None:
    posts = aftermath.posts_of(space, plan.tasks)
    aftermath.remember_addresses(space, plan.tasks, posts, source.config)
    aftermath.date_publications(plan.tasks, posts)
    aftermath.tell(plan.tasks, posts)
