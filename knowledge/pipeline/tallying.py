"""Adding reads up by day, and letting go of what is known of each reader.

Both tasks may run as often as one likes, and do nothing twice.
"""

from datetime import date, timedelta

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from knowledge.models import DailyReads, LeadingSearch, Read
from knowledge.pipeline.popularity import pair_all, weigh_all, weigh_moved

LATELY = timedelta(minutes=15)  # thrice as long as from one tally to the next

_TALLY = """
    INSERT INTO knowledge_dailyreads AS s (
        post_id, day, views, readers, reached_25, reached_50, reached_75, reached_100, finished)
    SELECT post_id, day, sum(views), count(*),
        count(*) FILTER (WHERE reach >= 25), count(*) FILTER (WHERE reach >= 50),
        count(*) FILTER (WHERE reach >= 75), count(*) FILTER (WHERE reach >= 100),
        count(*) FILTER (WHERE is_finished)
    FROM knowledge_read WHERE day BETWEEN %s AND %s GROUP BY post_id, day ORDER BY post_id, day
    ON CONFLICT (post_id, day) DO UPDATE SET
        views = excluded.views, readers = excluded.readers,
        reached_25 = excluded.reached_25, reached_50 = excluded.reached_50,
        reached_75 = excluded.reached_75, reached_100 = excluded.reached_100, finished = excluded.finished
    WHERE (s.views, s.readers, s.reached_25, s.reached_50, s.reached_75, s.reached_100, s.finished)
        IS DISTINCT FROM (excluded.views, excluded.readers, excluded.reached_25, excluded.reached_50,
            excluded.reached_75, excluded.reached_100, excluded.finished)"""


@shared_task
def tally() -> None:
    """What was read since it was added up last, and since yesterday in any case."""
    today = timezone.localdate()
    last = DailyReads.objects.filter(day__lte=today).aggregate(day=Max("day"))["day"]
    add_up(min(last or date.min, today - timedelta(days=1)), today)
    weigh_moved(today, timezone.now() - LATELY)


@shared_task
def tally_night() -> None:
    today = timezone.localdate()
    forget_before(first_kept(today))
    weigh_all(today)
    pair_all()


def first_kept(today: date) -> date:
    """The first day of which it is known who read what."""
    return today - timedelta(days=max(1, settings.READS_KEEP_DAYS) - 1)


def add_up(since: date, until: date) -> None:
    """Make the sums of these days, both included, those of the reads that are there. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [since, until])


def forget_before(first: date) -> None:
    """Add up each day before `first`, and delete its reads in the same transaction."""
    while (day := Read.objects.filter(day__lt=first).aggregate(day=Min("day"))["day"]) is not None:
        with transaction.atomic():
            add_up(day, day)
            Read.objects.filter(day=day).delete()
    LeadingSearch.objects.filter(day__lt=first).delete()
