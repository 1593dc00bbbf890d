"""Upkeep: what keeps repositories small and free of what a killed process left behind, and lists short."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import IsNull
from django.utils import timezone

from knowledge.git.upkeep import tidy
from knowledge.models import (
    Branch,
    Comparison,
    Delivery,
    Investigation,
    KeptAnswer,
    Notification,
    Observation,
    SearchMiss,
    Space,
)

logger = logging.getLogger(__name__)

NEWS_KEPT = timedelta(days=365)
DELIVERIES_KEPT = timedelta(days=90)
COMPARISONS_KEPT = timedelta(days=30)
BRANCHES_KEPT = timedelta(days=30)
MISSES_KEPT = timedelta(days=365)
BATCH = 5_000  # observations
# Of models/library_sum.py: one row for each that several rows tell of, none where they come to nothing.
_ADD_UP = """
    WITH several AS (
        SELECT space_id, library, version, is_closed FROM knowledge_librarysum
        GROUP BY space_id, library, version, is_closed HAVING count(*) > 1 OR sum(posts) = 0
    ), gone AS (
        DELETE FROM knowledge_librarysum AS told USING several
        WHERE told.space_id = several.space_id AND told.library = several.library
            AND told.version IS NOT DISTINCT FROM several.version AND told.is_closed = several.is_closed
        RETURNING told.*
    )
    INSERT INTO knowledge_librarysum (space_id, library, version, is_closed, posts)
    SELECT space_id, library, version, is_closed, sum(posts) FROM gone
    GROUP BY space_id, library, version, is_closed HAVING sum(posts) <> 0
"""


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

    And what the API answered yesterday, and what was observed of datasets long ago.
    """
    now = timezone.now()
    # Who was warned of data that is looked into still is to hear how it ends.
    waiting = Investigation.objects.filter(Q(state="open") | ~Q(untold="")).values("pk")
    old = Notification.objects.filter(created_at__lt=now - NEWS_KEPT)
    old.filter(Q(investigation=None) | ~Q(investigation__in=waiting)).delete()
    Delivery.objects.filter(finished_at__lt=now - DELIVERIES_KEPT).delete()
    Comparison.objects.filter(finished_at__lt=now - COMPARISONS_KEPT).delete()
    SearchMiss.objects.filter(day__lt=now.date() - MISSES_KEPT).delete()
    Branch.objects.filter(ended_at__lt=now - BRANCHES_KEPT).delete()
    KeptAnswer.objects.outdated().delete()
    forget_observations()
    with connection.cursor() as cursor:
        cursor.execute(_ADD_UP)


def forget_observations() -> None:
    """After OBSERVATIONS_KEEP_DAYS, but for those that investigations tell of, those since an open one
    began, and the last good and the last bad of each source.
    """
    old = Observation.objects.filter(at__lt=timezone.now() - timedelta(days=settings.OBSERVATIONS_KEEP_DAYS))
    same = {name: OuterRef(name) for name in ("dataset", "passed", "source")}
    nobody = Q(IsNull(OuterRef("by"), True), by=None)
    all_over = Q(IsNull(OuterRef("spaces"), True), spaces=None)
    newer = Observation.objects.filter(
        Q(by=OuterRef("by")) | nobody, Q(spaces=OuterRef("spaces")) | all_over, at__gt=OuterRef("at"), **same
    )
    told = Investigation.objects.filter(observation=OuterRef("pk"))
    open_since = Investigation.objects.filter(
        dataset=OuterRef("dataset"), state="open", opened_at__lte=OuterRef("at")
    )
    gone = old.filter(Exists(newer), ~Exists(told), ~Exists(open_since)).order_by("pk").values("pk")
    while Observation.objects.filter(pk__in=gone[:BATCH]).delete()[0]:
        pass
