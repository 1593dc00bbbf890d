"""Posts: the documents of a space, known by their path in its repository."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.post_states import Kind, Status
from knowledge.models.space import Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from knowledge.models.revision import Revision

_IN_LISTS = Q(
    status__in=["published", "in_review", "changes_requested", "needs_attention"],
    published_revision__isnull=False,
    kind="post",
)


class Post(models.Model):
    """Below `status`: words of the published (before that: the latest) revision, for lists of one query."""

    Kind = Kind
    Status = Status

    space = models.ForeignKey(Space, models.CASCADE, related_name="posts")
    path = models.CharField(max_length=1000)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.POST)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.DRAFT, help_text="See knowledge/life.py."
    )
    review_state = models.CharField(
        max_length=20, blank=True, help_text="Of the open review, if there is one."
    )
    is_held = models.BooleanField(
        default=False, help_text="Never published, and it may not be yet: for members of the space only."
    )

    title = models.CharField(max_length=500)
    subtitle = models.CharField(max_length=500, blank=True)
    tldr = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    private = models.BooleanField(default=False)
    allowed_groups = ArrayField(models.CharField(max_length=150), default=list, blank=True)

    published_revision = models.ForeignKey(
        "Revision", models.RESTRICT, null=True, blank=True, related_name="+", help_text="What readers see."
    )
    latest_revision = models.ForeignKey("Revision", models.RESTRICT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who answers for it, if its header says so.",
    )
    # its life; see knowledge/pipeline/keeping.py
    review_by = models.DateField(null=True, blank=True, help_text="When it is to be looked at again.")
    refresh_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="After how many days it is to be looked at again."
    )
    due_on = models.DateField(
        null=True, blank=True, help_text="The next of both, counted from the last look."
    )
    attention_since = models.DateTimeField(null=True, blank=True, help_text="When that day had passed.")
    attention_stage = models.PositiveSmallIntegerField(
        default=0, help_text="Who was asked: 1 its owner, 2 the space, 3 whether to archive it."
    )
    run_findings = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Codes of findings that tell how it was run, see knowledge/trust.py.",
    )
    suspect_since = models.DateTimeField(
        null=True, blank=True, help_text="When data that it rests on turned out bad: pipeline/marking.py."
    )
    data_notes = models.JSONField(default=list, blank=True, help_text="Which data, and who looks into it.")
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    archived_why = models.CharField(max_length=500, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="supersedes"
    )

    created_at = models.DateTimeField(help_text="As the header says, else the first commit.")
    updated_at = models.DateTimeField(help_text="As the header says, else the latest commit.")
    published_at = models.DateTimeField(null=True, blank=True, help_text="First publication.")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_commit = models.CharField(max_length=40, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            # A deleted post keeps its path as its last address, and a new document there becomes a new post.
            models.UniqueConstraint(
                fields=["space", "path"], condition=~Q(status="deleted"), name="one_live_post_per_path"
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(published_revision__isnull=False, published_at__isnull=False),
                name="published_posts_have_a_revision",
            ),
            models.CheckConstraint(
                condition=Q(status="deleted", deleted_at__isnull=False)
                | (~Q(status="deleted") & Q(deleted_at=None)),
                name="deleted_posts_say_when",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="post_feed", condition=_IN_LISTS),
            models.Index(fields=["-updated_at", "-id"], name="post_updated", condition=_IN_LISTS),
            models.Index(fields=["title", "id"], name="post_title", condition=_IN_LISTS),
            models.Index(fields=["space", "-published_at", "-id"], name="post_space_feed"),
            GinIndex(fields=["tags"], name="post_tags"),
            models.Index(fields=["space"], name="post_private", condition=Q(private=True)),
            models.Index(fields=["due_on"], name="post_due", condition=Q(due_on__isnull=False)),
            models.Index(
                fields=["attention_since"], name="post_attention", condition=Q(attention_since__isnull=False)
            ),
            models.Index(
                fields=["suspect_since"], name="post_suspect", condition=Q(suspect_since__isnull=False)
            ),
            models.Index(
                fields=["status", "-published_at", "-id"],
                name="post_out",
                condition=Q(status__in=["superseded", "archived"]),
            ),
            models.Index(fields=["space"], name="post_introductions", condition=Q(kind="introduction")),
        ]

    def __str__(self) -> str:
        return f"{self.space_id}:{self.path}"

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.space.slug, self.path])

    @property
    def shown_revision(self) -> "Revision | None":
        """The revision whose rendering the page shows: the published one, else the latest."""
        return self.published_revision or self.latest_revision
