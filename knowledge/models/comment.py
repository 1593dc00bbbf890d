"""Comments: what somebody said in a thread, what they said before they changed it, and how others took it."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from knowledge.models.post import Post
from knowledge.models.review import Review
from knowledge.models.revision import Revision
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommentQuerySet(models.QuerySet["Comment"]):
    def seen_by(self, user: "User | AnonymousUser") -> Self:
        """Of threads that the user sees: all but the drafts of others."""
        return self.filter(Q(is_draft=False) | Q(author_id=user.pk))

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        if not user.is_authenticated:
            return self.none()
        seen = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("thread__post")))
        reviews = Review.objects.visible_to(user).filter(pk=OuterRef("thread__review"))
        revisions = Revision.objects.visible_to(user).filter(pk=OuterRef("thread__revision"))
        among_members = Q(thread__review=None) | Q(Exists(reviews), Exists(revisions))
        return self.seen_by(user).filter(seen, among_members)

    def said(self) -> Self:
        """What can be read: sent, and not deleted."""
        return self.filter(is_draft=False, deleted_at=None)

    def of(self, post: Post) -> Self:
        """The conversation of a post's readers."""
        return self.filter(thread__post=post, thread__review=None)

    def drafts_of(self, user: User, review: Review) -> Self:
        """What the user wrote for a review and didn't send yet."""
        return self.filter(thread__review=review, author=user, is_draft=True)

    def for_lists(self) -> Self:
        """With what a list shows of each but its reactions, in one query."""
        return self.select_related("author", "deleted_by", "applied_by")


class Comment(models.Model):
    """`html` is made of `body` when it is written, by the profile of knowledge/rendering/remarks.py that
    `profile` names. A deleted comment stays as a row, so that replies keep their place; its words are shown
    to nobody.
    """

    thread = models.ForeignKey("knowledge.Thread", models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="comments")
    author_name = models.CharField(max_length=150, help_text="Kept when the account goes.")
    body = models.TextField(help_text="In Markdown.")
    html = models.TextField(blank=True, editable=False)
    profile = models.PositiveSmallIntegerField(default=0, editable=False)
    mentions = ArrayField(models.CharField(max_length=150), default=list, blank=True)
    is_draft = models.BooleanField(default=False, help_text="Only its author sees it.")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    applied_as = models.CharField(max_length=64, blank=True, help_text="The commit of what it suggests.")
    applied_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=False) | Q(deleted_by=None), name="deleted_comments_say_when"
            )
        ]
        indexes = [
            models.Index(fields=["thread", "id"], name="comment_thread"),
            models.Index(fields=["author", "created_at"], name="comment_pace"),
            models.Index(fields=["author"], name="comment_drafts", condition=Q(is_draft=True)),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} in {self.thread_id}"

    def get_absolute_url(self) -> str:
        """The page of its thread, at the comment."""
        return f"{reverse('thread', args=[self.thread_id])}?at={self.pk}#comment-{self.pk}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def deleted_by_author(self) -> bool:
        return self.deleted_by_id is not None and self.deleted_by_id == self.author_id


class CommentVersion(models.Model):
    """What a comment said until it was changed."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    body = models.TextField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


class Reaction(models.Model):
    """A sign under a comment, one of each for a person."""

    class Sign(models.TextChoices):
        """Stable names, and the words that are shown."""

        AGREE = "agree", "Agree"
        THANKS = "thanks", "Thank you"
        GREAT = "great", "Well done"
        INSIGHT = "insight", "New to me"
        UNSURE = "unsure", "Not sure"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reactions")
    user = models.ForeignKey(User, models.CASCADE, related_name="reactions")
    sign = models.CharField(max_length=10, choices=Sign.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user", "sign"], name="each_sign_once"),
            models.CheckConstraint(
                condition=Q(sign__in=["agree", "thanks", "great", "insight", "unsure"]),
                name="signs_are_of_the_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.sign} {self.comment_id}"
