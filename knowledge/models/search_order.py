"""Matches in another order than that of relevance, and what matches but is put away.

What matches is found first and as a whole: with a rare word PostgreSQL would walk all posts by their dates.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F

from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.search_pool import MILLISECONDS
from knowledge.models.search_sight import Sight

# What a search can be sorted by besides relevance: each with a SQL order of posts, the same for querysets.
ORDERS: dict[str, tuple[str, Sequence[Any]]] = {
    "new": (
        "post.published_at DESC NULLS LAST, post.id DESC",
        (F("published_at").desc(nulls_last=True), "-pk"),
    ),
}
_PLAN = "SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true)"
_FOUND = """
    WITH found AS MATERIALIZED (
        SELECT post_id FROM knowledge_search{kind} WHERE vector @@ %s::tsquery AND {sight}
    )
"""
# Who sees a post is asked of the first alone: `sight` has left out nearly all that the reader can't see.
_ORDERED = """,
    first AS MATERIALIZED (
        SELECT post.id, row_number() OVER (ORDER BY {order}) AS place
        FROM found JOIN knowledge_post AS post ON post.id = found.post_id
        ORDER BY place LIMIT {most}
    )
    SELECT first.id FROM first JOIN ({visible}) AS seen ON seen.id = first.id ORDER BY first.place LIMIT %s
"""
_COUNTED = """
    SELECT count(*) FROM (
        SELECT FROM found JOIN ({visible}) AS seen ON seen.id = found.post_id LIMIT %s
    ) AS counted
"""
SPARE = 3


def ordered(posts: PostQuerySet, sight: Sight, *, kind: str, form: str, sort: str, limit: int) -> list[int]:
    """The first `limit` of `posts` that match the tsquery; `kind` is the vector's, "head" or "body"."""
    rows = _run(
        posts,
        sight,
        kind,
        form,
        _ORDERED.format(order=ORDERS[sort][0], most=limit * SPARE, visible="{visible}"),
        limit,
    )
    return [row[0] for row in rows]


def counted(posts: PostQuerySet, sight: Sight, *, kind: str, form: str, limit: int) -> int:
    """How many of `posts` match, counted up to `limit`."""
    return int(next(iter(_run(posts, sight, kind, form, _COUNTED, limit)), (0,))[0])


@transaction.atomic
def _run(posts: PostQuerySet, sight: Sight, kind: str, form: str, asked: str, limit: int) -> list[Any]:
    try:
        visible, seen = posts.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    sql = _FOUND.format(kind=kind, sight=sight.sql) + asked.replace("{visible}", visible)
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, [str(MILLISECONDS)])
        cursor.execute(sql, [form, *sight.params, *seen, limit])
        rows: list[Any] = cursor.fetchall()
    return rows
