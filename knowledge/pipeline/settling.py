"""What becomes of a thread: resolved and opened again, a question answered; and how others take a comment."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Bookmark, Comment, Like, Post, Reaction, Thread, User
from knowledge.permissions import check_settle, check_talk
from knowledge.pipeline import talk_news


@transaction.atomic
def resolve(*, by: User, thread: Thread) -> None:
    """Nothing happens to one that is. Raises UserError "not-yours-to-settle"."""
    check_settle(thread, by)
    settle(by=by, thread=thread)


def settle(*, by: User, thread: Thread) -> None:
    """Resolve it as what follows of something else that `by` may do."""
    now = timezone.now()
    changed = Thread.objects.filter(pk=thread.pk, resolved_at=None).update(resolved_at=now, resolved_by=by)
    if changed:
        _record("thread.resolve", thread, by)
        talk_news.tell_resolved(thread, by=by, at=now)


@transaction.atomic
def reopen(*, by: User, thread: Thread) -> None:
    check_settle(thread, by)
    resolved = Thread.objects.filter(pk=thread.pk, resolved_at__isnull=False)
    if resolved.update(resolved_at=None, resolved_by=None):
        _record("thread.reopen", thread, by)


@transaction.atomic
def answer(*, by: User, thread: Thread, is_answered: bool) -> None:
    """Say whether a question is answered. Raises UserError "not-a-question" or "not-yours-to-settle"."""
    if not thread.is_question:
        raise UserError("not-a-question")
    check_settle(thread, by)
    at: datetime | None = timezone.now() if is_answered else None
    asked = Thread.objects.filter(pk=thread.pk, answered_at__isnull=is_answered)
    if asked.update(answered_at=at):
        _record("question.answer" if is_answered else "question.reopen", thread, by)


@transaction.atomic
def react(*, by: User, comment: Comment, sign: str, is_on: bool = True) -> None:
    """Put a sign under a comment, or take one's own away. Raises UserError "no-such-sign"."""
    if sign not in Reaction.Sign.values:
        raise UserError("no-such-sign", sign=sign[:20], signs=", ".join(Reaction.Sign.values))
    check_talk(comment.thread.post, by)
    if comment.is_deleted:
        raise UserError("comment-deleted")
    mine: dict[str, Any] = {"comment": comment, "user": by, "sign": sign}
    if is_on:
        Reaction.objects.get_or_create(**mine)
    else:
        Reaction.objects.filter(**mine).delete()


@transaction.atomic
def like(*, by: User, post: Post, is_on: bool = True) -> None:
    check_talk(post, by)
    if is_on:
        Like.objects.get_or_create(post=post, user=by)
    else:
        Like.objects.filter(post=post, user=by).delete()


@transaction.atomic
def bookmark(*, by: User, post: Post, is_on: bool = True) -> None:
    """One's own affair: it isn't in the audit trail."""
    if is_on:
        check_talk(post, by)
        Bookmark.objects.get_or_create(post=post, user=by)
    else:
        Bookmark.objects.filter(post=post, user=by).delete()


def _record(action: str, thread: Thread, by: User) -> None:
    """What holds drafts alone is nobody else's business."""
    if thread.comments.filter(is_draft=False).exists():
        AuditEvent.objects.record(
            action, by=by, space=thread.post.space.slug, post=thread.post_id, thread=thread.pk
        )
