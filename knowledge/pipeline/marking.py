"""Marking posts whose data is suspect or late: `Post.suspect_since`, and `data_notes` of which, and of whom.

They follow from what is investigated and may be worked out anew at any time. Who publishes does it for the
post; what happens to a dataset has a worker mark all of its posts: `Dataset.unsettled_at` is the job.
"""

from collections.abc import Collection

from django.db import connection, transaction

from knowledge.models import Dataset, DatasetUse, Post
from knowledge.pipeline.overdue import HEARD

BATCH = 500
_NAME = f"coalesce(nullif(CASE WHEN {HEARD} THEN data.title END, ''), data.name)"
_MARK = f"""
    WITH suspect AS (
        SELECT post.id AS post, min(open.opened_at) AS since, jsonb_agg(jsonb_build_object(
            'kind', 'suspect', 'dataset', data.id, 'name', {_NAME},
            'since', open.opened_at, 'investigation', open.id,
            'who', coalesce(nullif(person.name, ''), person.username, ''))
            ORDER BY open.opened_at, open.id) AS notes
        FROM knowledge_post AS post
            JOIN knowledge_space AS space ON space.id = post.space_id
            JOIN knowledge_datasetuse AS used ON used.post_id = post.id
            JOIN knowledge_dataset AS data ON data.id = used.dataset_id
            JOIN knowledge_investigation AS open ON open.dataset_id = data.id AND open.state = 'open'
                AND (open.spaces IS NULL OR post.space_id = ANY(open.spaces))
            LEFT JOIN knowledge_user AS person ON person.id = open.owner_id
        WHERE post.id = ANY(%(posts)s) GROUP BY post.id
    ),
    late AS (
        SELECT used.post_id AS post, jsonb_agg(jsonb_build_object(
            'kind', 'late', 'dataset', data.id, 'name', {_NAME},
            'since', used.late_since) ORDER BY used.late_since, data.id) AS notes
        FROM knowledge_datasetuse AS used
            JOIN knowledge_dataset AS data ON data.id = used.dataset_id
            JOIN knowledge_post AS post ON post.id = used.post_id
            JOIN knowledge_space AS space ON space.id = post.space_id
        WHERE used.post_id = ANY(%(posts)s) AND used.late_since IS NOT NULL
        GROUP BY used.post_id
    ),
    found AS (
        SELECT post.id, suspect.since,
            coalesce(suspect.notes, '[]'::jsonb) || coalesce(late.notes, '[]'::jsonb) AS notes
        FROM unnest(%(posts)s::bigint[]) AS post (id)
            LEFT JOIN suspect ON suspect.post = post.id LEFT JOIN late ON late.post = post.id
    )
    UPDATE knowledge_post AS post SET suspect_since = found.since, data_notes = found.notes FROM found
    WHERE found.id = post.id
        AND (post.suspect_since IS DISTINCT FROM found.since OR post.data_notes IS DISTINCT FROM found.notes)
"""  # noqa: S608 (ours)


def mark(posts: Collection[int]) -> None:
    """Of posts that the transaction has locked: what is known now."""
    if posts:
        with connection.cursor() as cursor:
            cursor.execute(_MARK, {"posts": sorted(posts)})


def settle(dataset: int) -> None:
    """Mark all posts that rest on it, in batches that hold nobody up for long."""
    unsettled = Dataset.objects.filter(pk=dataset).values_list("unsettled_at", flat=True).first()
    last = 0
    while batch := list(_following(dataset, last)):
        _mark_batch(batch)
        last = batch[-1]
    # What happened to it meanwhile is another's to settle.
    Dataset.objects.filter(pk=dataset, unsettled_at=unsettled).update(unsettled_at=None)


def _following(dataset: int, last: int) -> "Collection[int]":
    uses = DatasetUse.objects.filter(dataset=dataset, post__gt=last).order_by("post")
    return uses.values_list("post", flat=True)[:BATCH]


@transaction.atomic
def _mark_batch(posts: Collection[int]) -> None:
    """Locked first: somebody who publishes one of them marks it, too, and knows more."""
    locked = Post.objects.filter(pk__in=posts).order_by("pk").select_for_update(no_key=True)
    mark(list(locked.values_list("pk", flat=True)))
