"""Talking about a post: threads, replies, changes to what one said. See settling.py for what becomes of a
thread, and talk_news.py for who hears of it.

The thread is locked before its comments are written, so that what follows of them (an answer, say) is sure.
"""

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Comment,
    CommentVersion,
    Notification,
    Post,
    Readers,
    Revision,
    Thread,
    User,
)
from knowledge.permissions import check_delete, check_edit, check_quotable, check_talk, talker
from knowledge.pipeline import talk_news
from knowledge.pipeline.anchors import WHOLE, Spot
from knowledge.rendering.remarks import LONGEST, PROFILE, Remark, remark

A_MINUTE = 10  # comments and changes of one person


@transaction.atomic
def start_thread(
    *,
    by: User,
    post: Post,
    revision: Revision,
    body: str,
    spot: Spot = WHOLE,
    is_question: bool = False,
    is_draft: bool = False,
) -> Comment:
    """Say something about `revision` of `post`, or ask its authors; the comment is the first of its thread.

    Raises UserError "no-such-post", "post-is-gone", "not-published-yet", "empty-comment", "long-comment" or
    "too-many-comments".
    """
    check_talk(post, by)
    check_quotable(revision)
    _check_pace(by)
    body = _checked(body)
    thread = Thread.objects.create(
        post=post, revision=revision, started_by=by, is_question=is_question, **asdict(spot)
    )
    return _say(by, thread, body, is_draft=is_draft, is_first=True)


@transaction.atomic
def reply(*, by: User, thread: Thread, body: str, is_draft: bool = False) -> Comment:
    """The post's people answer a question by a reply. Raises UserError as `start_thread` does."""
    check_talk(thread.post, by)
    _check_pace(by)
    body = _checked(body)
    held = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    held.post = thread.post
    comment = _say(by, held, body, is_draft=is_draft, is_first=False)
    is_open = held.is_question and held.answered_at is None and held.started_by_id != by.pk
    if is_open and not is_draft and _may_answer(held, by):
        held.answered_at = comment.created_at
        held.save(update_fields=["answered_at"])
    return comment


@transaction.atomic
def edit(*, by: User, comment: Comment, body: str) -> Comment:
    """Say it otherwise; what it said before is kept, and everybody who sees it may read that.

    Raises UserError "not-your-comment", "comment-deleted", and as `start_thread` does.
    """
    held = Comment.objects.select_for_update(no_key=True, of=("self",)).get(pk=comment.pk)
    post = Post.objects.select_related("space").get(threads=held.thread_id)
    check_edit(held, by)
    check_talk(post, by)
    body = _checked(body)
    if body == held.body:
        return held
    _check_pace(by)
    now = timezone.now()
    if not held.is_draft:
        before = held.edited_at or held.created_at
        CommentVersion.objects.create(comment=held, body=held.body, written_at=before, replaced_at=now)
        held.edited_at = now
    known = {name.lower() for name in held.mentions}
    _write(held, post, body)
    held.save(update_fields=["body", "html", "profile", "mentions", "edited_at"])
    AuditEvent.objects.record("comment.edit", by=by, space=post.space.slug, post=post.pk, comment=held.pk)
    if not held.is_draft:
        fresh = [user for user in mentioned_in(held) if user.username.lower() not in known]
        talk_news.tell_mentioned(held, post, fresh, by=by)
    return held


@transaction.atomic
def delete(*, by: User, comment: Comment) -> Comment:
    """Take it from the page; replies stay, and a line says who deleted it. A draft goes without a trace.

    What people were told of it goes with it. Raises UserError "not-yours-to-delete" or "comment-deleted".
    """
    held = Comment.objects.select_for_update(no_key=True, of=("self",)).get(pk=comment.pk)
    post = Post.objects.select_related("space").get(threads=held.thread_id)
    check_delete(held, post, by)
    if held.is_draft:
        thread = held.thread
        held.delete()
        if not thread.comments.exists():
            thread.delete()
        return held
    held.deleted_at, held.deleted_by = timezone.now(), by
    held.save(update_fields=["deleted_at", "deleted_by"])
    Notification.objects.filter(post=post, detail__comment=held.pk).delete()
    AuditEvent.objects.record(
        "comment.delete",
        by=by,
        space=post.space.slug,
        post=post.pk,
        comment=held.pk,
        author=held.author_name,
    )
    return held


def mentioned_in(comment: Comment) -> list[User]:
    """Who is named in it by `@name` and sees its post."""
    return _people(comment.mentions, comment.thread.post)


def html_of(comment: Comment) -> str:
    """Its words as markup that is safe to show: as stored, unless comments are drawn otherwise by now."""
    if comment.profile == PROFILE:
        return comment.html
    return remark(comment.body).shown({})


def preview(post: Post, body: str) -> str:
    """What a comment would look like."""
    return _shown(remark(_checked(body)), post)


def _say(by: User, thread: Thread, body: str, *, is_draft: bool, is_first: bool) -> Comment:
    comment = Comment(thread=thread, author=by, author_name=by.get_full_name(), is_draft=is_draft)
    _write(comment, thread.post, body)
    comment.save()
    if not is_draft:
        AuditEvent.objects.record(
            "comment.create",
            by=by,
            space=thread.post.space.slug,
            post=thread.post_id,
            thread=thread.pk,
            comment=comment.pk,
        )
        talk_news.tell_said(comment, thread, mentioned_in(comment), by=by, is_first=is_first)
    return comment


def _write(comment: Comment, post: Post, body: str) -> None:
    drawn = remark(body)
    comment.body, comment.profile = body, PROFILE
    comment.mentions = list(drawn.names)
    comment.html = _shown(drawn, post)


def _shown(drawn: Remark, post: Post) -> str:
    people = {
        user.username.lower(): reverse("person", args=[user.username]) for user in _people(drawn.names, post)
    }
    return drawn.shown(people)


def _people(names: "tuple[str, ...] | list[str]", post: Post) -> list[User]:
    if not names:
        return []
    wanted = {*names, *(name.lower() for name in names)}
    users = list(User.objects.filter(username__in=wanted, is_active=True))
    readers = Readers.of([user.pk for user in users], [post.space_id])
    return [user for user in users if readers.sees(user.pk, post)]


def _checked(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    body = body.encode(errors="replace").decode()
    size = len(body.encode())
    if not body:
        raise UserError("empty-comment")
    if size > LONGEST:
        raise UserError("long-comment", size=round(size / 1000, 1), limit=LONGEST // 1000)
    return body


def _check_pace(by: User) -> None:
    """Locks the person, so that what is sent at once is counted too."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    since = timezone.now() - timedelta(minutes=1)
    said = Comment.objects.filter(author=by, created_at__gt=since).count()
    changed = CommentVersion.objects.filter(comment__author=by, replaced_at__gt=since).count()
    if said + changed >= A_MINUTE:
        raise UserError("too-many-comments", limit=A_MINUTE)


def _may_answer(thread: Thread, by: User) -> bool:
    standing = talker(thread.post, by)
    return standing.wrote or standing.maintains
