"""People whom an import named before they ever came: how they become somebody's account.

Only an address that was verified, or the user name that the company's own provider vouches for, shows who
someone is. An account that is or was in use (closed ones included) is nobody's to claim. Capitals don't
matter, as far as they are ASCII: other letters that have the same lower or upper case are other letters.
"""

import string
from collections.abc import Iterable
from itertools import chain

from django.db import transaction
from django.db.models.functions import Lower

from knowledge.models import AuditEvent, Authorship, User
from knowledge.pipeline.index import request_index

_CAPITALS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@transaction.atomic
def welcome(*, verified: Iterable[str], username: str) -> User | None:
    """The account of someone who signs in for the first time, if an import knew them; active from now on.

    `verified` are mail addresses, `username` what the provider calls them. None where nobody was known, or
    where an account with one of the addresses is there already.
    """
    verified = [address for address in verified if address]
    addresses = {address.lower() for address in verified}
    if User.objects.alias(lowered=Lower("email")).filter(lowered__in=addresses).exists():
        return None
    known = User.objects.filter(unclaimed=True).select_for_update().order_by("pk")
    by_address = known.alias(lowered=Lower("imported_email")).filter(lowered__in=addresses)
    # A name may be one's own choice: it is not enough for someone whose address is known.
    named = known.filter(username__iexact=username, imported_email="")
    by_name = named if username else known.none()
    of_address = (it for it in by_address if any(_is_same(it.imported_email, each) for each in verified))
    of_name = (it for it in by_name if _is_same(it.username, username))
    person: User | None = next(chain(of_address, of_name), None)
    if person is None:
        return None
    person.unclaimed, person.is_active = False, True
    person.save(update_fields=["unclaimed", "is_active"])
    AuditEvent.objects.record("person.welcome", by=person, username=person.username)
    return person


@transaction.atomic
def claim(*, by: User, verified: str) -> None:
    """Give `by` what people wrote whom an import knew under an address that is now verified to be theirs.

    Who was known stays as another name of `by`, so that headers which spell it still mean them.
    """
    known = User.objects.filter(unclaimed=True).alias(lowered=Lower("imported_email"))
    for person in known.filter(lowered=verified.lower()).exclude(pk=by.pk).select_for_update():
        if not _is_same(person.imported_email, verified):
            continue
        hand_over(person, by)
        AuditEvent.objects.record("person.claim", by=by, username=person.username)


def hand_over(person: User, account: User) -> int:
    """How many posts it were. Of one that names both as authors, `account` stays."""
    theirs = Authorship.objects.filter(user=person)
    theirs.filter(post__in=account.authorships.values("post")).delete()
    posts = theirs.update(user=account)
    request_index(account.authorships.values_list("post", flat=True))
    person.followers.exclude(user__in=account.followers.values("user")).update(author=account)
    person.followers.all().delete()
    person.unclaimed, person.claimed_by = False, account
    person.save(update_fields=["unclaimed", "claimed_by"])
    return posts


def _is_same(known: str, shown: str) -> bool:
    return known.translate(_CAPITALS) == shown.translate(_CAPITALS)
