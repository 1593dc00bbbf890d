"""Ingest: bring a space's posts up to the head of its branch. Every door's commit is taken in here."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from celery import shared_task
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, QuerySet

from knowledge.git import CommitInfo, Repository, Step
from knowledge.models import Branch, Post, Push, Rendering, Space, User
from knowledge.pipeline import ledger, question_answers, toolmade
from knowledge.pipeline.changes import document_changes
from knowledge.pipeline.facts import kind_of
from knowledge.pipeline.ignoring import Rules
from knowledge.pipeline.intake import take_in
from knowledge.pipeline.linting import findings_of
from knowledge.pipeline.placing import Item, place
from knowledge.pipeline.previewing import preview_branches
from knowledge.pipeline.proposing import open_reviews
from knowledge.pipeline.render import request_workers
from knowledge.pipeline.shelve import shelve
from knowledge.pipeline.waking import wake

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)

WAIT_SECONDS = (0.01, 0.01, 0.01, 0.02, 0.02, 0.03, 0.05, 0.1)  # a small push is taken in within 40 ms


def reconcile(space_id: int, *, progress: Callable[[int, int], None] | None = None) -> None:
    """Take in every move of the branch since the last one taken in, oldest first, a transaction each.

    Then bring the previews of other branches up to date. Does nothing where nothing moved. Others who
    reconcile the same space meanwhile wait for its row's lock. `progress` hears every hundred steps, and at
    the last, how many of how many are done.
    """
    while steps := _steps(space_id):
        for number, step in enumerate(steps, 1):  # an import leaves hundreds
            _take_in(space_id, step)
            if progress and (number % 100 == 0 or number == len(steps)):
                progress(number, len(steps))
    if space := Space.objects.filter(pk=space_id).first():
        preview_branches(space)


def request_reconcile(space: Space) -> bool:
    """Ask a worker to reconcile; False where the broker can't be reached (the sweeper will find it then)."""
    return wake(reconcile_space, space.pk)


def wait_for_push(space: Space, commit: str, *, seconds: float) -> Push | None:
    """The Push that took in `commit`, as soon as it is there; None if not in time, or without a database."""
    return _wait(Push.objects.filter(space=space, new_commit=commit), space, seconds)


def wait_for_branch(space: Space, name: str, commit: str, *, seconds: float) -> Branch | None:
    """The branch as soon as its previews are those of `commit`; None if not in time."""
    return _wait(Branch.objects.filter(space=space, name=name, commit=commit), space, seconds)


def _wait(rows: QuerySet[Row], space: Space, seconds: float) -> Row | None:
    deadline = time.monotonic() + seconds
    pauses = iter(WAIT_SECONDS)
    try:
        while not (row := rows.all().first()):
            pause = next(pauses, WAIT_SECONDS[-1])
            if time.monotonic() + pause > deadline:
                return None
            time.sleep(pause)
    except (OperationalError, InterfaceError):
        logger.warning("The database went away while a push to %s waited for its ingest", space.slug)
        return None
    return row


def _steps(space_id: int) -> list[Step]:
    space = Space.objects.filter(pk=space_id).first()
    return Repository(space.slug).steps(space.default_branch, space.ingested_commit) if space else []


@transaction.atomic
def _take_in(space_id: int, step: Step) -> None:
    """Take in one step, unless others have meanwhile."""
    space = Space.objects.select_for_update(no_key=True).filter(pk=space_id).first()
    if space is None or space.ingested_commit != step.old:
        return
    _ingest(space, Repository(space.slug), step)
    space.ingested_commit = step.new
    space.save(update_fields=["ingested_commit"])


def _ingest(space: Space, repository: Repository, step: Step) -> None:
    rules = Rules.at(repository, step.new)
    live = Post.objects.live().filter(space=space).values_list("path", flat=True)
    changes = document_changes(repository, step.old, step.new, rules=rules, live=live)
    items = place(space, changes)
    for item in items:
        if item.needs_revision:
            item.intake = take_in(repository, item.path, item.blob, item.size, item.knitted)
    pusher = User.objects.filter(username=step.by).first()
    question_answers.warn([item.intake for item in items if item.intake], space=space, by=pusher)
    ledger.warn(item.intake for item in items if item.intake)
    told = repository.last_commits(step.old, step.new, {path for item in items for path in item.told_in})
    commits = {item.path: _told(item, told) for item in items}
    push = Push.objects.create(
        space=space,
        old_commit=step.old,
        new_commit=step.new,
        pushed_by=pusher,
        pushed_at=step.at,
    )
    waiting = shelve(push, items, commits)
    left_out = toolmade.report(change.left_in for change in changes if change.left_in)
    reviews = open_reviews(item.post.pk for item in items if item.post)
    push.report = rules.report() + [_line(item, reviews) for item in items] + left_out
    push.save(update_fields=["report"])
    transaction.on_commit(partial(request_workers, waiting))


def _told(item: Item, told: Mapping[str, CommitInfo]) -> CommitInfo:
    """The commit that made the document what it is, with all who wrote it or the file in its place."""
    writers = dict.fromkeys(name for path in item.told_in for name in told[path].writers)
    return replace(told[item.told_by], writers=tuple(writers))


def _line(item: Item, reviews: Mapping[int, int]) -> dict[str, Any]:
    """The document's line in Push.report."""
    rendering = item.revision.rendering if item.revision else None
    failed = rendering is not None and rendering.state == Rendering.State.FAILED
    return {
        "path": item.path,
        "change": item.kind,
        "post": item.post.pk if item.post else None,
        "introduces": _introduces(item),
        "review": reviews.get(item.post.pk) if item.post and item.kind != "removed" else None,
        "is_held": item.revision is not None and item.revision.is_held,
        "title": item.intake.title if item.intake else item.post.title if item.post else "",
        "faults": item.intake.faults if item.intake else [],
        "findings": findings_of(item.revision) if item.revision else [],
        "blocked_by": item.revision.blocked_by if item.revision else [],
        "failure": rendering.failure if rendering and failed else None,
    }


def _introduces(item: Item) -> bool:
    """Whether it is a README that makes no post; as pushed, though readers may still see another revision."""
    if item.intake:
        return kind_of(item.path, item.intake.header) == Post.Kind.INTRODUCTION
    return item.post is not None and item.post.kind == Post.Kind.INTRODUCTION


@shared_task
def reconcile_space(space_id: int) -> None:
    reconcile(space_id)
