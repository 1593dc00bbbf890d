"""What a document becomes, stored once per source bytes and renderer version. The row is also the job."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from knowledge.models.space import Space


_LARGE = ("text", "cells", "passages")


def large(through: str = "rendering__") -> tuple[str, ...]:
    """The large columns, which lists and pages leave in the database; `through` leads to the rendering."""
    return tuple(f"{through}{column}" for column in _LARGE)


class RenderingQuerySet(models.QuerySet["Rendering"]):
    def without_content(self) -> Self:
        """For lists and state."""
        return self.defer(*large(""))

    def waiting(self, *, is_slow: bool) -> Self:
        """What waits for a worker: the slow ones have a line of their own."""
        return self.filter(state=Rendering.State.QUEUED, is_slow=is_slow)

    def wanted_by(self, space: "Space") -> Self:
        """By its posts and previews."""
        wanted = models.Q(revisions__push__space=space) | models.Q(previews__branch__space=space)
        return self.filter(wanted).distinct()

    def ahead_of(self, rendering: "Rendering") -> Self:
        """What waits in the same line and is due earlier."""
        return self.waiting(is_slow=rendering.is_slow).filter(due_at__lt=rendering.due_at)


class Rendering(models.Model):
    """A row exists from ingest on, so that no job can be lost; Celery only wakes a worker for it.

    Claiming sets a fresh `attempt_token`; a result is written only where the token still matches, so an
    attempt that was given up as lost and finishes later changes nothing.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RENDERING = "rendering", "Rendering"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    source_digest = models.CharField(
        max_length=64, help_text="SHA-256 of the source bytes, and their blob's key."
    )
    format = models.CharField(max_length=10)
    renderer_version = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)

    # the job
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(
        default=timezone.now, help_text="Of those that wait, the first is drawn next."
    )
    is_slow = models.BooleanField(default=False, help_text="Whether it took long when it was tried.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempt_token = models.UUIDField(null=True, blank=True)
    crashes = models.PositiveSmallIntegerField(
        default=0, help_text="Attempts that the document itself ended."
    )
    losses = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker vanished.")

    # why it failed
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.TextField(blank=True)
    failure_hint = models.TextField(blank=True)

    # the result
    text = models.TextField(blank=True)
    headings = models.JSONField(default=list, help_text="[{level, text, anchor, part}]")
    assets = models.JSONField(default=dict, help_text="{digest: {type, width, height, size}}")
    outputs = models.JSONField(default=list, help_text="[{digest, label, height, type}], by number")
    macros = models.JSONField(default=dict, help_text="{name: definition}, for all formulas.")
    has_slides = models.BooleanField(default=False, help_text="Whether its cells say how to present it.")
    thumbnail = models.CharField(max_length=64, blank=True, help_text="The digest of an asset.")
    summary = models.TextField(blank=True)
    notices = models.JSONField(default=list)
    words = models.PositiveIntegerField(default=0)
    cells = models.JSONField(default=list, help_text="Of each: a rendering.CellMark, as a list.")
    passages = models.JSONField(default=list, help_text="[[kind, anchor, text]], for search.")
    libraries = models.JSONField(default=list, help_text="What its code imports, in lower case.")
    versions = models.JSONField(default=dict, help_text="{library: version}, where the document says which.")
    datasets = models.JSONField(default=list, help_text="Tables, datasets and files that it names.")
    insights = models.JSONField(default=list, help_text="[{name, value, …, anchor}], see docs/rendering.md.")
    links = models.JSONField(default=list, help_text="Where its text leads: paths and addresses.")
    findings = models.JSONField(
        default=list, help_text="[{code, message, hint, cell, line, anchor}], without those of the header."
    )

    objects = RenderingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_digest", "format", "renderer_version"], name="one_rendering_per_source"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(failure_code=""), name="a_failure_has_a_code"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rendering") | models.Q(attempt_token__isnull=False),
                name="rendering_is_somebodys_attempt",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                name="rendering_unfinished",
                condition=models.Q(state__in=["queued", "rendering"]),
            ),
            models.Index(
                fields=["is_slow", "due_at", "id"],
                name="rendering_next",
                condition=models.Q(state="queued"),
            ),
            models.Index(fields=["id"], name="rendering_failed", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.source_digest[:12]} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RENDERING}

    @property
    def failure(self) -> dict[str, str] | None:
        if self.state != self.State.FAILED:
            return None
        return {"code": self.failure_code, "message": self.failure_message, "hint": self.failure_hint}


class RenderingPart(models.Model):
    """A stretch of a rendered document, cut between cells; long documents are sent in parts."""

    rendering = models.ForeignKey(Rendering, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField(help_text="From 0.")
    html = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["rendering", "number"], name="parts_are_numbered")]

    def __str__(self) -> str:
        return f"{self.rendering_id}/{self.number}"
