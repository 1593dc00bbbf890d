"""What posts that a search found have in common: how many are of which space, tag, author, type and so on."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.models.post_states import Status
from knowledge.models.prepared import asked
from knowledge.models.statements import SQL

# Field of the grammar -> its values with the names that people read, and how many are shown.
_FIELDS = {
    "space": (
        "space.slug, space.name FROM seen JOIN knowledge_space AS space ON space.id = seen.space_id",
        8,
    ),
    "tag": ("tag, tag FROM seen, unnest(seen.tags) AS tag", 10),
    "author": (
        """coalesce(writer.username, authorship.name), coalesce(nullif(writer.name, ''), authorship.name)
        FROM seen JOIN knowledge_authorship AS authorship ON authorship.post_id = seen.id
            LEFT JOIN knowledge_user AS writer ON writer.id = authorship.user_id""",
        8,
    ),
    "type": (
        """rendering.format, rendering.format
        FROM seen JOIN knowledge_revision AS revision ON revision.id = seen.published_revision_id
            JOIN knowledge_rendering AS rendering ON rendering.id = revision.rendering_id""",
        8,
    ),
    "status": ("seen.status, seen.status FROM seen", 8),
    "year": (
        """extract(year FROM seen.created_at AT TIME ZONE 'UTC')::int::text,
        extract(year FROM seen.created_at AT TIME ZONE 'UTC')::int::text FROM seen""",
        8,
    ),
}
_SEEN = """
    WITH seen AS MATERIALIZED (
        SELECT post.id, post.space_id, post.tags, post.status, post.created_at, post.published_revision_id
        FROM unnest(%s::bigint[]) AS pool (id) JOIN ({visible}) AS allowed ON allowed.id = pool.id
            JOIN knowledge_post AS post ON post.id = pool.id
    )
"""
_COUNT = """
    (SELECT '{name}', value, max(label), count(*) FROM (SELECT {values}) AS {name} (value, label)
    GROUP BY value ORDER BY 4 DESC, 2 DESC LIMIT {most})
"""


@dataclass(frozen=True, slots=True)
class Facet:
    """Of `posts` a field of the grammar has this value; `label` is its name for people."""

    field: str
    value: str
    label: str
    posts: int


def facets_of(posts: SQL, pool: Sequence[int]) -> list[Facet]:
    """Of those in `pool` that are among `posts`: by field, the most frequent values first. One statement."""
    visible, params = posts
    counts = [_COUNT.format(name=name, values=values, most=most) for name, (values, most) in _FIELDS.items()]
    sql = _SEEN.format(visible=visible) + " UNION ALL ".join(counts)
    rows = [Facet(*row) for row in asked(sql, [list(pool), *params])]
    return [Facet(row.field, row.value, _label(row), row.posts) for row in rows]


def _label(facet: Facet) -> str:
    return str(Status(facet.value).label) if facet.field == "status" else _TYPES.get(facet.label, facet.label)


_TYPES = {
    "ipynb": "Notebook",
    "md": "Markdown",
    "rmd": "R Markdown",
    "qmd": "Quarto",
    "docx": "Word",
    "html": "HTML page",
    "py": "Script",
}
