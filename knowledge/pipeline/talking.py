"""Talking about a post: threads, replies, changes to what one said. See settling.py for what becomes of a
thread, and talk_news.py for who hears of it.

The thread is locked before its comments are written, so that what follows of them (an answer, say) is sure.
"""

from collections.abc import Collection
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
    Review,
    Revision,
    Thread,
    User,
)
from knowledge.permissions import check_delete, check_edit, check_quotable, check_talk, talker
from knowledge.pipeline import talk_news
from knowledge.pipeline.anchors import WHOLE, Spot
from knowledge.pipeline.index import request_index
from knowledge.rendering.remarks import LONGEST, PROFILE, remark
from knowledge.review_table import Act, check
from knowledge.suggestions import is_shown, suggested

A_MINUTE = 10  # comments and changes of one person
OF_A_REVIEW = 60  # of those in one review, where many are sent at once
DRAFTS = 300  # of one person, in all reviews


@transaction.atomic
def start_thread(
    *,
    by: User,
    post: Post,
    revision: Revision,
    body: str,
    spot: Spot = WHOLE,
    is_question: bool = False,
    review: Review | None = None,
    is_draft: bool = False,
) -> Comment:
    """Say something about `revision` of `post`, or ask its authors; the comment is the first of its thread.

    In a `review` it is said among the members of the space; there a draft is sent with a verdict
    (review_talk.py). Raises UserError "no-such-post", "post-is-gone", "not-published-yet", "empty-comment",
    "long-comment", "too-many-comments", and as review_table.check does.
    """
    check_talk(post, by)
    if review:
        check(Act.COMMENT, review, by)
    else:
        check_quotable(revision)
    _check_pace(by, review, is_draft=is_draft)
    body = _checked(body)
    thread = Thread.objects.create(
        post=post,
        review=review,
        revision=revision,
        started_by=by,
        is_question=is_question and review is None,
        **asdict(spot),
    )
    return _say(by, thread, body, is_draft=is_draft, is_first=True)


@transaction.atomic
def reply(*, by: User, thread: Thread, body: str, is_draft: bool = False) -> Comment:
    """The post's people answer a question by a reply. Raises UserError as `start_thread` does."""
    check_talk(thread.post, by)
    if thread.review:
        check(Act.COMMENT, thread.review, by)
    _check_pace(by, thread.review, is_draft=is_draft)
    body = _checked(body)
    held = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    held.post, held.review = thread.post, thread.review
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
    held.thread = Thread.objects.select_related("post__space", "review").get(pk=held.thread_id)
    post = held.thread.post
    check_edit(held, by)
    if held.applied_as:
        raise UserError("suggestion-applied", commit=held.applied_as[:10])
    check_talk(post, by)
    body = _checked(body)
    if body == held.body:
        return held
    _check_pace(by, held.thread.review, is_draft=held.is_draft)
    now = timezone.now()
    if not held.is_draft:
        before = held.edited_at or held.created_at
        CommentVersion.objects.create(comment=held, body=held.body, written_at=before, replaced_at=now)
        held.edited_at = now
    known = {name.lower() for name in held.mentions}
    _write(held, held.thread, body)
    held.save(update_fields=["body", "html", "profile", "mentions", "edited_at"])
    if not held.is_draft:
        AuditEvent.objects.record("comment.edit", by=by, space=post.space.slug, post=post.pk, comment=held.pk)
        fresh = [user for user in mentioned_in(held) if user.username.lower() not in known]
        talk_news.tell_mentioned(held, post, fresh, by=by)
        _index(held.thread)
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
    _index(held.thread)
    return held


def mentioned_in(comment: Comment) -> list[User]:
    """Who is named in it by `@name` and sees its post, and its review."""
    return _people(comment.mentions, comment.thread)


def html_of(comment: Comment) -> str:
    """Its words as markup that is safe to show: as stored, unless comments are drawn otherwise by now."""
    if comment.profile == PROFILE:
        return comment.html
    return remark(comment.body).shown({})


def suggestion_in(comment: Comment) -> str | None:
    """The text that it suggests for its place, as whoever reads it sees; None without one."""
    text = suggested(comment.body)
    return text if text is not None and is_shown(text, html_of(comment)) else None


def _say(by: User, thread: Thread, body: str, *, is_draft: bool, is_first: bool) -> Comment:
    comment = Comment(thread=thread, author=by, author_name=by.get_full_name(), is_draft=is_draft)
    _write(comment, thread, body)
    comment.save()
    if not is_draft:
        record_said(comment, thread, by=by)
        talk_news.tell_said(comment, thread, mentioned_in(comment), by=by, is_first=is_first)
        _index(thread)
    return comment


def _index(thread: Thread) -> None:
    """What readers say of a post is found with it; what is said in a review is for few."""
    if thread.review_id is None:
        request_index([thread.post_id])


def record_said(comment: Comment, thread: Thread, *, by: User) -> None:
    """In the audit trail."""
    AuditEvent.objects.record(
        "comment.create",
        by=by,
        space=thread.post.space.slug,
        post=thread.post_id,
        thread=thread.pk,
        comment=comment.pk,
    )


def _write(comment: Comment, thread: Thread, body: str) -> None:
    drawn = remark(body)
    comment.body, comment.profile = body, PROFILE
    comment.mentions = list(drawn.names)
    people = _people(drawn.names, thread)
    comment.html = drawn.shown({
        user.username.lower(): reverse("person", args=[user.username]) for user in people
    })  # fmt: skip


def _people(names: Collection[str], thread: Thread) -> list[User]:
    if not names:
        return []
    post = thread.post
    wanted = {*names, *(name.lower() for name in names)}
    users = list(User.objects.filter(username__in=wanted, is_active=True))
    readers = Readers.of([user.pk for user in users], [post.space_id])
    if thread.review_id:
        return [user for user in users if readers.reviews(user.pk, post, thread.revision)]
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


def _check_pace(by: User, review: Review | None, *, is_draft: bool) -> None:
    """Locks the person, so that what is sent at once is counted too. Drafts reach nobody."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    theirs = Comment.objects.filter(author=by)
    if is_draft:
        if theirs.filter(is_draft=True).count() >= DRAFTS:
            raise UserError("too-many-drafts", limit=DRAFTS)
        return
    since = timezone.now() - timedelta(minutes=1)
    said = theirs.filter(thread__review=review, is_draft=False, created_at__gt=since).count()
    changed = CommentVersion.objects.filter(
        comment__author=by, comment__thread__review=review, replaced_at__gt=since
    ).count()
    limit = OF_A_REVIEW if review else A_MINUTE
    if said + changed >= limit:
        raise UserError("too-many-comments", limit=limit)


def _may_answer(thread: Thread, by: User) -> bool:
    standing = talker(thread.post, by)
    return standing.wrote or standing.maintains
