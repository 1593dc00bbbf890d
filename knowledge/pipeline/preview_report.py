"""What is said of a branch's documents: the lines of Branch.report. Writes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings

from knowledge.documents import Fault
from knowledge.documents.header import header_of
from knowledge.models import Branch, Post, Preview, Space
from knowledge.pipeline import toolmade
from knowledge.pipeline.changes import DocumentChange
from knowledge.pipeline.facts import kind_of
from knowledge.pipeline.linting import blocking_among, findings_of
from knowledge.pipeline.proposing import open_reviews

Line = dict[str, Any]


def report_of(branch: Branch, previews: Iterable[Preview], others: list[DocumentChange]) -> list[Line]:
    """Of its previews, and of the `others`: documents that it removes, or that make no posts anywhere."""
    removed = [_line(it.path) | {"change": "removed"} for it in others if not it.left_in]
    left_out = toolmade.report(change.left_in for change in others if change.left_in)
    previews = list(previews)
    reviews = _reviews(branch.space, [it.old_path or it.path for it in previews])
    return [_of_preview(branch.space, it, reviews) for it in previews] + removed + left_out


def too_many(branch: Branch, number: int) -> Line:
    most = settings.PREVIEW_MAX_DOCUMENTS
    return _passed_over(
        branch.name,
        "too-many-previews",
        f"{number} more documents differ; a branch has {most} previews at the most.",
        "Propose them in parts, each on a branch of its own.",
    )


def no_room(branch: Branch) -> Line:
    most = settings.PREVIEW_MAX_BRANCHES
    return _passed_over(
        branch.name,
        "too-many-branches",
        f"Only the {most} branches of {branch.space.slug} that moved last have previews.",
        "Delete those that are done: git push REMOTE --delete BRANCH",
    )


def _reviews(space: Space, paths: list[str]) -> dict[str, int]:
    """The open reviews of what lies at these paths for readers. Two queries."""
    posts = dict(Post.objects.live().filter(space=space, path__in=paths).values_list("pk", "path"))
    return {posts[post]: review for post, review in open_reviews(posts).items()}


def _of_preview(space: Space, preview: Preview, reviews: Mapping[str, int]) -> Line:
    findings = findings_of(preview)
    return _line(preview.path) | {
        "change": preview.change,
        "preview": True,
        "introduces": kind_of(preview.path, header_of(preview.header)) == Post.Kind.INTRODUCTION,
        "title": preview.title,
        "review": reviews.get(preview.old_path or preview.path),
        "faults": preview.faults,
        "findings": findings,
        "blocked_by": blocking_among(space, findings),
        "failure": preview.rendering.failure,
    }


def _passed_over(name: str, code: str, message: str, hint: str) -> Line:
    return _line(name) | {"faults": [asdict(Fault(code, message, hint))]}


def _line(path: str) -> Line:
    line = {"path": path, "change": "unchanged", "post": None, "title": "", "failure": None}
    return line | {"faults": []}
