"""Who answers for a post. Reads only."""

from django.db.models import QuerySet

from knowledge.models import Membership, Post, Role, User


def keepers(post: Post) -> list[User]:
    """Its owner, else its authors, of those who still write there; if there is none, the maintainers."""
    people = User.objects.filter(pk__in=_writing(post).values("user"))
    authors = people.filter(authorships__post=post).distinct()
    return list(people.filter(pk=post.owner_id or 0)) or list(authors) or maintainers(post)


def maintainers(post: Post) -> list[User]:
    return list(User.objects.filter(pk__in=_writing(post).filter(role=Role.MAINTAINER).values("user")))


def _writing(post: Post) -> QuerySet[Membership]:
    return Membership.objects.filter(
        space=post.space_id, role__in=Role.at_least(Role.AUTHOR), user__is_active=True
    )
