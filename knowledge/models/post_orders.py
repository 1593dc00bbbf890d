"""The orders in which the table of all posts is read, each by an index, in either direction."""

from typing import Any

from django.db.models import F, Q

from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet

# Name -> the column, and whether people first want its largest. Each has an index with the id behind it.
ORDERS = {
    "published": ("published_at", True),
    "updated": ("updated_at", True),
    "title": ("title", False),
    "popular": ("popularity__score", True),
}


def ordered(posts: PostQuerySet, order: str, *, descending: bool, after: Post | None = None) -> PostQuerySet:
    """By one of ORDERS; `after` is the last one seen. By popularity, only what is read is in it."""
    column = ORDERS[order][0]
    pk = "popularity__pk" if order == "popular" else "pk"
    if order == "popular":
        posts = posts.filter(popularity__isnull=False)
    places = (F(column), F(pk))
    found = posts.order_by(*(place.desc() if descending else place.asc() for place in places))
    return found.filter(_beyond(column, pk, after, descending=descending)) if after else found


def _beyond(column: str, pk: str, after: Post, *, descending: bool) -> Q:
    value: Any = after
    for name in column.split("__"):
        value = getattr(value, name)
    way = "lt" if descending else "gt"
    # The second condition alone can use the index.
    beyond = Q(**{f"{column}__{way}": value}) | Q(**{f"{pk}__{way}": after.pk})
    return beyond & Q(**{f"{column}__{way}e": value})
