"""Insights: what posts publish under names of their own, and the readings that each has had."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse

from knowledge.models.post import Post
from knowledge.models.post_states import Status
from knowledge.models.review import Review, Verdict
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Space

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from knowledge.models.user import User

    _Decimal = models.DecimalField[Any, Any]
else:
    _Decimal = models.DecimalField


def _own_spaces(user: "User | AnonymousUser") -> Any:
    return Membership.objects.filter(user=user.pk).values("space")


class ExactField(_Decimal):
    """A number with as many digits as it was written with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "max_digits": 1_000, "decimal_places": 500})  # of which none is stored

    def db_type(self, connection: Any) -> str:
        return "numeric"


class InsightQuerySet(models.QuerySet["Insight"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of posts that the user sees, as they are published; of posts that are gone, to members."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        published = Post.objects.visible_to(user).filter(published_revision__isnull=False)
        return self.filter(
            Q(post__in=published.order_by().values("pk")) | Q(post=None, space__in=_own_spaces(user))
        )

    def tagged(self, tag: str) -> Self:
        """Of posts with the tag, by whichever of its names."""
        return self.filter(post__in=Post.objects.tagged(tag).order_by().values("pk"))

    def by_author(self, name: str) -> Self:
        """Of posts of somebody's, by user name or as headers spell them."""
        return self.filter(post__in=Post.objects.by_author(name).order_by().values("pk"))

    def in_state(self, state: "Insight.State") -> Self:
        """What Insight.status says, asked of the database."""
        gone = Q(post=None) | Q(withdrawn_at__isnull=False)
        gone |= Q(post__status__in=[Status.DELETED, Status.ARCHIVED])
        if state == Insight.State.WITHDRAWN:
            return self.filter(gone)
        there = self.filter(post__isnull=False, withdrawn_at=None).exclude(
            post__status__in=[Status.DELETED, Status.ARCHIVED]
        )
        if state == Insight.State.SUPERSEDED:
            return there.filter(post__status=Status.SUPERSEDED)
        there = there.exclude(post__status=Status.SUPERSEDED)
        return there.filter(post__attention_since__isnull=state == Insight.State.CURRENT)

    def with_facts(self, user: "User | AnonymousUser", *, at: datetime | None = None) -> Self:
        """With what tells their status, and the ids of the last two readings that `user` sees, up to `at`."""
        readings = Reading.objects.visible_to(user).filter(insight=OuterRef("pk")).newest_first()
        readings = readings.at(at) if at else readings
        return self.select_related("space", "post__space", "post__superseded_by__space").annotate(
            newest=ArraySubquery(readings.values("pk")[:2])
        )


class Insight(models.Model):
    """`post` publishes it; once that is gone, or says it no more, another may take the name over."""

    class State(models.TextChoices):
        CURRENT = "current", "Current"
        STALE = "stale", "Needs a look"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    space = models.ForeignKey(Space, models.CASCADE, related_name="insights")
    name = models.CharField(max_length=100)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="insights")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(help_text="When its newest reading was published.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When its post said it no more.")

    objects = InsightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["space", "name"], name="a_name_once_in_a_space"),
        ]
        indexes = [models.Index(fields=["-changed_at", "-id"], name="insight_changed")]

    def __str__(self) -> str:
        return f"{self.space_id}/{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("insight", args=[self.space.slug, self.name])

    @property
    def status(self) -> "Insight.State":
        post = self.post
        if post is None or self.withdrawn_at or post.status in {Status.DELETED, Status.ARCHIVED}:
            return self.State.WITHDRAWN
        if post.status == Status.SUPERSEDED:
            return self.State.SUPERSEDED
        return self.State.STALE if post.attention_since else self.State.CURRENT


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of published revisions that nothing holds back since, of posts that the user sees."""
        if not user.is_authenticated:
            return self.none()
        shown = Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[])
        if user.is_superuser:
            return self.filter(shown)
        seen = Q(post__in=Post.objects.visible_to(user).order_by().values("pk"))
        return self.filter(shown, seen | Q(post=None, insight__space__in=_own_spaces(user)))

    def shown(self) -> Self:
        """Of revisions that nothing holds back since: to whoever sees their posts."""
        return self.filter(Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[]))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def at(self, moment: datetime) -> Self:
        """What there was to see then."""
        return self.filter(published_at__lte=moment)

    def with_reviewers(self) -> Self:
        """With the names of who approved the revision."""
        given = Verdict.objects.filter(
            revision=OuterRef("revision"), kind=Verdict.Kind.APPROVE, review__state=Review.State.APPROVED
        )
        return self.annotate(reviewed_by=ArraySubquery(given.order_by("at", "pk").values("reviewer_name")))


class Reading(models.Model):
    """What one revision said. All that is told of it is kept here: it outlives its post.

    `number` is the value where it is a number, exactly as it was written.
    """

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="readings")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="readings")
    revision_number = models.PositiveIntegerField()
    commit = models.CharField(max_length=40)
    value = models.JSONField()
    number = ExactField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    as_of = models.CharField(max_length=40, blank=True, help_text="A date or time by ISO 8601.")
    interval = ArrayField(models.FloatField(), size=2, null=True)
    dimensions = models.JSONField(default=dict)
    title = models.CharField(max_length=200, blank=True)
    limits = models.JSONField(default=dict)
    anchor = models.CharField(max_length=200, blank=True, help_text="Leads to the cell that put it out.")
    authors = ArrayField(models.CharField(max_length=320), default=list)
    reason = models.CharField(max_length=300, blank=True, help_text="The first line of the commit's message.")
    published_at = models.DateTimeField()

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["insight", "revision"], name="one_reading_of_a_revision"),
        ]
        indexes = [models.Index(fields=["insight", "-published_at", "-id"], name="reading_newest")]

    def __str__(self) -> str:
        return f"{self.insight_id} r{self.revision_number}"
