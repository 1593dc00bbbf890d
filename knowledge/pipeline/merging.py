"""Giving what an import brought of a person to the account that they had all along, because one says so."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Membership, Role, User
from knowledge.pipeline.people import hand_over


@dataclass(frozen=True, slots=True)
class Merged:
    """What went over; `is_news` is False where it all had before."""

    person: User
    account: User
    posts: int
    spaces: list[str]
    groups: list[str]
    is_news: bool


@transaction.atomic
def merge(*, by: User | None, known_as: str, username: str, dry_run: bool = False) -> Merged:
    """`known_as` is the imported person's user name or address; headers that spell it go on to mean them.

    Raises UserError "no-such-user", "not-unclaimed", "merged-elsewhere" or "no-account".
    """
    person, account = _find(known_as), _account(username)
    if person == account or not (person.unclaimed or person.claimed_by):
        raise UserError("not-unclaimed", user=person.username)
    if person.claimed_by not in {None, account}:
        raise UserError("merged-elsewhere", user=person.username, account=person.claimed_by)
    is_news = person.unclaimed
    posts = hand_over(person, account)
    merged = Merged(person, account, posts, _spaces(person, account), _groups(person, account), is_news)
    if posts or merged.spaces or merged.groups or is_news:
        AuditEvent.objects.record(
            "person.merge", by=by, username=person.username, into=account.username, posts=posts,
            spaces=merged.spaces, groups=merged.groups,
        )  # fmt: skip
    if dry_run:
        transaction.set_rollback(True)
    return merged


def _find(known_as: str) -> User:
    people = User.objects.select_for_update(of=("self",)).select_related("claimed_by").order_by("pk")
    named = people.filter(username__iexact=known_as)
    addressed = people.filter(imported_email__iexact=known_as, imported_email__gt="")
    person = named.first() or addressed.first()
    if person is None:
        raise UserError("no-such-user", user=known_as)
    return person


def _account(username: str) -> User:
    account = User.objects.filter(username=username).first()
    if account is None:
        raise UserError("no-such-user", user=username)
    if account.unclaimed or account.claimed_by_id:
        raise UserError("no-account", user=username)
    return account


def _spaces(person: User, account: User) -> list[str]:
    """Of the two roles in a space the stronger one stays."""
    moved = []
    order = list(Role)
    for theirs in person.memberships.select_related("space"):
        own = account.memberships.filter(space=theirs.space).first() or Membership(
            space=theirs.space, user=account
        )
        if own.pk is None or order.index(Role(own.role)) < order.index(Role(theirs.role)):
            own.role = theirs.role
            own.save()
            moved.append(theirs.space.slug)
        theirs.delete()
    return moved


def _groups(person: User, account: User) -> list[str]:
    missing = Group.objects.filter(user=person).exclude(user=account).order_by("name")
    names = [group.name for group in missing]
    account.groups.add(*missing)
    person.groups.clear()
    return names
