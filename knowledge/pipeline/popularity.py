"""How much posts are read these days, and what else their readers read: made from reads, off-line.

A reader counts 1 on the day they read a post last, half of that HALF_LIFE days later, and so on; a like is
LIKE readers. Whole days, so that everything fades alike.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from knowledge.models import Read

HALF_LIFE = 14
LIKE = 0.5
LIKES_COUNT = 180  # days
FORGOTTEN = 0.01  # below it, a post counts as not read
AT_LEAST = 2  # readers that two posts must have in common
POSTS_A_READER = 50  # those that they read last
KEPT = 20  # posts, for each

_WEIGH = """
    WITH worths AS (
        SELECT post_id, power(0.5, (%(today)s - max(day)) / %(half_life)s::float) AS worth
        FROM knowledge_read WHERE day <= %(today)s /* of these */
        GROUP BY post_id, user_id
        UNION ALL
        SELECT post_id,
            %(like)s * power(0.5, greatest(0, %(today)s - created_at::date) / %(half_life)s::float)
        FROM knowledge_like AS l WHERE created_at > %(liked)s /* of these */ AND NOT EXISTS (
            SELECT FROM knowledge_authorship AS a WHERE a.post_id = l.post_id AND a.user_id = l.user_id))
    INSERT INTO knowledge_popularity AS p (post_id, score)
    SELECT post_id, sum(worth) FROM worths GROUP BY post_id ORDER BY post_id
    ON CONFLICT (post_id) DO UPDATE SET score = excluded.score WHERE p.score <> excluded.score"""
_WEIGH_SOME = _WEIGH.replace("/* of these */", "AND post_id = ANY(%(posts)s)")
_FORGET = """
    DELETE FROM knowledge_popularity AS p WHERE score < %(forgotten)s OR NOT (
        EXISTS (SELECT FROM knowledge_read AS r WHERE r.post_id = p.post_id)
        OR EXISTS (SELECT FROM knowledge_like AS l WHERE l.post_id = p.post_id AND created_at > %(liked)s))"""
_PAIRS = """
    WITH last_reads AS (
        SELECT post_id, user_id, row_number() OVER (
            PARTITION BY user_id ORDER BY max(day) DESC, post_id DESC) AS place
        FROM knowledge_read GROUP BY post_id, user_id),
    reads AS MATERIALIZED (SELECT post_id, user_id FROM last_reads WHERE place <= %(posts)s),
    readers AS (
        SELECT post_id, count(*)::float AS number FROM reads GROUP BY post_id HAVING count(*) >= %(least)s),
    common AS (
        SELECT a.post_id, b.post_id AS other_id, count(*) AS number
        FROM reads a JOIN reads b ON a.user_id = b.user_id AND a.post_id <> b.post_id
        GROUP BY a.post_id, b.post_id HAVING count(*) >= %(least)s),
    weighed AS (
        SELECT common.post_id, other_id, common.number / sqrt(mine.number * theirs.number) AS weight
        FROM common JOIN readers mine ON mine.post_id = common.post_id
        JOIN readers theirs ON theirs.post_id = other_id),
    placed AS (
        SELECT *, row_number() OVER (PARTITION BY post_id ORDER BY weight DESC, other_id) AS place
        FROM weighed),
    pairs AS MATERIALIZED (SELECT post_id, other_id, weight FROM placed WHERE place <= %(kept)s),
    gone AS (DELETE FROM knowledge_alsoread AS a WHERE NOT EXISTS (
        SELECT FROM pairs WHERE pairs.post_id = a.post_id AND pairs.other_id = a.other_id))
    INSERT INTO knowledge_alsoread AS a (post_id, other_id, weight)
    SELECT post_id, other_id, weight FROM pairs ORDER BY post_id, other_id
    ON CONFLICT (post_id, other_id) DO UPDATE SET weight = excluded.weight
    WHERE a.weight <> excluded.weight"""


def weigh_moved(today: date, since: datetime) -> None:
    """Posts that somebody opened since then."""
    lately = Read.objects.filter(day__gte=today - timedelta(days=1), seen_at__gte=since)
    posts = list(lately.values_list("post", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH_SOME, _values(today) | {"posts": posts})


def weigh_all(today: date) -> None:
    """All posts, which a day without readers makes less."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WEIGH, _values(today))
        cursor.execute(_FORGET, _values(today))


def pair_all() -> None:
    """Find anew what is read by the same people."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"posts": POSTS_A_READER, "least": AT_LEAST, "kept": KEPT})


def _values(today: date) -> dict[str, Any]:
    return {
        "today": today,
        "liked": today - timedelta(days=LIKES_COUNT),
        "half_life": HALF_LIFE,
        "like": LIKE,
        "forgotten": FORGOTTEN,
    }
