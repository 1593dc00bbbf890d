"""Threads: conversations about a post, as a whole or at a place in one of its revisions.

Those of its readers, and those of a review, which are for the members of its space.
"""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from knowledge.models.authorship import Authorship
from knowledge.models.comment import Comment
from knowledge.models.post import Post
from knowledge.models.review import Review
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Role
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of visible posts and reviews, where somebody said what the user sees: others' drafts and what was
        deleted make no thread."""
        if not user.is_authenticated:
            return self.none()
        # Looked up for each row: a set of all posts would be made for the threads of one.
        seen = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("post")))
        said = Exists(Comment.objects.filter(thread=OuterRef("pk"), deleted_at=None).seen_by(user))
        return self.filter(seen, said).among_members(user)

    def among_members(self, user: "User | AnonymousUser") -> Self:
        """Without those of reviews that the user doesn't see, or of what is kept back from them there."""
        reviews = Review.objects.visible_to(user).filter(pk=OuterRef("review"))
        revisions = Revision.objects.visible_to(user).filter(pk=OuterRef("revision"))
        return self.filter(Q(review=None) | Q(Exists(reviews), Exists(revisions)))

    def of(self, post: Post) -> Self:
        """The conversation of a post's readers."""
        return self.filter(post=post, review=None)

    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def unanswered(self) -> Self:
        return self.filter(is_question=True, answered_at=None, resolved_at=None)

    def asked_of(self, user: User) -> Self:
        """Of posts that the user owns or wrote, or of a space that they keep where nobody else can answer."""
        wrote = Authorship.objects.filter(user=user).values("post")
        theirs = Q(post__owner=user) | Q(post__in=wrote)
        kept = Membership.objects.filter(user=user, role=Role.MAINTAINER).values("space")
        able = Authorship.objects.filter(post=OuterRef("post"), user__is_active=True)
        orphaned = ~Exists(able) & ~Q(post__owner__is_active=True)
        return self.filter(theirs | (orphaned & Q(post__space__in=kept))).exclude(started_by=user)

    def with_ends(self, user: User, *, last: int) -> Self:
        """With the ids of the comments that a list shows of each: the first, and the `last` of the others.

        `number` is how many the user sees, those that were deleted too. By the index, however many there are.
        """
        theirs = Comment.objects.filter(thread=OuterRef("pk")).seen_by(user)
        counted = theirs.order_by().values("thread").annotate(number=Count("pk")).values("number")
        return self.annotate(
            number=Subquery(counted),
            first_comment=Subquery(theirs.order_by("pk").values("pk")[:1]),
            last_comments=ArraySubquery(theirs.order_by("-pk").values("pk")[:last]),
        )

    def anchored(self) -> Self:
        """Those that a page marks in its text."""
        return self.open().exclude(kind=Thread.Kind.POST)

    def newest_first(self, *, before: int | None = None) -> Self:
        """In the order in which they were started; `before` is the id of the last that was seen."""
        threads = self.order_by("-pk")
        return threads if before is None else threads.filter(pk__lt=before)


class Thread(models.Model):
    """Where it is anchored is said in columns: `cell` counts from 0 in `revision`, `line` from 1 in the cell.

    `cell_id` is the notebook's own ("" without one) and `cell_hash` that of its source: by them the place is
    found again in other revisions (knowledge/anchoring.py). `quote` is what stood there.
    """

    class Kind(models.TextChoices):
        POST = "post", "The whole post"
        CELL = "cell", "A cell"
        LINE = "line", "A line of a cell"
        OUTPUT = "output", "An output of a cell"

    class Side(models.TextChoices):
        OLD = "old", "As it was before"
        NEW = "new", "As it is in the revision"

    post = models.ForeignKey(Post, models.CASCADE, related_name="threads")
    review = models.ForeignKey(Review, models.CASCADE, null=True, blank=True, related_name="threads")
    revision = models.ForeignKey(Revision, models.RESTRICT, related_name="+", help_text="What was read.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.POST)
    cell = models.PositiveIntegerField(null=True, blank=True)
    cell_id = models.CharField(max_length=120, blank=True)
    cell_hash = models.CharField(max_length=64, blank=True)
    line = models.PositiveIntegerField(default=0)
    side = models.CharField(max_length=3, choices=Side.choices, default=Side.NEW)
    output = models.PositiveIntegerField(null=True, blank=True)
    quote = models.CharField(max_length=300, blank=True)

    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    is_question = models.BooleanField(default=False, help_text="Asked of the post's authors.")
    answered_at = models.DateTimeField(null=True, blank=True)

    # of one that was loaded with_ends
    number: int
    first_comment: int | None
    last_comments: list[int]

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="post", cell=None) | (~Q(kind="post") & Q(cell__isnull=False)),
                name="anchors_name_their_cell",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="line") & Q(line=0)) | Q(kind="line", line__gt=0),
                name="anchors_name_their_line",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="output") & Q(output=None)) | Q(kind="output", output__isnull=False),
                name="anchors_name_their_output",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(resolved_by=None),
                name="resolved_threads_say_when",
            ),
            models.CheckConstraint(
                condition=Q(is_question=True) | Q(answered_at=None), name="only_questions_are_answered"
            ),
            models.CheckConstraint(
                condition=Q(review=None) | Q(is_question=False), name="readers_ask_not_reviewers"
            ),
        ]
        indexes = [
            models.Index(fields=["post", "-id"], name="thread_conversation", condition=Q(review=None)),
            models.Index(
                fields=["post"],
                name="thread_unanswered",
                condition=Q(is_question=True, answered_at=None, resolved_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk} on {self.post_id}"

    def get_absolute_url(self) -> str:
        return reverse("thread", args=[self.pk])
