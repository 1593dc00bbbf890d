"""Who read which revision of a post last, which is nobody else's business."""

from django.db import models
from django.db.models import Q

from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.user import User


class Visit(models.Model):
    """`before` is the revision that its reader is told the changes since, if there is one.

    See knowledge/visiting.py.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="visits")
    post = models.ForeignKey(Post, models.CASCADE, related_name="visits")
    revision = models.ForeignKey(
        Revision, models.CASCADE, related_name="+", help_text="The one that was read last."
    )
    came_at = models.DateTimeField(help_text="When it was read first.")
    seen_at = models.DateTimeField(help_text="When it was read last, to the hour.")
    before = models.ForeignKey(Revision, models.CASCADE, null=True, blank=True, related_name="+")
    before_at = models.DateTimeField(null=True, blank=True, help_text="When that one was read last.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "post"], name="one_visit_per_post"),
            models.CheckConstraint(
                condition=Q(before=None, before_at=None) | Q(before__isnull=False, before_at__isnull=False),
                name="what_was_read_before_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"  # deleting a person lists what goes with them
