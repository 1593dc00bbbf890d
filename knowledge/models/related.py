"""What a post has to do with others: those that it cites, and those that are like it.

All of it is made from posts off-line, and can be made anew; see knowledge/pipeline/relating.py.
"""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from knowledge.models.post import Post

if TYPE_CHECKING:
    from knowledge.models.user import User


class Relating(models.Model):
    """One for each post that was ever published. The row is also the job."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="+")
    related_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True, db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["stale_since"], name="relating_stale", condition=Q(stale_since__isnull=False)
            ),
            models.Index(fields=["related_at"], name="relating_oldest"),
        ]

    def __str__(self) -> str:
        return f"relating of post {self.post_id}"


class Citation(models.Model):
    """`post`, as readers see it, links to `cited`: with None to what isn't there (yet): `path` in `space`."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="citations")
    cited = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="cited_in")
    space = models.CharField(max_length=64, blank=True, help_text="Its address, as the link says it.")
    path = models.CharField(max_length=1000, blank=True, help_text="As the link says it.")
    sentence = models.CharField(max_length=300, blank=True, help_text="Around the link.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "cited"], name="cited_once"),
            models.CheckConstraint(condition=~Q(post=F("cited")), name="nobody_cites_themselves"),
        ]
        indexes = [
            models.Index(fields=["space", "path"], name="citation_waits", condition=Q(cited__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.post_id} cites {self.cited_id or self.path}"


class RelatedQuerySet(models.QuerySet["Related"]):
    def of(self, post: Post, user: "User") -> Self:
        """Posts that the user sees and that are neither archived nor superseded, the nearest first."""
        shown = Post.objects.visible_to(user).published()
        found = self.filter(post=post, other__in=shown)
        return found.select_related("other__space").order_by("-weight", "other")


class Related(models.Model):
    """`other` is near to `post`. `reasons` are those of knowledge/relating/scoring.py, for words.

    Both posts' readers may be told them: they name what stands in both.
    """

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="related")
    other = models.ForeignKey(Post, models.CASCADE, related_name="related_to")
    weight = models.FloatField(help_text="From 0 to 1.")
    reasons = models.JSONField(default=dict)

    objects = RelatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "related"
        constraints = [models.UniqueConstraint(fields=["post", "other"], name="related_once")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.other_id} ({self.weight:.2f})"
