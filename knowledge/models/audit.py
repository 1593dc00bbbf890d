"""Who did what, when: written by every verb, changed by none."""

from typing import Any

from django.db import models

from knowledge.models.user import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def record(self, action: str, *, by: User | None, **detail: Any) -> "AuditEvent":
        """`action` is noun.verb ("space.create"); `detail` names in JSON values what it was done to."""
        return self.create(action=action, actor=by, actor_name=by.username if by else "", detail=detail)


class AuditEvent(models.Model):
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True, help_text="Kept when the account goes.")
    action = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"
