"""Known shifts: from which reading on an insight goes on at another level, and why."""

from django.db import models

from knowledge.models.insight import Insight, Reading
from knowledge.models.user import User

NOTE = 300  # characters


class Shift(models.Model):
    """Limits start again with `reading`: what was before says nothing of what is to be expected."""

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="shifts")
    reading = models.ForeignKey(Reading, models.CASCADE, related_name="+")
    note = models.CharField(max_length=NOTE, help_text="Why it is at another level since.")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["insight", "reading"], name="one_shift_at_a_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.insight_id} from {self.reading_id}"
