"""Reviewing: asking for a review, what reviewers say of a revision, and what follows: approval publishes.

Locks are taken in the order post, review, after those that ingest and publish take.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from knowledge import life
from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Comment,
    Membership,
    Post,
    Rendering,
    Review,
    ReviewRequest,
    Revision,
    Role,
    User,
    Verdict,
)
from knowledge.permissions import check_write
from knowledge.pipeline import (
    facts,
    ledger,
    proposing,
    publish,
    question_answers,
    resting,
    superseding,
    using,
)
from knowledge.pipeline.review_news import tell_asked, tell_verdict
from knowledge.pipeline.review_talk import send_drafts
from knowledge.policy import Policies
from knowledge.review_table import Act, check, reviewers_of

Kind = Verdict.Kind
ACTS = {Kind.APPROVE: Act.APPROVE, Kind.REQUEST_CHANGES: Act.REQUEST_CHANGES, Kind.COMMENT: Act.COMMENT}


@transaction.atomic
def give_verdict(
    *,
    by: User,
    review: Review,
    revision: int,
    kind: Kind,
    summary: str = "",
    checked: Collection[str] = (),
) -> Verdict:
    """Say it of the revision with the id `revision`, which must still be the newest of the review.

    What `by` drafted on its cells and lines is sent with it. With the approvals that the policy asks for, and
    nobody's request for changes, the revision is published. Raises UserError as check() does,
    "review-moved-on", "not-readable" or "empty-verdict".
    """
    review = locked(review)
    check(ACTS[kind], review, by)
    if revision != review.revision_id:
        seen = (
            Revision.objects.filter(post=review.post_id, pk=revision).values_list("number", flat=True).first()
        )
        raise UserError("review-moved-on", newest=review.revision.number, seen=seen or "an older one")
    if kind == Kind.COMMENT and not summary.strip() and not Comment.objects.drafts_of(by, review).exists():
        raise UserError("empty-verdict")
    if kind == Kind.APPROVE and review.revision.rendering.state != Rendering.State.READY:
        raise UserError("not-readable", number=review.revision.number)
    verdict = Verdict.objects.create(
        review=review,
        revision=review.revision,
        reviewer=by,
        reviewer_name=by.username,
        kind=kind,
        summary=summary.strip(),
        checked=[point for point in review.post.space.checklist if point in checked],
    )
    AuditEvent.objects.record(
        f"review.{kind}", by=by, review=review.pk, post=review.post_id, revision=review.revision.number
    )
    tell_verdict(review, verdict, by=by, comments=send_drafts(review, by=by))
    if review.is_open:
        _draw_conclusion(review, by=by)
    return verdict


@transaction.atomic
def request_review(*, by: User, post: Post, usernames: Collection[str] = ()) -> Review:
    """Ask for a review of the post's newest revision where none is open.

    Raises UserError "not-a-member", "nothing-to-review", "review-open" or "not-a-reviewer".
    """
    check_write(post.space, by)
    held = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    newest = held.latest_revision
    if newest is None or held.status == Post.Status.DELETED:
        raise UserError("nothing-to-review", path=post.path)
    if there := Review.objects.open().filter(post=post).first():
        raise UserError("review-open", path=post.path, url=there.get_absolute_url())
    newest.post = held
    proposing.propose([newest])
    review = Review.objects.open().select_related("post__space").get(post=post)
    AuditEvent.objects.record("review.request", by=by, review=review.pk, post=post.pk, revision=newest.number)
    if usernames:
        ask(by=by, review=review, usernames=usernames)
    return review


@transaction.atomic
def withdraw(*, by: User, review: Review) -> None:
    """Close it without an approval. What is held stays held."""
    review = locked(review)
    check(Act.WITHDRAW, review, by)
    _close(review, Review.State.WITHDRAWN, by=by)
    life.settle(review.post, "withdraw")
    review.post.save(update_fields=proposing.STATE)
    AuditEvent.objects.record("review.withdraw", by=by, review=review.pk, post=review.post_id)


@transaction.atomic
def ask(*, by: User, review: Review, usernames: Collection[str]) -> None:
    """Ask people by name. Raises UserError "not-a-reviewer" for who can't review it, or wrote part of it."""
    check(Act.ASK, review, by)
    space = review.post.space
    reviewers = Membership.objects.filter(
        space=space, role__in=Role.at_least(Role.REVIEWER), user__is_active=True, user__username__in=usernames
    )
    reviewers = reviewers.exclude(user__in=review.contributions.values("user"))
    found = {member.user.username: member.user for member in reviewers.select_related("user")}
    for name in usernames:
        if name not in found:
            raise UserError(
                "not-a-reviewer", user=name, space=space.slug, reviewers=reviewers_of(space, but=by)
            )
    rows = [ReviewRequest(review=review, user=user, requested_by=by) for user in found.values()]
    ReviewRequest.objects.bulk_create(rows, ignore_conflicts=True)
    tell_asked(review, found.values(), by=by)
    AuditEvent.objects.record("review.ask", by=by, space=space.slug, review=review.pk, users=sorted(found))


def locked(review: Review) -> Review:
    """The review as it is now, with its revision, rendering and post, locked for the transaction."""
    post = Post.objects.select_for_update(no_key=True).get(pk=review.post_id)
    found = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    found.post = post
    revisions = Revision.objects.select_related("rendering").defer("rendering__text", "rendering__passages")
    found.revision = revisions.get(pk=found.revision_id)
    return found


def standing(review: Review) -> dict[User, Verdict]:
    """Of each who may review still: the newest verdict on the review's revision that counts."""
    said = (
        review.verdicts.filter(revision=review.revision_id).exclude(kind=Kind.COMMENT).exclude(reviewer=None)
    )
    members = Membership.objects.filter(
        space=review.post.space_id, role__in=Role.at_least(Role.REVIEWER), user__is_active=True
    )
    counts = said.filter(reviewer__in=members.values("user")).select_related("reviewer").order_by("at", "pk")
    return {verdict.reviewer: verdict for verdict in counts if verdict.reviewer}


def _draw_conclusion(review: Review, *, by: User) -> None:
    kinds = [verdict.kind for verdict in standing(review).values()]
    needed = Policies(review.post.space).at(review.post.path).approvals
    now = timezone.now()
    if Kind.REQUEST_CHANGES in kinds:
        _stand(review, Review.State.CHANGES_REQUESTED, "request changes", at=now)
    elif kinds.count(Kind.APPROVE) >= needed:
        _approve(review, by=by, at=now)
    else:
        was_asked = review.state == Review.State.CHANGES_REQUESTED
        _stand(review, Review.State.OPEN, "take back" if was_asked else "propose", at=now)


def _stand(review: Review, state: Review.State, happening: str, *, at: datetime) -> None:
    review.state, review.moved_at = state, at
    review.save(update_fields=["state", "moved_at"])
    review.post.review_state = state
    life.settle(review.post, happening)
    review.post.save(update_fields=proposing.STATE)


def _approve(review: Review, *, by: User, at: datetime) -> None:
    """The revision is free, and readers see it at once."""
    post, revision = review.post, review.revision
    _close(review, Review.State.APPROVED, by=by)
    life.settle(post, "approve")
    revision.is_held = False
    revision.save(update_fields=["is_held"])
    is_new = publish.put_forward(post, revision, at=at)
    facts.name_tags([post])
    post.save(update_fields=[*publish.COLUMNS, "review_state"])
    if is_new:
        publish.mark([revision], at=at)
        superseded = superseding.follow([revision])
        question_answers.follow([revision])
        ledger.follow([revision], superseded=superseded)
        using.follow([post.pk])
        resting.follow([revision])


def _close(review: Review, state: Review.State, *, by: User) -> None:
    review.state, review.closed_by, review.moved_at = state, by, timezone.now()
    review.closed_at = review.moved_at
    review.save(update_fields=["state", "closed_by", "closed_at", "moved_at"])
    review.post.review_state = ""
