"""What differs between two sources, worked out once. The row is also the job, as with renderings."""

from django.db import models
from django.utils import timezone


class Comparison(models.Model):
    """Of the bytes that two renderings draw, whoever asks and whichever posts they belong to.

    Claimed, kept alive and given up like a Rendering (docs/pipeline.md). `result` is a Difference as JSON
    (knowledge/diffing/wire.py).
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        COMPARING = "comparing", "Comparing"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    old_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 of the older source, and its blob's key; none is nothing.",
    )
    old_format = models.CharField(max_length=10, blank=True)
    new_digest = models.CharField(max_length=64)
    new_format = models.CharField(max_length=10)
    differ_version = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)

    # the job
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempt_token = models.UUIDField(null=True, blank=True)
    crashes = models.PositiveSmallIntegerField(default=0, help_text="Attempts that the documents ended.")
    losses = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker vanished.")

    # why it failed
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.TextField(blank=True)
    failure_hint = models.TextField(blank=True)

    result = models.JSONField(null=True, blank=True, help_text="What differs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_digest", "old_format", "new_digest", "new_format", "differ_version"],
                name="one_comparison_per_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(failure_code=""),
                name="a_failed_comparison_has_a_code",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="comparing") | models.Q(attempt_token__isnull=False),
                name="comparing_is_somebodys_attempt",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(result__isnull=False),
                name="a_ready_comparison_has_a_result",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queued_at", "id"],
                name="comparison_unfinished",
                condition=models.Q(state__in=["queued", "comparing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_digest[:12]}..{self.new_digest[:12]} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.COMPARING}
