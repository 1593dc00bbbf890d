"""Previews: what pushes to branches other than the default one would make of documents, for members to see.

`preview_branches` compares the branches that git has with the Branch rows, and brings up to date what
differs: pushes, the sweeper and a moved default branch share it. Nothing here makes or changes a post.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from knowledge.git import Repository
from knowledge.models import Branch, Space, User
from knowledge.pipeline import preview_report
from knowledge.pipeline.differing import differing_documents
from knowledge.pipeline.ignoring import Rules
from knowledge.pipeline.preview_shelf import put_up

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a branch is to be brought: to `head`, "" for one that is gone, compared with `tip`."""

    name: str
    head: str
    tip: str
    has_room: bool

    def is_met_by(self, branch: Branch | None) -> bool:
        if not self.head:
            return branch is None or branch.ended_at is not None
        if branch is None or branch.ended_at:
            return False
        stands = branch.commit, branch.compared_with, branch.has_room
        return stands == (self.head, self.tip, self.has_room)


def preview_branches(space: Space) -> None:
    """Bring the previews of all branches up to date, a transaction each; does nothing where nothing moved.

    What others are at is theirs: they look again at what moved meanwhile before they stop.
    """
    tried: set[Wanted] = set()
    while wanted := [each for each in behind(space, _rows([space])) if each not in tried]:
        for each in wanted:
            try:
                _bring(space, each)
            except Exception:
                # One branch that can't be read must not keep the others waiting; the sweeper asks again.
                logger.exception("The branch %s of %s can't be previewed", each.name, space.slug)
        tried.update(wanted)


def behind(space: Space, rows: Iterable[Branch]) -> list[Wanted]:
    """The branches of `space` whose previews are not what git says, by name."""
    repository = Repository(space.slug)
    heads = repository.heads()
    tip = heads.pop(space.default_branch, "")
    known = {row.name: row for row in rows if row.space_id == space.pk}
    room = _with_room(repository, heads, known)
    wanted = [Wanted(name, head, tip, name in room) for name, head in heads.items()]
    wanted += [Wanted(name, "", tip, has_room=True) for name in known if name not in heads]
    return sorted((it for it in wanted if not it.is_met_by(known.get(it.name))), key=lambda it: it.name)


def standing_branches(spaces: Iterable[Space]) -> dict[int, list[Branch]]:
    """The rows that `behind` wants, by space. One query."""
    found: dict[int, list[Branch]] = {space.pk: [] for space in spaces}
    for row in _rows(spaces):
        found[row.space_id].append(row)
    return found


def _rows(spaces: Iterable[Space]) -> Iterable[Branch]:
    return Branch.objects.there().filter(space__in=list(spaces)).defer("report")


def _with_room(repository: Repository, heads: Mapping[str, str], known: Mapping[str, Branch]) -> set[str]:
    """The names of those that may have previews: of too many the ones that moved last."""
    most = settings.PREVIEW_MAX_BRANCHES
    if len(heads) <= most:
        return set(heads)

    def moved(name: str) -> Any:
        row = known.get(name)
        if row and row.pushed_at and row.commit == heads[name]:
            return row.pushed_at, name
        return repository.steps(name, "")[-1].at, name

    return set(sorted(heads, key=moved, reverse=True)[:most])


def _bring(space: Space, wanted: Wanted) -> None:
    if wanted.head:
        Branch.objects.get_or_create(space=space, name=wanted.name)
    with transaction.atomic():
        locked = Branch.objects.filter(space=space, name=wanted.name).select_for_update(
            of=("self",), skip_locked=True, no_key=True
        )
        branch = locked.select_related("space").first()
        if branch is None:
            return
        repository = Repository(space.slug)
        # Read under the lock, so that whoever comes last leaves the newest.
        heads = repository.heads()
        tip = heads.pop(space.default_branch, "")
        now = Wanted(wanted.name, heads.get(wanted.name, ""), tip, wanted.has_room)
        if now.is_met_by(branch):
            return
        if now.head:
            _take_in(branch, repository, now)
        else:
            _end(branch)


def _end(branch: Branch) -> None:
    branch.previews.all().delete()
    branch.commit, branch.compared_with, branch.report = "", "", []
    branch.ended_at = timezone.now()
    branch.save()


def _take_in(branch: Branch, repository: Repository, wanted: Wanted) -> None:
    if branch.commit != wanted.head:
        step = repository.steps(branch.name, branch.commit)[-1]
        branch.pushed_by = User.objects.filter(username=step.by).first()
        branch.pushed_at = step.at
    if wanted.has_room:
        branch.report = _put_up(branch, repository, wanted)
    else:
        branch.previews.all().delete()
        branch.report = [preview_report.no_room(branch)]
    branch.commit, branch.compared_with, branch.has_room = wanted.head, wanted.tip, wanted.has_room
    branch.ended_at = None
    branch.save()


def _put_up(branch: Branch, repository: Repository, wanted: Wanted) -> list[dict[str, Any]]:
    """Returns the branch's report."""
    differing = differing_documents(repository, wanted.head, wanted.tip)
    documents = [change for change in differing if change.kind != "removed"]
    most = settings.PREVIEW_MAX_DOCUMENTS
    base = repository.merge_base(wanted.tip, wanted.head)
    previews = put_up(branch, repository, base=base, head=wanted.head, documents=documents[:most])
    others = [change for change in differing if change.kind == "removed"]
    report = Rules.at(repository, wanted.head).report()
    report += preview_report.report_of(branch, previews, others)
    over = len(documents) - len(previews)
    return report + ([preview_report.too_many(branch, over)] if over else [])
