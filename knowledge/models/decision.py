"""Decisions: who used an insight, for what, and what it said then."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from knowledge.models.insight import Insight, Reading
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of insights that the user sees."""
        return self.filter(insight__in=Insight.objects.visible_to(user).values("pk"))

    def standing(self) -> Self:
        """Not taken back, by people who are still here."""
        return self.filter(withdrawn_at=None, user__is_active=True)

    def newest_first(self) -> Self:
        return self.order_by("-pk").select_related("user")


class Decision(models.Model):
    """`reading` is what the insight said then."""

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="decisions")
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, related_name="decisions")
    user = models.ForeignKey(User, models.CASCADE, related_name="decisions")
    what = models.CharField(max_length=300, help_text="What it was used for.")
    link = models.CharField(max_length=1000, blank=True, help_text="Where more of it is told.")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back.")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["insight", "-id"], condition=Q(withdrawn_at=None), name="decision_of_insight"
            ),
            models.Index(fields=["user", "-id"], condition=Q(withdrawn_at=None), name="decision_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} used {self.insight_id}: {self.what}"
