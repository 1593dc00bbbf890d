"""One step of a space's default branch, and what the ingest made of it."""

from django.db import models

from knowledge.models.space import Space
from knowledge.models.user import User


class Push(models.Model):
    """Made by `reconcile` for every step: a push, an upload, a fetch of a mirror.

    `report` is what the push's answer and the upload page show: a list of
    `{"path", "change": "added" | "changed" | "moved" | "removed" | "unchanged", "post": id | null, "title",
    "review": id of the open review | null, "is_held": whether readers see it only once it is approved,
    "faults": [{"code", "message", "hint", "line", "cell"}], "failure": {"code", "message", "hint"} | null,
    "findings": [as faults, and "anchor"], "blocked_by": [code]}`; the last two as far as they were known.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="pushes")
    old_commit = models.CharField(max_length=40, blank=True)
    new_commit = models.CharField(max_length=40, blank=True)
    pushed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="pushes")
    pushed_at = models.DateTimeField()
    ingested_at = models.DateTimeField(auto_now_add=True)
    report = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "pushes"
        indexes = [models.Index(fields=["space", "new_commit"])]

    def __str__(self) -> str:
        return f"{self.space}: {self.old_commit[:7]}..{self.new_commit[:7]}"
