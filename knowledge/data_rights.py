"""Who may say what of a dataset, and how far it reaches. docs/datasets.md says why.

Nobody makes numbers suspect that they don't see; nor, unless they look after the dataset, such as they
couldn't change themselves.
"""

from collections.abc import Iterable

from knowledge.errors import UserError
from knowledge.models import Dataset, Investigation, Membership, Role, Space, User
from knowledge.models.observation import resting

Reach = list[int] | None  # ids of spaces; None is all of them


def reach_of(dataset: Dataset, user: User) -> Reach:
    """Where it counts what `user` observes: everywhere, in the spaces they see, or where they write."""
    if not user.is_active:
        return []
    if user.is_superuser or (dataset.owner_id == user.pk and dataset.is_appointed):
        return None
    spaces = Space.objects.visible_to(user)
    if dataset.owner_id != user.pk:
        spaces = spaces.writable_by(user)
    used = resting().filter(dataset_uses__dataset=dataset.pk).values("space")
    return list(spaces.filter(pk__in=used).order_by("pk").values_list("pk", flat=True))


def covers(reach: Reach, spaces: Iterable[int] | None) -> bool:
    if reach is None:
        return True
    return spaces is not None and set(spaces) <= set(reach)


def check_observe(dataset: Dataset, user: User) -> Reach:
    """How far it reaches. Raises UserError "not-an-observer"."""
    reach = reach_of(dataset, user)
    if reach == [] and (dataset.owner_id != user.pk or not user.is_active):
        raise UserError("not-an-observer", name=dataset.name, owner=owner_of(dataset))
    return reach


def can_tend(dataset: Dataset, user: User) -> bool:
    """Change its title, owner and how often it is expected: its owner, who runs the portal, or, as long as it
    has no owner who is still here, who maintains all spaces whose posts, of those that they see, rest on it.
    """
    if not user.is_active:
        return False
    if user.is_superuser or dataset.owner_id == user.pk:
        return True
    if dataset.owner and dataset.owner.is_active:
        return False
    seen = resting().visible_to(user).filter(dataset_uses__dataset=dataset.pk)
    return _maintains(user, seen.values_list("space", flat=True).distinct())


def check_tend(dataset: Dataset, user: User) -> None:
    if not can_tend(dataset, user):
        raise UserError("not-the-data-owner", name=dataset.name, owner=owner_of(dataset))


def can_close(investigation: Investigation, user: User) -> bool:
    """Who looks into it, who opened it, who runs the portal; the dataset's owner, as far as they reach; and
    who maintains all spaces whose posts it is about: a robot that opened it ends nothing.
    """
    if not user.is_active:
        return False
    if user.is_superuser or user.pk in {investigation.owner_id, investigation.opened_by_id}:
        return True
    dataset = investigation.dataset
    if dataset.owner_id == user.pk and covers(reach_of(dataset, user), investigation.spaces):
        return True
    return _maintains(user, investigation.reached().values_list("space", flat=True).distinct())


def _maintains(user: User, spaces: Iterable[int]) -> bool:
    """All of them, and there are some."""
    asked = set(spaces)
    return bool(asked) and asked <= set(
        Membership.objects.filter(user=user, role=Role.MAINTAINER).values_list("space", flat=True)
    )


def check_close(investigation: Investigation, user: User) -> None:
    if not can_close(investigation, user):
        who = investigation.owner.username if investigation.owner else "the people who run this portal"
        raise UserError("not-the-investigator", owner=who)


def owner_of(dataset: Dataset) -> str:
    here = dataset.owner and dataset.owner.is_active
    return dataset.owner.username if dataset.owner and here else "the people who run this portal"
