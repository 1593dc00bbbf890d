"""Whom to ask for a review: who reviewed or wrote what is like it. Starts nothing."""

from dataclasses import dataclass

from django.db.models import Count, Q

from knowledge.models import Authorship, Membership, Review, Role, User, Verdict

MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    user: User
    why: str


def suggested_reviewers(review: Review) -> list[Suggestion]:
    """At most MOST who may review and wrote none of it, those who know most of it first. Three queries."""
    post, space = review.post, review.post.space
    alike = (
        Q(post__space=space) & (Q(post__tags__overlap=post.tags) | Q(post=post))
        if post.tags
        else Q(post=post)
    )
    reviewed = Verdict.objects.filter(
        reviewer__isnull=False, review__in=Review.objects.filter(alike)
    ).values_list("reviewer")
    reviews = dict(reviewed.annotate(number=Count("review", distinct=True)).order_by())
    written = Authorship.objects.filter(alike, user__isnull=False).exclude(post=post).values_list("user")
    posts = dict(written.annotate(number=Count("pk")).order_by())
    members = Membership.objects.filter(
        space=space, role__in=Role.at_least(Role.REVIEWER), user__is_active=True
    ).exclude(user__in=review.contributions.values("user"))
    members = members.exclude(user__in=review.requests.values("user")).select_related("user")
    ranked = sorted(
        members[:500],
        key=lambda member: (
            -reviews.get(member.user_id, 0) - posts.get(member.user_id, 0),
            member.user.username,
        ),
    )
    return [
        Suggestion(member.user, _why(reviews.get(member.user_id, 0), posts.get(member.user_id, 0)))
        for member in ranked[:MOST]
    ]


def _why(reviews: int, posts: int) -> str:
    """In words, why this one."""
    said = []
    if reviews:
        said.append(f"reviewed {reviews} like it")
    if posts:
        said.append(f"wrote {posts} post{'s' if posts > 1 else ''} like it")
    return " and ".join(said) or "reviewer of the space"
