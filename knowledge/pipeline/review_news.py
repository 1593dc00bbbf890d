"""Who hears of what happens in reviews and in the life of posts. Called within the verbs' transactions."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils import timezone

from knowledge import events
from knowledge.models import Contribution, Membership, Post, Review, ReviewRequest, Role, User, Verdict
from knowledge.pipeline.keepers import keepers, maintainers
from knowledge.pipeline.notify import Listener, News, tell, tell_all

EVENTS = {
    Verdict.Kind.APPROVE: "review.approved",
    Verdict.Kind.REQUEST_CHANGES: "review.changes_requested",
    Verdict.Kind.COMMENT: "review.commented",
}


def tell_proposed(opened: Collection[Review], moved: Collection[Review]) -> None:
    """Reviewers hear of new revisions: who was asked or spoke before, else who may review there.

    Four queries and those of telling, however many the reviews.
    """
    reviews = [*opened, *moved]
    asked = _by_review(ReviewRequest.objects.filter(review__in=reviews).values_list("review", "user"))
    spoke = _by_review(Verdict.objects.filter(review__in=moved).values_list("review", "reviewer"))
    spaces = {review.revision.post.space_id for review in reviews}
    members = Membership.objects.filter(space__in=spaces, role__in=Role.at_least(Role.REVIEWER))
    may_review = _by_review(members.values_list("space", "user"))
    wrote = _by_review(Contribution.objects.filter(review__in=reviews).values_list("review", "user"))
    news = []
    for review in reviews:
        people = asked.get(review.pk, set()) | spoke.get(review.pk, set())
        people = (people or may_review.get(review.revision.post.space_id, set())) - wrote.get(
            review.pk, set()
        )
        event = "revision.proposed" if review in moved else "review.requested"
        news.append(_news(event, review, people, "reviewer", by=review.revision.pushed_by))
    tell_all(news)


def tell_asked(review: Review, users: Iterable[User], *, by: User) -> None:
    tell_all([_news("review.requested", review, {user.pk for user in users}, "asked", by=by)])


def tell_verdict(review: Review, verdict: Verdict, *, by: User, comments: int = 0) -> None:
    """Those who wrote it, and who was asked or spoke before; `comments` came with it."""
    wrote = set(review.contributions.values_list("user", flat=True))
    others = set(review.requests.values_list("user", flat=True)) | set(
        review.verdicts.exclude(reviewer=None).values_list("reviewer", flat=True)
    )
    with_it = f"{comments} comment{'s' * (comments > 1)} on its cells." if comments else ""
    said = "\n\n".join(filter(None, [verdict.summary, with_it]))
    detail = {"verdict": verdict.pk, "text": said}
    theirs = _news(EVENTS[Verdict.Kind(verdict.kind)], review, wrote, "author", by=by, **detail)
    rest = _news(EVENTS[Verdict.Kind(verdict.kind)], review, others - wrote, "reviewer", by=by, **detail)
    tell_all([theirs, rest])


def tell_stale(posts: Iterable[Post], *, to_maintainers: bool = False) -> None:
    """One post after the other: a few an hour are many."""
    for post in posts:
        answering = maintainers(post) if to_maintainers else keepers(post)
        reason = "maintainer" if to_maintainers else "owner"
        detail = {"due": f"{post.due_on} {post.attention_stage}", "url": f"/p/{post.pk}/life"}
        tell(
            event="post.stale",
            post=post,
            by=None,
            people=[(user, reason) for user in answering],
            detail=detail,
        )


def tell_archived(post: Post, *, by: User) -> None:
    authors = User.objects.filter(authorships__post=post).distinct()
    followers = User.objects.filter(subscriptions__post=post).distinct()
    people = [*((user, "author") for user in authors), *((user, "subscribed-post") for user in followers)]
    detail = {"time": timezone.now().isoformat(), "text": post.archived_why}
    tell(event="post.archived", post=post, by=by, people=people, detail=detail)


def _news(
    event: str, review: Review, users: Iterable[int | None], reason: str, *, by: User | None, **detail: Any
) -> News:
    post = review.revision.post
    listeners = [Listener(user, reason, events.because(reason)) for user in users if user]
    about = {"review": review.pk, "url": review.get_absolute_url()} | detail
    return News(event, post, by, review.revision, listeners, about)


def _by_review(pairs: Iterable[Sequence[Any]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, user in pairs:
        if user:
            found.setdefault(key, set()).add(user)
    return found
