"""Who of some people sees a post or an open question: visible_to, asked the other way round."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group

from knowledge.models.open_question import OpenQuestion
from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Role, Space
from knowledge.models.user import User


@dataclass(frozen=True, slots=True)
class Readers:
    """Three queries, however many people and spaces. Whoever may not sign in sees nothing."""

    all_seeing: frozenset[int]
    active: frozenset[int]
    members: frozenset[tuple[int, int]]
    writers: frozenset[tuple[int, int]]
    groups: dict[int, frozenset[str]]

    @classmethod
    def of(cls, users: Collection[int], spaces: Collection[int]) -> "Readers":
        active = User.objects.filter(pk__in=users, is_active=True).values_list("pk", "is_superuser")
        known = dict(active)
        members = list(
            Membership.objects.filter(user__in=users, space__in=spaces).values_list("user", "space", "role")
        )
        writing = Role.at_least(Role.AUTHOR)
        named: dict[int, set[str]] = {}
        for user, name in Group.objects.filter(user__in=users).values_list("user", "name"):
            named.setdefault(user, set()).add(name)
        return cls(
            frozenset(pk for pk, is_superuser in known.items() if is_superuser),
            frozenset(known),
            frozenset((user, space) for user, space, _ in members),
            frozenset((user, space) for user, space, role in members if role in writing),
            {user: frozenset(names) for user, names in named.items()},
        )

    def reviews(self, user: int, post: Post, revision: Revision) -> bool:
        """Whether they see what is said of `revision` in a review: ThreadQuerySet.among_members."""
        among = self.writers if revision.blocked_by else self.members
        return user in self.active and (user in self.all_seeing or (user, post.space_id) in among)

    def sees_question(self, user: int, question: OpenQuestion) -> bool:
        space = question.space
        if user not in self.active or space is None or not space.is_restricted:
            return user in self.active
        return user in self.all_seeing or (user, space.pk) in self.members

    def sees(self, user: int, post: Post) -> bool:
        if user not in self.active:
            return False
        if user in self.all_seeing or (user, post.space_id) in self.members:
            return True
        if post.space.visibility != Space.Visibility.INTERNAL or post.is_held:
            return False
        return not post.private or bool(self.groups.get(user, frozenset()) & set(post.allowed_groups))
