"""Which libraries published posts use, written down for lists by library (LibraryUse), post by post.

`follow` is called last in transactions that publish, and where a published revision gets another rendering.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from knowledge.models import Post, Space
from knowledge.pipeline import campaigning

BATCH = 500

# Of each post what its published revision's rendering says, in one statement however many there are.
_FOLLOW = """
    WITH used AS (
        SELECT DISTINCT ON (post.id, left(lower(name), 100))
            post.id AS post_id, post.space_id, left(lower(name), 100) AS library,
            left(coalesce(drawn.versions ->> name, ''), 100) AS version,
            coalesce(revision.published_at, post.published_at, post.updated_at) AS published_at,
            post.kind = 'post'
                AND post.status IN ('published', 'in_review', 'changes_requested', 'needs_attention')
                AS is_listed,
            post.private OR post.is_held AS is_closed
        FROM knowledge_post AS post
            JOIN knowledge_revision AS revision ON revision.id = post.published_revision_id
            JOIN knowledge_rendering AS drawn ON drawn.id = revision.rendering_id,
            LATERAL jsonb_array_elements_text(drawn.libraries) AS name
        WHERE post.id = ANY(%(posts)s) AND name <> ''
    ), gone AS (
        DELETE FROM knowledge_libraryuse AS use
        WHERE use.post_id = ANY(%(posts)s)
            AND (use.post_id, use.library) NOT IN (SELECT post_id, library FROM used)
    )
    INSERT INTO knowledge_libraryuse AS use
        (post_id, space_id, library, version, published_at, is_listed, is_closed)
    SELECT post_id, space_id, library, version, published_at, is_listed, is_closed FROM used
    ON CONFLICT (post_id, library) DO UPDATE SET
        version = excluded.version, published_at = excluded.published_at,
        is_listed = excluded.is_listed, is_closed = excluded.is_closed
    WHERE (use.version, use.published_at, use.is_listed, use.is_closed) IS DISTINCT FROM
        (excluded.version, excluded.published_at, excluded.is_listed, excluded.is_closed)
"""


def follow(posts: Iterable[int]) -> None:
    """Write down what the posts with these ids, which are locked, use now, and settle what was asked for.

    Two queries where no campaign asks for any of them.
    """
    changed = sorted(set(posts))
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"posts": changed})
    campaigning.settle(changed)


def follow_all(space: Space) -> None:
    """Write down anew what all posts of the space use, a batch in a transaction."""
    posts = Post.objects.filter(space=space, published_revision__isnull=False)
    ids = list(posts.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            batch = posts.filter(pk__in=ids[start : start + BATCH]).order_by("pk")
            follow(batch.select_for_update(no_key=True).values_list("pk", flat=True))
