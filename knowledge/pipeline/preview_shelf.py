"""Writing a branch's previews to the database, and having their documents drawn."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from knowledge.git import CommitInfo, Repository
from knowledge.models import Branch, Preview, Rendering
from knowledge.pipeline import ledger, question_answers
from knowledge.pipeline.changes import DocumentChange
from knowledge.pipeline.intake import take_in
from knowledge.pipeline.render import request_workers
from knowledge.pipeline.shelve import columns_of, renderings_of
from knowledge.rendering import RENDERER_VERSION

OF_SOURCE = (
    *("path", "blob", "size", "source_digest", "knitted_path", "knitted_blob"),
    *("title", "header", "faults", "rendering"),
)


def put_up(
    branch: Branch, repository: Repository, *, base: str, head: str, documents: list[DocumentChange]
) -> list[Preview]:
    """Make the branch's previews those of `documents`, as they are at `head`; in their order.

    What is as it was at the commit before is not read again. `base` is where the branch began.
    """
    before = {preview.path: preview for preview in branch.previews.for_lists()}
    same = {it.path: before[it.path] for it in documents if _is_as_before(before.get(it.path), it)}
    kept = {path: preview for path, preview in same.items() if preview.commit == head}
    fresh = [change for change in documents if change.path not in kept]
    sources = {path: {name: getattr(preview, name) for name in OF_SOURCE} for path, preview in same.items()}
    sources |= _taken_in(branch, repository, [it for it in fresh if it.path not in same])
    told = repository.last_commits(base, head, [it.path for it in fresh]) if fresh else {}
    made = {it.path: _preview(branch, it, head, told[it.path], sources[it.path]) for it in fresh}
    branch.previews.exclude(pk__in=[preview.pk for preview in kept.values()]).delete()
    Preview.objects.bulk_create(made.values(), batch_size=500)
    return [kept.get(change.path) or made[change.path] for change in documents]


def _is_as_before(preview: Preview | None, change: DocumentChange) -> bool:
    if preview is None or preview.rendering.renderer_version != RENDERER_VERSION:
        return False
    knitted = change.knitted.blob if change.knitted else ""
    was = preview.blob, preview.knitted_blob, preview.change, preview.old_path
    return was == (change.blob, knitted, change.kind, change.old_path)


def _taken_in(
    branch: Branch, repository: Repository, changes: list[DocumentChange]
) -> dict[str, dict[str, Any]]:
    """The columns OF_SOURCE of each, by path. What was drawn for another branch, or a post, is drawn."""
    intakes = [take_in(repository, it.path, it.blob, it.size, it.knitted) for it in changes]
    question_answers.warn(intakes, space=branch.space, by=branch.pushed_by)
    ledger.warn(intakes)
    renderings = renderings_of(branch.space, intakes)
    waiting = sum(row.state == Rendering.State.QUEUED for row in renderings.values())
    transaction.on_commit(partial(request_workers, waiting))
    return {it.path: columns_of(it) | {"rendering": renderings[it.key]} for it in intakes}


def _preview(
    branch: Branch, change: DocumentChange, head: str, told: CommitInfo, source: Mapping[str, Any]
) -> Preview:
    return Preview(
        branch=branch,
        change=change.kind,
        old_path=change.old_path,
        commit=head,
        author_name=told.author_name,
        author_email=told.author_email,
        committed_at=told.at,
        **source,
    )
