"""The one place where the benchmark asks the product."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.models import User

SHOWN = 20


def prepare() -> None:
    """Index the posts that are stored: they came to the database in bulk, past publishing. Called once."""
    from knowledge.models import Post
    from knowledge.pipeline.index import count_words, index_posts, request_index

    request_index(Post.objects.values_list("pk", flat=True))
    index_posts()
    count_words()


def product(query: str) -> list[str]:
    """Paths of the posts that search finds for somebody who sees them all, the best first, ten or more."""
    from knowledge.models import Post
    from knowledge.pipeline.searching import search

    found = [hit.post for hit in search(user=_reader(), text=query).hits[:SHOWN]]
    paths = dict(Post.objects.filter(pk__in=found).values_list("pk", "path"))
    return [paths[post] for post in found]


@cache
def _reader() -> "User":
    from knowledge.models import User

    return User.objects.create_user("searcher", password=None)
