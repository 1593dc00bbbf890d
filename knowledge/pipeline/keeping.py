"""Keeping posts true: when they are to be looked at again, saying that they hold, and putting them away.

A post past its day asks its owner first, then the maintainers of its space, then whether to archive it.
"""

from datetime import date, datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from knowledge import life
from knowledge.documents import Header
from knowledge.documents.header import header_of
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Confirmation, Post, Revision, User
from knowledge.permissions import check_keep
from knowledge.pipeline import decisions, ledger
from knowledge.pipeline.review_news import tell_archived, tell_stale

BATCH = 500
COLUMNS = ["review_by", "refresh_days", "due_on", "attention_since", "attention_stage"]
SPACE_AFTER, ARCHIVE_AFTER = timedelta(days=14), timedelta(days=44)


def follow(post: Post, revision: Revision) -> None:
    """Set COLUMNS to what the published `revision` says, in memory. A new revision is a look at the post."""
    header = header_of(revision.header)
    if says_when(header):
        post.review_by = header.review_by.date() if header.review_by else None
        post.refresh_days = header.refresh_days
    _looked_at(post, revision.committed_at.date())


def says_when(header: Header) -> bool:
    """Whether the document itself says when to look at it again; what was set on the page gives way then."""
    return bool(header.review_by or header.refresh_days)


def _looked_at(post: Post, day: date) -> None:
    """A day to come back to that had passed by then counts no more."""
    days = [post.review_by] if post.review_by and post.review_by > day else []
    if post.refresh_days:
        days.append(day + timedelta(days=post.refresh_days))
    post.due_on = min(days, default=None)
    post.attention_since, post.attention_stage = None, 0


@transaction.atomic
def still_true(*, by: User, post: Post, note: str = "") -> None:
    """Somebody who answers for the post looked, and it holds.

    Raises UserError "not-a-keeper" or "not-published".
    """
    check_keep(post, by)
    found = _locked(post)
    if found.published_revision is None:
        raise UserError("not-published", path=found.path)
    now = timezone.now()
    Confirmation.objects.create(
        post=found,
        revision=found.published_revision,
        by=by,
        by_name=by.username,
        note=note.strip()[:500],
        at=now,
    )
    _looked_at(found, now.date())
    life.settle(found, "confirm")
    found.save(update_fields=[*COLUMNS, "status"])
    AuditEvent.objects.record("post.confirm", by=by, post=found.pk, path=found.path, note=note.strip()[:500])


@transaction.atomic
def look_again(*, by: User, post: Post, review_by: date | None, refresh_days: int | None) -> None:
    """Set on the page when it is to be looked at again, where its header doesn't say so.

    Raises UserError "not-a-keeper" or "header-says".
    """
    check_keep(post, by)
    found = _locked(post)
    if found.published_revision and says_when(header_of(found.published_revision.header)):
        raise UserError("header-says", path=found.path)
    found.review_by, found.refresh_days = review_by, refresh_days
    _looked_at(found, timezone.now().date())
    if found.published_revision_id:
        life.settle(found, "confirm")
    found.save(update_fields=[*COLUMNS, "status"])
    detail = {"review_by": str(review_by or ""), "refresh_days": refresh_days}
    AuditEvent.objects.record("post.look-again", by=by, post=found.pk, path=found.path, **detail)


@transaction.atomic
def archive(*, by: User, post: Post, why: str) -> None:
    """Out of feeds and lists, readable where it is.

    Raises UserError "not-a-keeper", "no-reason" or "archived".
    """
    check_keep(post, by)
    if not why.strip():
        raise UserError("no-reason")
    found = _locked(post)
    if found.archived_at:
        raise UserError("archived", path=found.path)
    found.archived_at, found.archived_by, found.archived_why = timezone.now(), by, why.strip()[:500]
    life.settle(found, "archive")
    found.save(update_fields=["archived_at", "archived_by", "archived_why", "status"])
    tell_archived(found, by=by)
    ledger.follow(gone=[found], by=by)
    AuditEvent.objects.record("post.archive", by=by, post=found.pk, path=found.path, why=found.archived_why)


@transaction.atomic
def unarchive(*, by: User, post: Post) -> None:
    """Back into lists. Does nothing where it isn't archived. Raises UserError "not-a-keeper"."""
    check_keep(post, by)
    found = _locked(post)
    if not found.archived_at:
        return
    found.archived_at, found.archived_by, found.archived_why = None, None, ""
    life.settle(found, "take out of the archive")
    found.save(update_fields=["archived_at", "archived_by", "archived_why", "status"])
    ledger.follow(returned=[found], by=by)
    AuditEvent.objects.record("post.unarchive", by=by, post=found.pk, path=found.path)


def look_for_stale(*, now: datetime | None = None) -> int:
    """Ask for what is past its day, and further for what nobody looked at; returns for how many posts."""
    at = now or timezone.now()
    return sum(map(len, (_newly_stale(at), _further(at, 2, SPACE_AFTER), _further(at, 3, ARCHIVE_AFTER))))


@transaction.atomic
def _newly_stale(at: datetime) -> list[Post]:
    due = Post.objects.live().filter(due_on__lte=at.date(), attention_since=None)
    due = due.filter(published_revision__isnull=False, archived_at=None, superseded_by=None)
    posts = list(due.order_by("pk").select_for_update(no_key=True, skip_locked=True)[:BATCH])
    for post in posts:
        post.attention_since, post.attention_stage = at, 1
        life.settle(post, "go stale")
    Post.objects.bulk_update(posts, ["attention_since", "attention_stage", "status"])
    tell_stale(posts)
    decisions.tell_stale(posts)
    return posts


@transaction.atomic
def _further(at: datetime, stage: int, after: timedelta) -> list[Post]:
    waiting = Post.objects.live().filter(attention_since__lte=at - after, attention_stage=stage - 1)
    posts = list(waiting.order_by("pk").select_for_update(no_key=True, skip_locked=True)[:BATCH])
    for post in posts:
        post.attention_stage = stage
    Post.objects.bulk_update(posts, ["attention_stage"])
    tell_stale(posts, to_maintainers=True)
    return posts


def _locked(post: Post) -> Post:
    """As it is now, for the transaction."""
    return Post.objects.live().select_for_update(no_key=True).get(pk=post.pk)


@shared_task
def ask_for_stale() -> None:
    look_for_stale()
