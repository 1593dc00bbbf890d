"""Answers of the API kept for a day, for programs that ask again because they heard none."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone

from knowledge.models.user import User

KEPT = timedelta(hours=24)


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def current(self) -> Self:
        return self.filter(at__gt=timezone.now() - KEPT)

    def outdated(self) -> Self:
        return self.filter(at__lte=timezone.now() - KEPT)

    def keep(self, *, user: User, key: str, **answer: Any) -> None:
        """In the place of one that is a day old."""
        self.update_or_create(user=user, key=key, defaults=answer | {"at": timezone.now()})


class KeptAnswer(models.Model):
    """What was answered to `user` under the Idempotency-Key `key`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(
        max_length=64, help_text="SHA-256 of the request: where it went, its body."
    )
    status = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=2000, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
