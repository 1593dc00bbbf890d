"""How posts are read: what is known of each reader for a while, and the sums that stay, which know nobody.

`Visit` is something else: it is the reader's own, and tells them what changed.
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q, Sum

from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.user import User

REACHES = (25, 50, 75, 100)  # per cent of a document
MOST_VIEWS = 24
MOST_SECONDS = 3600


class ReadQuerySet(models.QuerySet["Read"]):
    def of(self, posts: PostQuerySet, since: date) -> Self:
        return self.filter(post__in=posts.order_by().values("pk"), day__gte=since)

    def readers(self) -> int:
        """How many different people."""
        return self.aggregate(readers=models.Count("user", distinct=True))["readers"] or 0


class Read(models.Model):
    """One person's reading of one post on one day. Kept for READS_KEEP_DAYS; see pipeline/tallying.py."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="reads")
    user = models.ForeignKey(User, models.CASCADE, related_name="reads")
    day = models.DateField(help_text="By the clock of TIME_ZONE.")
    views = models.PositiveSmallIntegerField(default=1, help_text="Opened again within the hour counts once.")
    seen_at = models.DateTimeField(help_text="When it was opened last, to the hour.")
    reach = models.PositiveSmallIntegerField(default=0, help_text="How far they came, in per cent.")
    seconds = models.PositiveSmallIntegerField(default=0, help_text="For which they looked at it.")
    is_finished = models.BooleanField(default=False, help_text="Came to the end, and stayed long enough.")

    objects = ReadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "day", "user"], name="one_read_per_post_and_day"),
            models.CheckConstraint(
                condition=Q(reach__in=(0, *REACHES), views__lte=MOST_VIEWS, seconds__lte=MOST_SECONDS),
                name="reads_are_bounded",
            ),
        ]
        indexes = [models.Index(fields=["day", "post"], name="read_day")]

    def __str__(self) -> str:
        return f"read {self.pk}"  # deleting a person lists what goes with them


class DailyReadsQuerySet(models.QuerySet["DailyReads"]):
    def of(self, posts: PostQuerySet, since: date) -> Self:
        return self.filter(post__in=posts.order_by().values("pk"), day__gte=since)

    def by_day(self) -> dict[date, dict[str, int]]:
        """Of each day the sums of all posts, `all_views` and so on."""
        return {row.pop("day"): row for row in self._sums("day").order_by("day")}

    def most_read(self, count: int) -> list[dict[str, int]]:
        """Of the posts that are read most, `post` and its sums."""
        return list(self._sums("post").order_by("-all_readers", "-all_views", "post")[:count])

    def posts_with(self, reads: int) -> int:
        """How many posts were read at least so often."""
        return self.values("post").annotate(number=Sum("readers")).filter(number__gte=reads).count()

    def _sums(self, name: str) -> Any:
        return self.values(name).annotate(**{f"all_{summed}": Sum(summed) for summed in SUMMED})


class DailyReads(models.Model):
    """How often a post was read on a day, and by how many; none of whom is known."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="daily_reads")
    day = models.DateField()
    views = models.PositiveIntegerField()
    readers = models.PositiveIntegerField()
    reached_25 = models.PositiveIntegerField(default=0, help_text="How many came to the first quarter.")
    reached_50 = models.PositiveIntegerField(default=0)
    reached_75 = models.PositiveIntegerField(default=0)
    reached_100 = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0, help_text="How many stayed for long enough, too.")

    objects = DailyReadsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "daily reads"
        constraints = [models.UniqueConstraint(fields=["post", "day"], name="one_sum_per_post_and_day")]
        indexes = [models.Index(fields=["day"], name="daily_reads_day")]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.day}"


SUMMED = ("views", "readers", *(f"reached_{reach}" for reach in REACHES), "finished")


class LeadingSearch(models.Model):
    """What was searched for when a post was opened from the results, on a day. By whom isn't kept."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="leading_searches")
    day = models.DateField()
    query = models.CharField(max_length=200, help_text="In lower case, with single spaces.")
    reads = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "leading searches"
        constraints = [
            models.UniqueConstraint(fields=["post", "day", "query"], name="one_search_per_post_and_day")
        ]
        indexes = [models.Index(fields=["day"], name="leading_search_day")]

    def __str__(self) -> str:
        return self.query
