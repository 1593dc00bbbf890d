"""Reviews: what colleagues said of a proposed revision before, or after, readers see it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Role
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of the spaces whose member the user is: what is reviewed is not published yet."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        memberships = Membership.objects.filter(user=user).values("space")
        return self.filter(post__space__in=memberships, post__in=Post.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def of_live_posts(self) -> Self:
        return self.exclude(post__status=Post.Status.DELETED)

    def for_me(self, user: User) -> Self:
        """Where the user's word is awaited: they may review, wrote none of it, and said nothing of it yet.

        Those that ask for the user by name, and those that ask for nobody.
        """
        may_review = Membership.objects.filter(user=user, role__in=Role.at_least(Role.REVIEWER)).values(
            "space"
        )
        said = Verdict.objects.filter(review=OuterRef("pk"), revision=OuterRef("revision"))
        asked = ReviewRequest.objects.filter(review=OuterRef("pk"))
        wrote = Contribution.objects.filter(review=OuterRef("pk"), user=user)
        mine = Exists(asked.filter(user=user)) | ~Exists(asked)
        waiting = self.filter(mine, state=Review.State.OPEN, post__space__in=may_review)
        return waiting.filter(
            ~Exists(said.filter(reviewer=user).exclude(kind=Verdict.Kind.COMMENT)), ~Exists(wrote)
        )

    def of_mine(self, user: User) -> Self:
        """What the user proposed or wrote, and waits for others, or for the user."""
        return self.open().filter(Exists(Contribution.objects.filter(review=OuterRef("pk"), user=user)))

    def stuck(self, *, now: datetime | None = None) -> Self:
        """Open for longer than their space lets a review rest without a word."""
        days = F("post__space__stuck_after_days") * timedelta(days=1)
        return self.open().filter(moved_at__lt=(now or timezone.now()) - days)

    def after(self, last: "Review") -> Self:
        """What follows `last` in a list, the one that moved latest first."""
        return self.filter(Q(moved_at__lt=last.moved_at) | Q(moved_at=last.moved_at, pk__lt=last.pk))

    def for_lists(self) -> Self:
        """With what a list shows of each, in one query and without the rendered content."""
        related = ("post__space", "revision", "base", "opened_by")
        return self.select_related(*related).defer("revision__header", "base__header")


class Review(models.Model):
    """Spans the revisions of one post until one is approved. `revision` is the newest that was proposed.

    Verdicts are of one revision each; only those of `revision` count. `base` is what readers saw when it was
    proposed.
    """

    class State(models.TextChoices):
        OPEN = "open", "In review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        WITHDRAWN = "withdrawn", "Withdrawn"

    post = models.ForeignKey(Post, models.CASCADE, related_name="reviews")
    revision = models.ForeignKey(Revision, models.RESTRICT, related_name="+")
    base = models.ForeignKey(Revision, models.RESTRICT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now, help_text="When somebody last did something.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-moved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(state__in=["open", "changes_requested"]),
                name="one_open_review_a_post",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "changes_requested"], closed_at=None)
                | (~Q(state__in=["open", "changes_requested"]) & Q(closed_at__isnull=False)),
                name="closed_reviews_say_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-moved_at", "-id"],
                name="review_queue",
                condition=Q(state__in=["open", "changes_requested"]),
            )
        ]

    def __str__(self) -> str:
        return f"review {self.pk} of {self.post_id}"

    def get_absolute_url(self) -> str:
        return reverse("review", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


OPEN = (Review.State.OPEN, Review.State.CHANGES_REQUESTED)


class Verdict(models.Model):
    """What one reviewer said of one revision. The newest of a reviewer counts."""

    class Kind(models.TextChoices):
        APPROVE = "approve", "Approved"
        REQUEST_CHANGES = "request_changes", "Requested changes"
        COMMENT = "comment", "Commented"

    review = models.ForeignKey(Review, models.CASCADE, related_name="verdicts")
    revision = models.ForeignKey(Revision, models.RESTRICT, related_name="+")
    reviewer = models.ForeignKey(User, models.SET_NULL, null=True, related_name="verdicts")
    reviewer_name = models.CharField(max_length=150, help_text="Kept when the account goes.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    summary = models.TextField(blank=True)
    checked = models.JSONField(default=list, help_text="What of the space's checklist the reviewer held.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["review", "revision", "reviewer"])]

    def __str__(self) -> str:
        return f"{self.reviewer_name}: {self.kind}"


class ReviewRequest(models.Model):
    """Somebody whose review is asked for by name."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="requests")
    user = models.ForeignKey(User, models.CASCADE, related_name="review_requests")
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="asked_once")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.review_id}"


class Contribution(models.Model):
    """Somebody who wrote, committed or pushed part of what is reviewed, and so can't approve it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="contributors_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.review_id}"
