"""What somebody follows and belongs to, and the newest posts of all that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField

from knowledge.models import prepared
from knowledge.models.collection import CollectionItem
from knowledge.models.for_readers import ForReader
from knowledge.models.listing import (
    ANY_OF,
    COLLECTED,
    FOUND_FOR,
    IN_SPACES,
    TAGGED_ANY,
    WRITTEN_BY_ANY,
    Listing,
    Place,
)
from knowledge.models.notification import Notification
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Membership
from knowledge.models.statements import IsAny
from knowledge.models.subscription import Subscription
from knowledge.models.user import User

FOLLOWED = ForReader(
    lambda reader: (
        Subscription.objects.filter(user=reader)
        .of_visible_collections()
        .values_list(
            "kind", "tag", "space", "post", "author", "author__name", "author__username", "collection"
        )
    )
)
OWN_SPACES = ForReader(lambda reader: Membership.objects.filter(user=reader).values_list("space"))
_IN_COLLECTIONS = ForReader(
    lambda _, collections, posts: CollectionItem.objects.filter(
        IsAny("collection", collections), IsAny("post", posts)
    ).values_list("post", "collection__title"),
    collections=ArrayField(BigIntegerField()),
    posts=ArrayField(BigIntegerField()),
)
_FOUND = ForReader(
    lambda reader, posts: (
        Notification.objects.found_for(reader)
        .filter(IsAny("post", posts))
        .values_list("post", "subscription__query")
    ),
    posts=ArrayField(BigIntegerField()),
)


@dataclass(frozen=True, slots=True)
class Interests:
    """`authors` are followed people with their names, `spaces` followed ones, `own` those of a member.

    `searches`: whether any is saved.
    """

    tags: frozenset[str]
    authors: Mapping[int, str]
    spaces: frozenset[int]
    own: frozenset[int]
    posts: frozenset[int]
    collections: frozenset[int]
    searches: bool

    @classmethod
    def of(cls, user: User) -> Self:
        """One query."""
        followed, own = prepared.several(FOLLOWED.filled(user), OWN_SPACES.filled(user))
        return cls(
            tags=frozenset(tag for kind, tag, *_ in followed if kind == "tag"),
            authors={author: name or username for *_, author, name, username, _ in followed if author},
            spaces=frozenset(space for _, _, space, *_ in followed if space),
            own=frozenset(space for (space,) in own),
            posts=frozenset(post for _, _, _, post, *_ in followed if post),
            collections=frozenset(collection for *_, collection in followed if collection),
            searches=any(kind == "search" for kind, *_ in followed),
        )

    def __bool__(self) -> bool:
        return any(bool(getattr(self, each.name)) for each in fields(self))

    def newest(
        self,
        reader: User,
        older_than: Place[datetime] | None,
        count: int,
        *,
        among: PostQuerySet | None = None,
    ) -> list[Place[datetime]]:
        """The newest that are of interest, of all posts that `reader` sees or `among` some.

        As many queries for one followed tag as for hundreds. The newest of each source are asked for by
        themselves, which its index answers: all in one condition, PostgreSQL would read every post.
        """
        found: set[Place[datetime]] = set()
        for listing, values in self._sources(reader):
            posts = listing.of(reader, **values) if among is None else listing.among(among, **values)
            found.update(posts.newest(older_than, count))
        return sorted(found, reverse=True)[:count]

    def why(self, reader: User, posts: Sequence[int]) -> dict[int, str]:
        """Why each is there, in a few words. Four queries at the most."""
        asked = {"posts": list(posts)}
        in_collections, found = prepared.several(
            _IN_COLLECTIONS.filled(reader, collections=sorted(self.collections), **asked),
            _FOUND.filled(reader, **asked),
        )
        shown = Post.objects.filter(pk__in=posts).select_related("space").prefetch_related("authorships")
        said = {post.pk: self._why(post) for post in shown.only("tags", "space__name")}
        by_search = {post: f"You saved the search {query}" for post, query in found}
        by_collection = {post: f"You follow {title}" for post, title in in_collections}
        return {
            pk: words or by_collection.get(pk) or by_search.get(pk) or "One of your spaces"
            for pk, words in said.items()
        }

    def _why(self, post: Post) -> str:
        if post.pk in self.posts:
            return "You follow this post"
        if tags := [tag for tag in post.tags if tag in self.tags]:
            return f"You follow {' and '.join(tags[:2])}"
        for signed in post.authorships.all():
            if signed.user_id and signed.user_id in self.authors:
                return f"You follow {self.authors[signed.user_id]}"
        return f"You follow {post.space.name}" if post.space_id in self.spaces else ""

    def _sources(self, reader: User) -> Iterator[tuple[Listing, dict[str, object]]]:
        if self.spaces or self.own:
            yield IN_SPACES, {"spaces": sorted(self.spaces | self.own)}
        if self.tags:
            yield TAGGED_ANY, {"tags": sorted(self.tags)}
        if self.authors:
            yield WRITTEN_BY_ANY, {"people": sorted(self.authors)}
        if self.posts:
            yield ANY_OF, {"ids": sorted(self.posts)}
        if self.collections:
            yield COLLECTED, {"collections": sorted(self.collections)}
        if self.searches:
            yield FOUND_FOR, {"person": reader.pk}
