"""Upkeep: what keeps the repositories small and free of what a killed process left behind."""

import logging

from celery import shared_task

from knowledge.git.upkeep import tidy
from knowledge.models import Space

logger = logging.getLogger(__name__)


@shared_task
def tidy_repositories() -> None:
    """Every space's repository in turn; one that can't be tidied doesn't keep the others waiting."""
    for slug in Space.objects.values_list("slug", flat=True):
        try:
            tidy(slug)
        except Exception:
            logger.exception("The repository of %s can't be tidied", slug)
