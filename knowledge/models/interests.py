"""What somebody follows and belongs to, and the newest posts of all that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from knowledge.models import prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.listing import (
    ANY_OF,
    IN_SPACES,
    TAGGED_ANY,
    WRITTEN_BY_ANY,
    Listing,
    Place,
)
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Membership
from knowledge.models.subscription import Subscription
from knowledge.models.user import User

FOLLOWED = ForReader(
    lambda reader: Subscription.objects.filter(user=reader).values_list(
        "kind", "tag", "space", "post", "author", "author__name", "author__username"
    )
)
OWN_SPACES = ForReader(lambda reader: Membership.objects.filter(user=reader).values_list("space"))


@dataclass(frozen=True, slots=True)
class Interests:
    """`authors` are followed people with their names, `spaces` followed ones, `own` those of a member."""

    tags: frozenset[str]
    authors: Mapping[int, str]
    spaces: frozenset[int]
    own: frozenset[int]
    posts: frozenset[int]

    @classmethod
    def of(cls, user: User) -> Self:
        """One query."""
        followed, own = prepared.several(FOLLOWED.filled(user), OWN_SPACES.filled(user))
        return cls(
            tags=frozenset(tag for kind, tag, *_ in followed if kind == "tag"),
            authors={author: name or username for *_, author, name, username in followed if author},
            spaces=frozenset(space for _, _, space, *_ in followed if space),
            own=frozenset(space for (space,) in own),
            posts=frozenset(post for _, _, _, post, *_ in followed if post),
        )

    def __bool__(self) -> bool:
        return bool(self.tags or self.authors or self.spaces or self.own or self.posts)

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
        for listing, values in self._sources():
            posts = listing.of(reader, **values) if among is None else listing.among(among, **values)
            found.update(posts.newest(older_than, count))
        return sorted(found, reverse=True)[:count]

    def why(self, post: Post) -> str:
        """Why it is there, in a few words. Its authorships and its space are at hand."""
        if post.pk in self.posts:
            return "You follow this post"
        if tags := [tag for tag in post.tags if tag in self.tags]:
            return f"You follow {' and '.join(tags[:2])}"
        for signed in post.authorships.all():
            if signed.user_id and signed.user_id in self.authors:
                return f"You follow {self.authors[signed.user_id]}"
        return f"You follow {post.space.name}" if post.space_id in self.spaces else "One of your spaces"

    def _sources(self) -> Iterator[tuple[Listing, dict[str, object]]]:
        if self.spaces or self.own:
            yield IN_SPACES, {"spaces": sorted(self.spaces | self.own)}
        if self.tags:
            yield TAGGED_ANY, {"tags": sorted(self.tags)}
        if self.authors:
            yield WRITTEN_BY_ANY, {"people": sorted(self.authors)}
        if self.posts:
            yield ANY_OF, {"ids": sorted(self.posts)}
