"""Which posts' data is late: `DatasetUse.late_since`, when it was to be observed at last, as the post has it.

A post expects what the dataset's owner said, where that counts for its space, else what its own header says.
What is observed counts in the spaces that it reaches. Marking the posts is marking.py's.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from knowledge.models import Dataset, DatasetUse

# Whether title and expectation of `data` count in `space`. DatasetQuerySet.with_state asks it for a person.
HEARD = """(data.is_told_to_all OR (data.told_by_id IS NOT NULL AND (space.visibility = 'internal'
    OR EXISTS (SELECT FROM knowledge_membership AS its
        WHERE its.space_id = space.id AND its.user_id = data.told_by_id))))"""
_DUE = f"""
    expecting AS (
        SELECT used.id, used.dataset_id AS dataset, space.id AS space, used.late_since,
            coalesce(own.hours, used.every_hours) AS hours,
            CASE WHEN own.hours IS NULL THEN coalesce(used.watched_since, data.watched_since)
                ELSE data.watched_since END AS watched
        FROM knowledge_datasetuse AS used
            JOIN knowledge_dataset AS data ON data.id = used.dataset_id
            JOIN knowledge_post AS post ON post.id = used.post_id
            JOIN knowledge_space AS space ON space.id = post.space_id
            CROSS JOIN LATERAL (SELECT CASE WHEN {HEARD} THEN data.every_hours END AS hours) AS own
        WHERE used.dataset_id = ANY(%(datasets)s)
            AND (%(posts)s::bigint[] IS NULL OR used.post_id = ANY(%(posts)s))
    ),
    seen AS (
        SELECT place.dataset, place.space, (
            SELECT made.at FROM knowledge_observation AS made
            WHERE made.dataset_id = place.dataset AND (made.spaces IS NULL OR place.space = ANY(made.spaces))
            ORDER BY made.at DESC, made.id DESC LIMIT 1) AS at
        FROM (SELECT DISTINCT dataset, space FROM expecting WHERE hours IS NOT NULL) AS place
    ),
    due AS (
        SELECT each.id, each.dataset, each.late_since,
            CASE WHEN moment.at < %(now)s THEN moment.at END AS since
        FROM expecting AS each LEFT JOIN seen USING (dataset, space)
            CROSS JOIN LATERAL (SELECT coalesce(seen.at, watched) + hours * interval '1 hour' AS at) AS moment
    )
"""  # noqa: S608 (ours)
_CHANGING = f"""
    WITH {_DUE} SELECT DISTINCT dataset FROM due WHERE late_since IS DISTINCT FROM since ORDER BY dataset
"""  # noqa: S608 (ours)
_RENEW = f"""
    WITH {_DUE} UPDATE knowledge_datasetuse AS used SET late_since = due.since FROM due
    WHERE due.id = used.id AND used.late_since IS DISTINCT FROM due.since
"""  # noqa: S608 (ours)


def changing() -> list[int]:
    """Datasets of which a post is late by now and isn't told so, or the other way round."""
    expected = DatasetUse.objects.filter(Q(every_hours__isnull=False)).order_by().values("dataset")
    own = Dataset.objects.filter(every_hours__isnull=False).order_by().values("pk")
    watched = list(expected.union(own).values_list("dataset", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_CHANGING, _asked(watched))
        return [pk for (pk,) in cursor.fetchall()]


def renew(datasets: Collection[int], posts: Collection[int] | None = None) -> bool:
    """Write down what is late now; whether that is something else. Of all posts, or of those.

    The transaction holds the datasets: who publishes for reading, who else for writing.
    """
    if not datasets:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, _asked(datasets, posts))
        return bool(cursor.rowcount)


def _asked(datasets: Collection[int], posts: Collection[int] | None = None) -> dict[str, Any]:
    return {
        "datasets": list(datasets),
        "posts": None if posts is None else list(posts),
        "now": timezone.now(),
    }
