"""Noting what somebody has read, to tell them what changed when they come back.

In no audit trail and no list, and told by the API to nobody else: it is the reader's alone.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from knowledge.models import Post, Revision, User, Visit
from knowledge.visiting import Noted, Step, step


def read(*, by: User, revision: Revision) -> Visit:
    """Somebody read the revision that readers see. Writes only what is news (knowledge/visiting.py).

    That they may see it is for the caller to have checked.
    """
    now = timezone.now()
    visit = visit_of(by, revision.post)
    if visit is None:
        first = {"revision": revision, "came_at": now, "seen_at": now}
        return Visit.objects.get_or_create(user=by, post=revision.post, defaults=first)[0]
    if columns := _change(visit, by, revision, now):
        visit.save(update_fields=columns)
    return visit


def would_note(*, by: User, revision: Revision) -> Visit | None:
    """What `read` would note of somebody who read the post before, in memory alone. One query."""
    visit = visit_of(by, revision.post)
    if visit:
        _change(visit, by, revision, timezone.now())
    return visit


def put_away(*, by: User, post: Post, number: int) -> None:
    """They know what changed up to revision `number`; what came after it they are told all the same."""
    known = Visit.objects.filter(user=by, post=post, revision__number__lte=number)
    known.update(before=None, before_at=None)


def visit_of(user: User, post: Post) -> Visit | None:
    """One query."""
    found = Visit.objects.filter(user=user, post=post).select_related("revision", "before")
    return found.defer("revision__header", "before__header").first()


def wrote(user: User, revision: Revision) -> bool:
    """Whether the user pushed or committed it."""
    written = {name.lower() for name in (*revision.writers, revision.author_email)}
    return revision.pushed_by_id == user.pk or (user.email or user.git_email).lower() in written


def _change(visit: Visit, by: User, revision: Revision, now: datetime) -> list[str]:
    """In memory; which columns changed."""
    noted = Noted(visit.revision.number, visit.came_at, visit.seen_at, visit.before_id is not None)
    what = step(noted, revision.number, now, is_theirs=wrote(by, revision))
    columns = _columns(what, visit, revision, now)
    for name, value in columns.items():
        setattr(visit, name, value)
    return list(columns)


def _columns(what: Step, visit: Visit, revision: Revision, now: datetime) -> dict[str, Any]:
    nothing: dict[str, Any] = {"before": None, "before_at": None}
    read_now = {"revision": revision, "came_at": now, "seen_at": now}
    return {
        Step.NOTHING: {},
        Step.AGAIN: {"seen_at": now},
        Step.FORGET: {"seen_at": now, **nothing},
        Step.NEWER: {**read_now, "before": visit.revision, "before_at": visit.seen_at},
        Step.ANEW: {**read_now, **nothing},
    }[what]
