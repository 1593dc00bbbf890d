"""What somebody follows and belongs to, and the newest posts of all that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from knowledge.models.authorship import Authorship
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Membership, Space
from knowledge.models.subscription import Subscription
from knowledge.models.user import User


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
        """Two queries."""
        followed = list(Subscription.objects.filter(user=user).select_related("author"))
        return cls(
            tags=frozenset(each.tag for each in followed if each.kind == "tag"),
            authors={each.author.pk: each.author.get_full_name() for each in followed if each.author},
            spaces=frozenset(each.space_id for each in followed if each.space_id),
            own=frozenset(Membership.objects.filter(user=user).values_list("space", flat=True)),
            posts=frozenset(each.post_id for each in followed if each.post_id),
        )

    def __bool__(self) -> bool:
        return bool(self.tags or self.authors or self.spaces or self.own or self.posts)

    def newest(
        self, posts: PostQuerySet, *, older_than: tuple[datetime, int] | None, count: int
    ) -> PostQuerySet:
        """The newest of `posts` that are of interest. As many queries for one followed tag as for hundreds.

        The newest of each source are asked for by themselves, which its index answers: all in one condition,
        PostgreSQL would read every post.
        """
        found = set(self._in_spaces(posts.newest_first(older_than=older_than), count))
        for source in self._others(posts):
            newest = source.newest_first(older_than=older_than)
            found.update(newest.values_list("pk", flat=True)[:count])
        return Post.objects.filter(pk__in=found).newest_first()[:count]

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

    def _in_spaces(self, newest: PostQuerySet, count: int) -> Iterator[int]:
        if self.spaces or self.own:
            theirs = ArraySubquery(newest.filter(space=OuterRef("pk")).values("pk")[:count])
            spaces: QuerySet[Space, list[int]] = (
                Space.objects.filter(pk__in=self.spaces | self.own).order_by().values_list(theirs, flat=True)
            )
            for found in spaces:
                yield from found

    def _others(self, posts: PostQuerySet) -> Iterator[PostQuerySet]:
        if self.tags:
            yield posts.filter(tags__overlap=sorted(self.tags))
        if self.authors:
            yield posts.filter(pk__in=Authorship.objects.filter(user__in=list(self.authors)).values("post"))
        if self.posts:
            yield posts.filter(pk__in=self.posts)
