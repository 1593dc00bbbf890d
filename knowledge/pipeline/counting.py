"""Counting that a post was read, and how far. Each is one statement, for pages that must not wait.

In no audit trail, and never of who wrote the post or answers for it. That the reader may see the post is for
the caller to have checked.

What each statement begins with holds for it alone: it waits neither for the disk nor, for long, for a lock.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from knowledge.models import User
from knowledge.models.reads import MOST_SECONDS, MOST_VIEWS, REACHES

QUERY_LENGTH = 200
QUERIES_A_DAY = 50  # different ones, of a post
WORDS_A_SECOND = 11  # three times as fast as most people read
LEAST_SECONDS, ENOUGH_SECONDS = 10, 300

_VIEW = """
    WITH quick AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '50ms', true))
    INSERT INTO knowledge_read AS r (post_id, user_id, day, views, seen_at, reach, seconds, is_finished)
    SELECT %(post)s, %(user)s, %(day)s, 1, %(now)s, 0, 0, false FROM quick
    WHERE NOT EXISTS (SELECT FROM knowledge_post WHERE id = %(post)s AND owner_id = %(user)s)
        AND NOT EXISTS (
            SELECT FROM knowledge_authorship WHERE post_id = %(post)s AND user_id = %(user)s)
    ON CONFLICT (post_id, day, user_id)
    DO UPDATE SET views = r.views + 1, seen_at = excluded.seen_at
    WHERE r.seen_at <= excluded.seen_at - interval '1 hour' AND r.views < %(most_views)s"""
_SEARCH = """
    WITH quick AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '50ms', true)),
    today AS (SELECT query FROM knowledge_leadingsearch WHERE post_id = %(post)s AND day = %(day)s)
    INSERT INTO knowledge_leadingsearch AS s (post_id, day, query, reads)
    SELECT %(post)s, %(day)s, %(query)s, 1 FROM quick
    WHERE (EXISTS (SELECT FROM today WHERE query = %(query)s)
            OR (SELECT count(*) FROM today) < %(most_queries)s)
        AND NOT EXISTS (SELECT FROM knowledge_post WHERE id = %(post)s AND owner_id = %(user)s)
        AND NOT EXISTS (
            SELECT FROM knowledge_authorship WHERE post_id = %(post)s AND user_id = %(user)s)
    ON CONFLICT (post_id, day, query) DO UPDATE SET reads = s.reads + 1"""
_REACH = """
    WITH quick AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '50ms', true))
    INSERT INTO knowledge_read AS r (post_id, user_id, day, views, seen_at, reach, seconds, is_finished)
    SELECT %(post)s, %(user)s, %(day)s, 1, %(now)s, %(reach)s, %(seconds)s,
        %(reach)s = 100 AND %(seconds)s >= %(enough)s
    FROM quick
    WHERE NOT EXISTS (SELECT FROM knowledge_post WHERE id = %(post)s AND owner_id = %(user)s)
        AND NOT EXISTS (
            SELECT FROM knowledge_authorship WHERE post_id = %(post)s AND user_id = %(user)s)
    ON CONFLICT (post_id, day, user_id)
    DO UPDATE SET reach = greatest(r.reach, excluded.reach),
        seconds = least(r.seconds + excluded.seconds, %(most_seconds)s),
        is_finished = r.is_finished OR (
            greatest(r.reach, excluded.reach) = 100 AND r.seconds + excluded.seconds >= %(enough)s)
    WHERE r.reach < excluded.reach OR (excluded.seconds > 0 AND r.seconds < %(most_seconds)s)"""


def count_view(*, by: User, post: int, query: str = "", now: datetime | None = None) -> None:
    """Somebody opened the post, from the results of a search for `query` if there is one."""
    values = _of(by, post, now) | {"query": clean_query(query)}
    values |= {"most_views": MOST_VIEWS, "most_queries": QUERIES_A_DAY}
    with connection.cursor() as cursor:
        cursor.execute(_VIEW, values)
        if values["query"]:
            cursor.execute(_SEARCH, values)


def count_reach(
    *, by: User, post: int, reach: int, seconds: int, words: int, now: datetime | None = None
) -> None:
    """Somebody came to `reach` per cent of its `words`, and looked at it for `seconds` more than was known.

    Numbers that can't be are taken for the nearest that can.
    """
    values = _of(by, post, now) | {
        "reach": max(step for step in (0, *REACHES) if step <= max(0, reach)),
        "seconds": min(max(0, seconds), MOST_SECONDS),
        "most_seconds": MOST_SECONDS,
        "enough": enough_seconds(words),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REACH, values)


def enough_seconds(words: int) -> int:
    """How long somebody must have looked at a document of so many words to have read it."""
    return min(max(LEAST_SECONDS, round(words / WORDS_A_SECOND)), ENOUGH_SECONDS)


def clean_query(query: str) -> str:
    return " ".join(query.replace("\0", " ").lower().split())[:QUERY_LENGTH].strip()


def _of(user: User, post: int, now: datetime | None) -> dict[str, Any]:
    now = now or timezone.now()
    return {"post": post, "user": user.pk, "now": now, "day": timezone.localdate(now)}
