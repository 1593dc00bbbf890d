"""What reads say of posts: how much each is read these days, and what else its readers read.

Both are made anew from reads; see knowledge/pipeline/popularity.py.
"""

from django.db import models

from knowledge.models.post import Post


class Popularity(models.Model):
    """Has no row where nobody read the post lately."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="popularity")
    score = models.FloatField(help_text="Readers, each worth half of what they were worth 14 days ago.")

    class Meta:
        verbose_name_plural = "popularities"
        indexes = [models.Index(fields=["-score", "-post"], name="popular_first")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.score:.2f}"


class AlsoRead(models.Model):
    """Readers of `post` read `other`, too; the heavier, the more they have it in common."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="also_read")
    other = models.ForeignKey(Post, models.CASCADE, related_name="read_with")
    weight = models.FloatField(help_text="From 0 to 1.")

    class Meta:
        verbose_name_plural = "also read"
        constraints = [models.UniqueConstraint(fields=["post", "other"], name="also_read_once")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.other_id}"
