"""What was searched for in vain: words, day and number, and not by whom."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Max, Sum

TWICE = 2


class SearchMissQuerySet(models.QuerySet["SearchMiss"]):
    def demand(self, *, since: date) -> "models.QuerySet[SearchMiss, Any]":
        """{query, number, last}, most often first. What was typed only once is left out: a name, maybe."""
        counted = self.filter(day__gte=since).order_by().values("query")
        summed = counted.annotate(number=Sum("times"), last=Max("day"))
        return summed.filter(number__gte=TWICE).order_by("-number", "-last", "query")


class SearchMiss(models.Model):
    """`query` is in lower case, its words one space apart; `times` counts a person once a day."""

    LONGEST = 200

    query = models.CharField(max_length=LONGEST)
    day = models.DateField()
    times = models.PositiveIntegerField(default=0)

    objects = SearchMissQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search misses"
        constraints = [models.UniqueConstraint(fields=["day", "query"], name="a_miss_is_counted_by_day")]

    def __str__(self) -> str:
        return f"{self.query} on {self.day}"
