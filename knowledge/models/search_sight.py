"""Who sees what, for matching: told from a search vector's own row, and in SQL that is put together once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from knowledge.models import prepared
from knowledge.models.post import Post
from knowledge.models.space import Membership, Space
from knowledge.models.statements import SQL, compiled
from knowledge.models.user import User


@dataclass(frozen=True, slots=True)
class Sight:
    """A condition in SQL on a row of SearchVector, called `vectors`. All that the reader sees fulfils it."""

    sql: str
    params: Sequence[Any] = ()

    @classmethod
    def of(cls, user: User, *, only_listed: bool) -> "Sight":
        """PostQuerySet.visible_to, without reading posts. One query, two for who is in groups."""
        return cls.among(user, prepared.rows(*cls.asked_of(user)), only_listed=only_listed)

    @staticmethod
    def asked_of(user: User) -> SQL:
        """For prepared.several: the spaces of `among`."""
        return _spaces_of(user.pk)

    @classmethod
    def among(cls, user: User, spaces: Sequence[tuple[Any, ...]], *, only_listed: bool) -> "Sight":
        listed = "vectors.is_listed AND " if only_listed else ""
        if user.is_superuser:
            return cls(f"{listed}true")
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
        whole = "SELECT FROM knowledge_searchbody AS whole WHERE whole.post_id = vectors.post_id"
        holds = f"EXISTS ({whole} AND whole.vector @@ %s::tsquery)"
        return Sight(f"{self.sql} AND NOT {holds}", [*self.params, form])

    def within(self, posts: SQL) -> "Sight":
        """Those of `posts` alone: for conditions that only posts can tell."""
        sql, params = posts
        # Asked of one row after the other: a join would begin with all posts.
        narrowed = f"SELECT FROM ({sql}) AS narrowed WHERE narrowed.id = vectors.post_id"
        inside = f"CASE WHEN EXISTS ({narrowed}) THEN true END"
        return Sight(f"{self.sql} AND {inside}", [*self.params, *params])


@lru_cache(maxsize=1_000)
def listed_for(user: int, *, is_superuser: bool) -> SQL:
    """What lists show `user`, as SQL: who they are and nothing of what there is, so that it can be kept."""
    return ids_of(Post.objects.visible_to(User(pk=user, is_superuser=is_superuser)).published())


def ids_of(posts: QuerySet[Any]) -> SQL:
    """The statement that finds their ids alone, in no order."""
    return compiled(posts.order_by().values("id"))


@lru_cache(maxsize=1_000)
def _spaces_of(user: int) -> SQL:
    """id, whether they are a member, whether they are in any group: of each space that `user` sees."""
    person = User(pk=user)
    member = Exists(Membership.objects.filter(space=OuterRef("pk"), user=person))
    spaces = Space.objects.visible_to(person).order_by("pk")
    return compiled(spaces.values_list("pk", member, Exists(person.groups.all())))


def _named_by_groups(user: User) -> list[int]:
    """Private posts that name a group of the user's."""
    groups = list(user.groups.values_list("name", flat=True))
    named = Post.objects.visible_to(user).filter(private=True, allowed_groups__overlap=groups)
    return list(named.values_list("pk", flat=True))
