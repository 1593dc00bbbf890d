"""Insights: what posts publish under names of their own, and the readings that each has had."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.db.models.lookups import IsNull
from django.urls import reverse

from knowledge.models.approvals import approvers
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet, seen_by
from knowledge.models.post_states import Status
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Space
from knowledge.models.statements import Slot

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from knowledge.models.user import User

    _Decimal = models.DecimalField[Any, Any]
else:
    _Decimal = models.DecimalField


def _own_spaces(user: "User | AnonymousUser") -> Any:
    return Membership.objects.filter(user=user.pk).values("space")


def _of(posts: PostQuerySet) -> Exists:
    """Of one of `posts`. A range of one id: for an equal one PostgreSQL would first list all of `posts`."""
    return Exists(posts.filter(pk__gte=OuterRef("post"), pk__lte=OuterRef("post")).order_by())


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
        published = seen_by(user, "post__") & Q(post__published_revision__isnull=False)
        return self.filter(published | Q(post=None, space__in=_own_spaces(user)))

    def named(self, address: str) -> Self:
        """By `<space>/<name>`."""
        space, _, name = address.replace("\x00", "").partition("/")
        return self.filter(space__slug=space, name=name)

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
        if state == Insight.State.SUSPECT:
            return there.filter(post__suspect_since__isnull=False)
        there = there.filter(post__suspect_since=None)
        if state == Insight.State.OUTSIDE:
            return there.exclude(outside=[])
        return there.filter(post__attention_since__isnull=state == Insight.State.CURRENT, outside=[])

    def called(self, words: str) -> Self:
        """With this as part of their name or title."""
        return self.filter(Q(name__icontains=words) | Q(title__icontains=words))

    def moved_since(self, moment: "datetime | Slot") -> Self:
        """What is told of them changed since then: a value or a state, or that it can be seen at all."""
        return self.filter(moved_at__gte=moment)

    def still_said(self) -> Self:
        """By posts that are neither gone nor out of date."""
        gone = [Status.DELETED, Status.ARCHIVED, Status.SUPERSEDED]
        return self.filter(post__isnull=False, withdrawn_at=None).exclude(post__status__in=gone)

    def with_facts(self, user: "User | AnonymousUser", *, at: datetime | None = None) -> Self:
        """With what tells their status, and the ids of the last two readings that `user` sees, up to `at`."""
        readings = Reading.objects.visible_to(user).filter(insight=OuterRef("pk")).newest_first()
        readings = readings.at(at) if at else readings
        return self.select_related("space", "post__space").annotate(
            newest=ArraySubquery(readings.values("pk")[:2])
        )


class Insight(models.Model):
    """`post` publishes it; once that is gone, or says it no more, another may take the name over."""

    class State(models.TextChoices):
        CURRENT = "current", "Current"
        SUSPECT = "suspect", "Suspect data"
        OUTSIDE = "out-of-limits", "Out of limits"
        STALE = "stale", "Needs a look"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    space = models.ForeignKey(Space, models.CASCADE, related_name="insights")
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True, help_text="As its newest reading has it.")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="insights")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(help_text="When its newest reading was published.")
    moved_at = models.DateTimeField(
        db_default=Now(), help_text="When what is told of it changed last; the database sees to it."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When its post said it no more.")
    outside = models.JSONField(default=list, help_text="The rules that its newest reading breaks.")
    control = models.JSONField(null=True, help_text="The limits that its history sets.")
    shifted_at = models.DateTimeField(
        null=True, help_text="When the reading of its last shift was published."
    )

    objects = InsightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["space", "name"], name="a_name_once_in_a_space"),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="insight_changed"),
            models.Index(fields=["-moved_at", "-id"], name="insight_moved"),
            models.Index(fields=["space", "-id"], name="insight_of_space"),
            models.Index(fields=["name"], name="insight_name"),
        ]

    def __str__(self) -> str:
        return f"{self.space_id}/{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("insight", args=[self.space.slug, self.name])

    @property
    def address(self) -> str:
        return f"{self.space.slug}/{self.name}"

    @property
    def status(self) -> "Insight.State":
        post = self.post
        return state_of(
            post.status if post else None,
            is_withdrawn=self.withdrawn_at is not None,
            is_suspect=bool(post and post.suspect_since),
            is_outside=bool(self.outside),
            is_late=bool(post and post.attention_since),
        )


def state_of(
    post_status: str | None,
    *,
    is_withdrawn: bool = False,
    is_suspect: bool = False,
    is_outside: bool = False,
    is_late: bool = False,
) -> Insight.State:
    """Of an insight whose post has that status; None where the post is gone. What weighs most is first."""
    if post_status is None or is_withdrawn or post_status in {Status.DELETED, Status.ARCHIVED}:
        return Insight.State.WITHDRAWN
    if post_status == Status.SUPERSEDED:
        return Insight.State.SUPERSEDED
    if is_suspect:
        return Insight.State.SUSPECT
    if is_outside:
        return Insight.State.OUTSIDE
    return Insight.State.STALE if is_late else Insight.State.CURRENT


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of published revisions that nothing holds back since, of posts that the user sees."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self._shown()
        seen = _of(Post.objects.visible_to(user))
        return self._shown().filter(Q(seen) | Q(post=None, insight__space__in=_own_spaces(user)))

    def of_each(self, user: "User | AnonymousUser") -> Self:
        """The same, in a subquery of insights that the user sees: with one their post is seen, too.

        Most readings are of that post, and needn't be looked up.
        """
        if not user.is_authenticated:
            return self.none()
        these = self.filter(insight=OuterRef("pk"))._shown()
        if user.is_superuser:
            return these
        own = Q(Exists(_own_spaces(user).filter(space=OuterRef(OuterRef("space")))), post=None)
        return these.filter(Q(post=OuterRef("post")) | Q(_of(Post.objects.visible_to(user))) | own)

    def _shown(self) -> Self:
        return self.filter(Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[]))

    def shared(self) -> Self:
        """In a subquery of insights: those that everyone sees who sees theirs.

        Of its post, and of open ones of its space, but for revisions that something holds back since.
        """
        held = Revision.objects.filter(pk=OuterRef("revision")).exclude(is_held=False, blocked_by=[])
        # Asked of few, for most are of its post.
        posts = Post.objects.filter(pk=OuterRef("post"), private=False, is_held=False)
        is_open = Q(Exists(posts.filter(space=OuterRef(OuterRef("space")))))
        its = self.filter(Q(revision=None) | ~Exists(held.order_by()), insight=OuterRef("pk"))
        return its.filter(Q(post=OuterRef("post")) | is_open)

    def watched(self) -> Self:
        """Of the same the numbers that limits are about: those since the last known shift."""
        since = Q(IsNull(OuterRef("shifted_at"), True)) | Q(published_at__gte=OuterRef("shifted_at"))
        return self.shared().filter(since, number__isnull=False)

    def shown(self) -> Self:
        """Of revisions that nothing holds back since: to whoever sees their posts."""
        return self.filter(Q(revision=None) | Q(revision__is_held=False, revision__blocked_by=[]))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def at(self, moment: "datetime | Slot") -> Self:
        """What there was to see then."""
        return self.filter(published_at__lte=moment)

    def with_reviewers(self) -> Self:
        """With the names of who approved the revision."""
        return self.annotate(reviewed_by=approvers("revision"))


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
            # One more of the same revision where its post has the name again after another had it.
            models.UniqueConstraint(
                fields=["insight", "revision", "published_at"], name="a_reading_of_a_revision"
            ),
        ]
        indexes = [models.Index(fields=["insight", "-published_at", "-id"], name="reading_newest")]

    def __str__(self) -> str:
        return f"{self.insight_id} r{self.revision_number}"
