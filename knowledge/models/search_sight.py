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
    """A condition on a row of SearchVector, in SQL. It must let through all that the reader sees."""

    sql: str
    params: Sequence[Any] = ()

    @classmethod
    def of(cls, user: User, *, only_listed: bool) -> "Sight":
        """One query, two for who is in groups."""
        listed = "is_listed AND " if only_listed else ""
        if user.is_superuser:
            return cls(f"{listed}true")
        member = Exists(Membership.objects.filter(space=OuterRef("pk"), user=user))
        spaces = list(Space.objects.visible_to(user).order_by("pk").values_list("pk", member))
        visible = [pk for pk, _ in spaces]
        own = [pk for pk, is_member in spaces if is_member]
        named = _named_by_groups(user)
        sql = f"{listed}(NOT is_closed AND space_id = ANY(%s) OR space_id = ANY(%s)"
        return cls(
            f"{sql} OR post_id = ANY(%s))" if named else f"{sql})",
            [visible, own, *([named] if named else [])],
        )

    def within(self, posts: PostQuerySet) -> "Sight":
        """Those of `posts` alone: for conditions that only posts can tell."""
        try:
            sql, params = posts.order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            return Sight("false")
        # Asked of one row after the other: a join would begin with all posts.
        inside = (
            f"CASE WHEN EXISTS (SELECT FROM ({sql}) AS narrowed WHERE narrowed.id = post_id) THEN true END"
        )
        return Sight(f"{self.sql} AND {inside}", [*self.params, *params])


def _named_by_groups(user: User) -> list[int]:
    """Private posts that name a group of the user's."""
    groups = list(user.groups.values_list("name", flat=True))
    if not groups:
        return []
    named = Post.objects.visible_to(user).filter(private=True, allowed_groups__overlap=groups)
    return list(named.values_list("pk", flat=True))
