"""Upkeep: what keeps repositories small and free of what a killed process left behind, and lists short."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from knowledge.git.upkeep import tidy
from knowledge.models import Branch, Comparison, Delivery, KeptAnswer, Notification, SearchMiss, Space

logger = logging.getLogger(__name__)

NEWS_KEPT = timedelta(days=365)
DELIVERIES_KEPT = timedelta(days=90)
COMPARISONS_KEPT = timedelta(days=30)
BRANCHES_KEPT = timedelta(days=30)
MISSES_KEPT = timedelta(days=365)


@shared_task
def tidy_repositories() -> None:
    """Every space's repository in turn; one that can't be tidied doesn't keep the others waiting."""
    for slug in Space.objects.values_list("slug", flat=True):
        try:
            tidy(slug)
        except Exception:
            logger.exception("The repository of %s can't be tidied", slug)


@shared_task
def forget_old_rows() -> None:
    """What was told or searched for a year ago, or sent a quarter ago; last month's comparisons, branches.

    And what the API answered yesterday.
    """
    now = timezone.now()
    Notification.objects.filter(created_at__lt=now - NEWS_KEPT).delete()
    Delivery.objects.filter(finished_at__lt=now - DELIVERIES_KEPT).delete()
    Comparison.objects.filter(finished_at__lt=now - COMPARISONS_KEPT).delete()
    SearchMiss.objects.filter(day__lt=now.date() - MISSES_KEPT).delete()
    Branch.objects.filter(ended_at__lt=now - BRANCHES_KEPT).delete()
    KeptAnswer.objects.outdated().delete()
