"""Matches in another order than that of relevance, and what matches but is put away.

What matches is found first and as a whole: with a rare word PostgreSQL would walk all posts by their dates.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from knowledge.models.prepared import asked
from knowledge.models.search_sight import Sight
from knowledge.models.statements import SQL

# What a search can be sorted by besides relevance: each as SQL of posts, and the same for querysets.
ORDERS: dict[str, tuple[str, Sequence[Any]]] = {
    "new": (
        "post.published_at DESC NULLS LAST, post.id DESC",
        (F("published_at").desc(nulls_last=True), "-pk"),
    ),
    "read": (
        """(SELECT score FROM knowledge_popularity AS lately WHERE lately.post_id = post.id) DESC NULLS LAST,
        post.published_at DESC NULLS LAST, post.id DESC""",
        (F("popularity__score").desc(nulls_last=True), F("published_at").desc(nulls_last=True), "-pk"),
    ),
}
_FOUND = """
    WITH found AS MATERIALIZED (
        SELECT post_id FROM knowledge_search{kind} AS vectors WHERE vectors.vector @@ %s::tsquery AND {sight}
    )
"""
# Who sees a post is asked of the first alone: `sight` has left out nearly all that the reader can't see.
_ORDERED = """,
    met AS MATERIALIZED ({first}),
    first AS MATERIALIZED (SELECT id, row_number() OVER () AS place FROM met LIMIT {most})
    SELECT first.id FROM first JOIN ({visible}) AS seen ON seen.id = first.id ORDER BY first.place LIMIT %s
"""
_SORTED = """
    SELECT post.id FROM found JOIN knowledge_post AS post ON post.id = found.post_id
    ORDER BY {order} LIMIT {most}
"""
# Of what lists show, the index of the order is walked until enough that match were met: to sort all of them,
# their posts would be read. No join, that is, and no NULLS LAST.
_NEWEST = """
    (SELECT post.id FROM knowledge_post AS post
    WHERE (post.id IN (SELECT post_id FROM found)) IS NOT FALSE AND {listed} AND {more}
    ORDER BY post.published_at DESC, post.id DESC LIMIT {most})
"""
_LISTED = """
    post.kind = 'post' AND post.published_revision_id IS NOT NULL
    AND post.status IN ('published', 'in_review', 'changes_requested', 'needs_attention')
"""
_READ = """
    (SELECT read.post_id AS id FROM knowledge_popularity AS read
    WHERE (read.post_id IN (SELECT post_id FROM found)) IS NOT FALSE
    ORDER BY read.score DESC, read.post_id DESC LIMIT {most})
    UNION ALL
"""
_UNREAD = "NOT EXISTS (SELECT FROM knowledge_popularity AS read WHERE read.post_id = post.id)"
_WALKS = {"new": (_NEWEST, "true"), "read": (_READ + _NEWEST, _UNREAD)}
_COUNTED = """
    SELECT count(*) FROM (
        SELECT FROM found JOIN ({visible}) AS seen ON seen.id = found.post_id LIMIT %s
    ) AS counted
"""
# While somebody types there is no time to read what posts hold: what names them, and a few others.
_OFFERED = """
    WITH named AS MATERIALIZED (
        SELECT post_id, vectors.vector @@ %s::tsquery AS titled FROM knowledge_searchhead AS vectors
        WHERE vectors.vector @@ %s::tsquery AND {sight} LIMIT {looked_at}
    ),
    inside AS MATERIALIZED (
        SELECT post_id, false AS titled FROM knowledge_searchbody AS vectors
        WHERE vectors.vector @@ %s::tsquery AND {sight}
        LIMIT (SELECT greatest(0, {few} - count(*)) FROM named)
    ),
    found AS MATERIALIZED (
        SELECT post_id, bool_or(titled) AS titled, bool_or(is_named) AS is_named
        FROM (SELECT *, true AS is_named FROM named UNION ALL SELECT *, false FROM inside) AS each
        GROUP BY post_id
    )
    SELECT found.post_id FROM found JOIN ({visible}) AS seen ON seen.id = found.post_id
        LEFT JOIN knowledge_popularity AS read ON read.post_id = found.post_id
    ORDER BY titled DESC, is_named DESC, coalesce(read.score, 0) DESC, found.post_id DESC LIMIT %s
"""
LOOKED_AT, FEW = 300, 30
SPARE = 3


def ordered(
    posts: SQL, sight: Sight, *, kind: str, form: str, sort: str, limit: int, only_listed: bool
) -> list[int]:
    """The first `limit` of `posts` that match the tsquery; `kind` is the vector's, "head" or "body"."""
    most = limit * SPARE
    if only_listed:
        walk, more = _WALKS[sort]
        first = walk.format(listed=_LISTED, more=more, most=most)
    else:
        first = _SORTED.format(order=ORDERS[sort][0], most=most)
    order = _ORDERED.format(first=first, most=most, visible=posts[0])
    return [row[0] for row in _run(posts, sight, kind, form, order, limit)]


def offered(posts: SQL, sight: Sight, *, titled: str, head: str, form: str, limit: int) -> list[int]:
    """The first `limit` of `posts` that match: by their titles, by what names them, by their texts."""
    sql = _OFFERED.format(sight=sight.sql, visible=posts[0], looked_at=LOOKED_AT, few=FEW)
    matching = [titled or head, head, *sight.params, form, *sight.params]
    return [row[0] for row in asked(sql, [*matching, *posts[1], limit])]


def counted(posts: SQL, sight: Sight, *, kind: str, form: str, limit: int) -> int:
    """How many of `posts` match, counted up to `limit`."""
    count = _COUNTED.format(visible=posts[0])
    return int(_run(posts, sight, kind, form, count, limit)[0][0])


def _run(posts: SQL, sight: Sight, kind: str, form: str, rest: str, limit: int) -> list[tuple[Any, ...]]:
    sql = _FOUND.format(kind=kind, sight=sight.sql) + rest
    return asked(sql, [form, *sight.params, *posts[1], limit])
