"""What a reader can't see, told from a search vector's own row: PostQuerySet.visible_to without the posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, OuterRef

from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Membership, Space
from knowledge.models.user import User


@dataclass(frozen=True, slots=True)
class Sight:
    """A condition in SQL on a row of SearchVector, called `vectors`. All that the reader sees fulfils it."""

    sql: str
    params: Sequence[Any] = ()

    @classmethod
    def of(cls, user: User, *, only_listed: bool) -> "Sight":
        """One query, two for who is in groups."""
        listed = "vectors.is_listed AND " if only_listed else ""
        if user.is_superuser:
            return cls(f"{listed}true")
        member = Exists(Membership.objects.filter(space=OuterRef("pk"), user=user))
        in_groups = Exists(user.groups.all())
        spaces = list(Space.objects.visible_to(user).order_by("pk").values_list("pk", member, in_groups))
        visible = [pk for pk, _, _ in spaces]
        own = [pk for pk, is_member, _ in spaces if is_member]
        named = _named_by_groups(user) if spaces and spaces[0][2] else []
        is_open = "NOT vectors.is_closed AND vectors.space_id = ANY(%s::bigint[])"
        sql = f"{listed}({is_open} OR vectors.space_id = ANY(%s::bigint[])"
        if named:
            return cls(f"{sql} OR vectors.post_id = ANY(%s::bigint[]))", [visible, own, named])
        return cls(f"{sql})", [visible, own])

    def without(self, form: str) -> "Sight":
        """Nothing that matches the tsquery anywhere: a head doesn't know all of its post."""
        there = "SELECT FROM knowledge_searchbody AS whole WHERE whole.post_id = vectors.post_id"
        return Sight(
            f"{self.sql} AND NOT EXISTS ({there} AND whole.vector @@ %s::tsquery)", [*self.params, form]
        )

    def within(self, posts: PostQuerySet) -> "Sight":
        """Those of `posts` alone: for conditions that only posts can tell."""
        try:
            sql, params = posts.order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            return Sight("false")
        # Asked of one row after the other: a join would begin with all posts.
        narrowed = f"SELECT FROM ({sql}) AS narrowed WHERE narrowed.id = vectors.post_id"
        inside = f"CASE WHEN EXISTS ({narrowed}) THEN true END"
        return Sight(f"{self.sql} AND {inside}", [*self.params, *params])


def _named_by_groups(user: User) -> list[int]:
    """Private posts that name a group of the user's."""
    groups = list(user.groups.values_list("name", flat=True))
    named = Post.objects.visible_to(user).filter(private=True, allowed_groups__overlap=groups)
    return list(named.values_list("pk", flat=True))
