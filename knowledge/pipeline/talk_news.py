"""Who hears of what is said about a post. Called within the verbs' transactions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from knowledge.models import Comment, Post, Readers, Review, Thread, User
from knowledge.pipeline.keepers import keepers
from knowledge.pipeline.notify import tell


def tell_said(
    comment: Comment, thread: Thread, mentioned: Collection[User], *, by: User, is_first: bool
) -> None:
    """Who is named; who is asked; else the authors, who took part, and who follows the post. Each once."""
    post = thread.post
    tell_mentioned(comment, post, mentioned, by=by)
    if thread.review:
        _tell_reviewed(comment, thread, thread.review, but=mentioned, by=by)
        return
    told = {user.pk for user in mentioned}
    asked = keepers(post) if is_first and thread.is_question else []
    if asked:
        people = [(user, "asked") for user in asked if user.pk not in told]
        tell(event="question.asked", post=post, by=by, people=people, detail=_detail(comment))
        told |= {user.pk for user in asked}
    authors = User.objects.filter(authorships__post=post).distinct()
    followers = User.objects.filter(subscriptions__post=post).distinct()
    people = [(user, "author") for user in authors] + [(user, "subscribed-post") for user in followers]
    if post.owner:
        people.append((post.owner, "owner"))
    if not is_first:
        people += [(user, "participant") for user in _participants(thread)]
    event = "comment.created" if is_first else "comment.replied"
    rest = [(user, reason) for user, reason in people if user.pk not in told]
    tell(event=event, post=post, by=by, people=rest, detail=_detail(comment))


def tell_mentioned(comment: Comment, post: Post, users: Collection[User], *, by: User) -> None:
    if users:
        people = [(user, "mentioned") for user in users]
        tell(event="comment.mentioned", post=post, by=by, people=people, detail=_detail(comment))


def tell_resolved(thread: Thread, *, by: User, at: datetime) -> None:
    detail = {"thread": thread.pk, "time": at.isoformat(), "url": thread.get_absolute_url()}
    detail |= _where(thread)
    people = [(user, "participant") for user in _participants(thread)]
    if thread.review_id:
        readers = Readers.of({user.pk for user, _ in people}, [thread.post.space_id])
        people = [
            (user, why) for user, why in people if readers.reviews(user.pk, thread.post, thread.revision)
        ]
    tell(event="thread.resolved", post=thread.post, by=by, people=people, detail=detail)


def _tell_reviewed(
    comment: Comment, thread: Thread, review: Review, *, but: Collection[User], by: User
) -> None:
    """Only who takes part in the review, whom its pages are for."""
    post = thread.post
    wrote = User.objects.filter(pk__in=review.contributions.values("user"))
    spoke = User.objects.filter(verdicts__review=review).distinct()
    people = [(user, "author") for user in wrote] + [(user, "reviewer") for user in spoke]
    people += [(user, "participant") for user in _participants(thread)]
    readers = Readers.of({user.pk for user, _ in people}, [post.space_id])
    told = [
        (user, why)
        for user, why in people
        if user not in but and readers.reviews(user.pk, post, thread.revision)
    ]
    tell(event="review.discussed", post=post, by=by, people=told, detail=_detail(comment))


def _participants(thread: Thread) -> Collection[User]:
    return User.objects.filter(comments__thread=thread, comments__is_draft=False).distinct()


def _detail(comment: Comment) -> dict[str, Any]:
    return {
        "comment": comment.pk,
        "thread": comment.thread_id,
        "text": comment.body,
        "url": comment.get_absolute_url(),
    } | _where(comment.thread)


def _where(thread: Thread) -> dict[str, int]:
    """Of what is said among members: by it, those who are no more don't see the notification."""
    return {"review": thread.review_id} if thread.review_id else {}
