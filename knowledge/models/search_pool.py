"""Matching: which posts come into question for a search, and what speaks for each of the best.

Ranking reads the vector of every match, and a frequent word has tens of thousands. So the posts that are
named by what is looked for come first, and those that hold it somewhere fill up. Their number is bounded, and
only the best of them are looked at closely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef

from knowledge.models.prepared import asked
from knowledge.models.search_entry import SearchBody
from knowledge.models.search_sight import Sight
from knowledge.models.statements import SQL
from knowledge.search.tsquery import Wanted, all_of

TITLED, POOL, BEST = 400, 600, 40
NAMED = 200  # by what is looked for: of a word that so many have up there, none is sought in what posts hold
HEAD_WEIGHTS = "{0.35,0.5,0.75,1.0}"  # of names, headings, summaries and tags, titles
BODY_WEIGHTS = "{0.4,0.35,0.7,1.0}"  # of code, outputs and comments, narrative, what names the post
_POOL = """
    WITH titled AS MATERIALIZED ({titled}),
    headed AS MATERIALIZED ({headed} LIMIT (
        SELECT CASE WHEN count(*) = {most} THEN 0 ELSE {pool} END FROM titled
    )),
    inside AS MATERIALIZED ({inside} LIMIT (
        SELECT CASE WHEN count(*) = {most} OR (SELECT count(*) FROM headed) >= {enough} THEN 0
            ELSE {pool} - (SELECT count(*) FROM headed) END
        FROM titled
    )),
    named AS MATERIALIZED (
        SELECT post_id, max(quick) AS quick
        FROM (SELECT * FROM titled UNION ALL SELECT * FROM headed) AS both_of
        GROUP BY post_id ORDER BY 2 DESC, 1 DESC
    ),
    best AS MATERIALIZED (
        (SELECT post_id FROM named LIMIT {best})
        UNION ALL
        (SELECT post_id FROM inside WHERE post_id NOT IN (SELECT post_id FROM named)
        LIMIT (SELECT greatest(0, {best} - count(*)) FROM named))
    ),
    counted AS (
        SELECT array_agg(post_id) AS posts
        FROM (SELECT post_id FROM named UNION ALL SELECT post_id FROM inside) AS pool
    )
    SELECT CASE WHEN row_number() OVER () = 1 THEN (SELECT posts FROM counted) END,
        (SELECT count(*) FROM headed) >= {enough}, best.post_id, {features}
    FROM best
        JOIN ({visible}) AS seen ON seen.id = best.post_id
        JOIN knowledge_searchentry AS entry ON entry.post_id = best.post_id
        JOIN knowledge_searchhead AS head ON head.post_id = best.post_id
        JOIN knowledge_searchbody AS stored ON stored.post_id = best.post_id
        JOIN knowledge_post AS post ON post.id = best.post_id
        -- Elements of arrays lie in memory: fetched once, and not for each of the functions that read it.
        CROSS JOIN LATERAL (SELECT ARRAY[stored.vector] AS vectors OFFSET 0) AS body
"""
# Heads first: they are few, and the bodies of a frequent word are not read where one is found.
_EXISTS = """
    WITH named AS MATERIALIZED ({named}), found AS MATERIALIZED ({matching})
    SELECT 1 FROM (SELECT post_id FROM named UNION ALL SELECT post_id FROM found) AS either
        JOIN ({visible}) AS seen ON seen.id = either.post_id LIMIT 1
"""
_FEATURES = """
    {heads}, {bodies}, {titled}, {nearness}, length(post.title), entry.words,
    coalesce((SELECT score FROM knowledge_popularity AS read WHERE read.post_id = post.id), 0),
    EXISTS (
        SELECT FROM knowledge_review AS review
        WHERE review.post_id = post.id AND review.revision_id = post.published_revision_id
            AND review.state = 'approved'
    ),
    post.attention_since IS NOT NULL, extract(epoch FROM post.updated_at)::float
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`head` and `full` say for each thing that was wanted how much of it is there (0 to 1), `titled` whether
    the title has it, `nearness` how close to each other they are, `updated_at` is in seconds since 1970.
    """

    post: int
    head: Sequence[float]
    full: Sequence[float]
    titled: Sequence[bool]
    nearness: float
    title_length: int
    words: int
    popularity: float
    is_approved: bool
    is_stale: bool
    updated_at: float


@dataclass(frozen=True, slots=True)
class Pool:
    """`posts` are those that come into question, likely ones first; all of them, or `is_capped`. `candidates`
    are the best.
    """

    posts: Sequence[int] = ()
    candidates: Sequence[Candidate] = ()
    is_capped: bool = False


def pool_of(
    posts: SQL,
    sight: Sight,
    *,
    titled: str,
    head: str,
    full: str,
    excluded: str = "",
    wanted: Sequence[Wanted],
    weights: Sequence[float],
) -> Pool:
    """Of `posts`, of which `sight` knows at a glance what can't be among them.

    `titled`, `head` and `full` are tsqueries ("" for none), each wider than the one before; nothing of
    `excluded` may be in a post. `weights` is how much each thing wanted counts. Raises OperationalError where
    it takes longer than prepared.MILLISECONDS.
    """
    visible, seen = posts
    loose = [one.loose for one in wanted]
    sight = sight.without(excluded) if excluded else sight
    statement = _Statement()
    tiers = {
        "titled": statement.matching("head", titled, sight, loose, weights, f"LIMIT {TITLED}"),
        "headed": statement.matching("head", head, sight, loose, weights, ""),
        "inside": statement.matching("body", full, sight, (), (), ""),
    }
    features = _FEATURES.format(
        heads=statement.each(f"ts_rank('{HEAD_WEIGHTS}', head.vector, %s::tsquery)", loose, "real"),
        bodies=statement.each(f"ts_rank('{BODY_WEIGHTS}', body.vectors[1], %s::tsquery)", loose, "real"),
        titled=statement.each(
            "head.vector @@ %s::tsquery", [one.in_title or one.loose for one in wanted], "boolean"
        ),
        nearness="0.0"
        if len(wanted) < 2
        else statement.one(f"ts_rank_cd('{BODY_WEIGHTS}', body.vectors[1], %s::tsquery)", all_of(loose)),
    )
    bounds = {"pool": POOL, "most": TITLED, "enough": NAMED, "best": BEST}
    rows = asked(
        _POOL.format(**tiers, **bounds, features=features, visible=visible), [*statement.params, *seen]
    )
    found = tuple(dict.fromkeys(next((row[0] for row in rows if row[0]), ())))
    is_capped = len(found) == TITLED or len(found) >= POOL or bool(full and rows and rows[0][1])
    return Pool(found, [Candidate(*row[2:]) for row in rows], is_capped)


def exists(posts: SQL, sight: Sight, form: str) -> bool:
    """Whether one of `posts` matches the tsquery."""
    visible, seen = posts
    statement = _Statement()
    tiers = {
        name: statement.matching(kind, form, sight, (), (), f"LIMIT {BEST}")
        for name, kind in {"named": "head", "matching": "body"}.items()
    }
    sql = _EXISTS.format(**tiers, visible=visible)
    return bool(asked(sql, [*statement.params, *seen]))


def holding(form: str) -> Exists:
    """For querysets of posts: that they match the tsquery. Asked of one post after the other."""
    return Exists(SearchBody.objects.filter(post=OuterRef("pk"), vector__matches=form))


class _Statement:
    """A statement that is put together, with its parameters in their order."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def one(self, sql: str, value: Any) -> str:
        self.params.append(value)
        return sql

    def each(self, sql: str, values: Sequence[Any], kind: str) -> str:
        self.params += values
        return f"ARRAY[{', '.join([sql] * len(values))}]::{kind}[]"

    def matching(
        self, kind: str, form: str, sight: Sight, loose: Sequence[str], weights: Sequence[float], limit: str
    ) -> str:
        """The posts of one tier, with how well their heads fit at a glance."""
        if not form:
            return "SELECT NULL::bigint AS post_id, 0.0::float AS quick WHERE false"
        rank = f"ts_rank('{HEAD_WEIGHTS}', vector, %s::tsquery)"
        quick = " + ".join([f"%s::float * {rank}"] * len(loose)) if loose else "0.0::float"
        self.params += [*chain(*zip(weights, loose, strict=True)), form, *sight.params]
        matches = f"vectors.vector @@ %s::tsquery AND {sight.sql}"
        table = f"knowledge_search{kind} AS vectors"
        found = f"SELECT post_id, vector FROM {table} WHERE {matches} {limit}"  # noqa: S608 (ours)
        return f"SELECT post_id, {quick} AS quick FROM ({found}) AS {kind}"  # noqa: S608 (nothing of a user's)
