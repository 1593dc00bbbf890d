"""The searches that ours is held against, on the same rows: plain ts_rank, and knowledge-repo's."""

import re
from typing import LiteralString

from django.db import connection

from benchmarks.resampling import STOP
from knowledge.models import Post

TOP = 10
BATCH = 1_000
_FIELD = re.compile(
    r"(?<![\w-])(?:author|tag|space|title|code|library|dataset|status|type|has|is|before|after):"
)


def prepare() -> None:
    """A table with all there is to read of each published post; once, when the posts are stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_peer (path text, updated_at timestamptz, keywords text, everything tsvector)"
        )
        posts = Post.objects.published().select_related("published_revision__rendering")
        for first in range(0, posts.count(), BATCH):
            some = posts.prefetch_related("authorships").order_by("pk")[first : first + BATCH]
            cursor.executemany(
                "INSERT INTO bench_peer VALUES (%s, %s, %s, to_tsvector('english', %s))",
                [(post.path, post.updated_at, _keywords(post), _everything(post)) for post in some],
            )
        cursor.execute("CREATE INDEX ON bench_peer USING gin (everything)")
        cursor.execute("ANALYZE bench_peer")


def ts_rank(query: str) -> list[str]:
    """All words of a document alike, English stems, every word of the query wanted, ts_rank's order.

    The signs -, "" and OR are understood by websearch_to_tsquery; of a field only its value is looked for.
    """
    return _paths(
        "SELECT path FROM bench_peer, websearch_to_tsquery('english', %s) AS query WHERE everything @@ query "
        "ORDER BY ts_rank(everything, query) DESC, path LIMIT %s",
        [plain(query), TOP],
    )


def knowledge_repo(query: str) -> list[str]:
    """As the feed of airbnb/knowledge-repo: each word is somewhere in the keywords by LIKE; newest first.

    It knows no signs, so for fairness it gets the words without them: no quotation marks, nothing excluded.
    """
    words = [word for word in plain(query).replace('"', " ").split() if word != "OR" and word[0] != "-"]
    if not words:
        return []
    like = " AND ".join(["lower(keywords) LIKE %s"] * len(words))
    return _paths(
        f"SELECT path FROM bench_peer WHERE {like} ORDER BY updated_at DESC, path LIMIT %s",
        [*(f"%{word.lower()}%" for word in words), TOP],
    )


def plain(query: str) -> str:
    """The query without the names of fields: `library:pandas` is just a word for who knows no fields."""
    return _FIELD.sub("", query)


def _paths(statement: LiteralString, values: list[str | int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [path for (path,) in cursor.fetchall()]


def _keywords(post: Post) -> str:
    """Authors, title, tldr and tags, joined, without the commonest words as spelled in lower case."""
    spoken = [each.name for each in post.authorships.all()] + post.title.split(" ") + post.tldr.split(" ")
    return " ".join(word for word in [*spoken, *post.tags] if word not in STOP)


def _everything(post: Post) -> str:
    """Its path in words, too."""
    revision = post.published_revision
    assert revision
    rendering = revision.rendering
    code = [words for _, _, kind, words, *_ in rendering.cells if kind == "code"]
    headings = [each["text"] for each in rendering.headings]
    authors = [each.name for each in post.authorships.all()]
    path = re.sub(r"[/+._-]", " ", post.path)
    return "\n".join(
        [post.title, post.subtitle, post.tldr, *post.tags, *authors, path, *headings, rendering.text, *code]
    )
