"""People whom a source names and nobody here is: accounts for nobody to sign in to until they are claimed."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.db.models.functions import Lower

from knowledge.models import User
from knowledge.pipeline.facts import OWN_ADDRESS, People
from knowledge.pipeline.importing.config import Config
from knowledge.pipeline.importing.findings import Note

_USERNAME = re.compile(r"[\w.@+-]{1,150}\Z")
_NO_ADDRESS = re.compile(
    r"(@localhost|\.local|\.localdomain|\.invalid|@example\.(com|org|net))\Z", re.IGNORECASE
)
_NOBODY = {"unknown", "anonymous", "none", "null", "n/a", "na", "root", "admin", "author", "authors", "user"}
_ONE_PERSON = (
    "have names alike. If they are one person, give the others' posts to the account that signs in: "
    "manage.py merge_people IMPORTED USERNAME."
)


@dataclass(frozen=True, slots=True)
class Person:
    """Without `is_spelled`, the user name is made of the address, and says nothing by itself."""

    username: str
    name: str = ""
    email: str = ""
    is_spelled: bool = False


def strangers(
    headers: Iterable[str], commits: Iterable[tuple[str, str]], config: Config
) -> tuple[list[Person], list[Note]]:
    """Who is to be made, of the names in headers and (name, address) of commits; and who looks like nobody.

    Those of commits come first: their user name, from their address, is often what headers write.
    """
    spelled = list(dict.fromkeys(headers))
    named = [person for name, email in dict.fromkeys(commits) if (person := _of_commit(name, email))]
    named += [person for name in spelled if (person := _of_header(name, config))]
    known = People([*spelled, *(key for person in named for key in (person.username, person.email))])
    made: list[Person] = []
    emails: set[str] = set()
    usernames: set[str] = set()
    for person in named:
        is_here = known.find(person.email) or (person.is_spelled and known.find(person.username))
        is_made = person.email.lower() in emails or (
            person.is_spelled and person.username.lower() in usernames
        )
        if not (is_here or is_made):
            made.append(replace(person, username=_free(person.username, usernames)))
            usernames.add(made[-1].username.lower())
            emails |= {person.email.lower()} - {""}
    full_names = {person.name.lower() for person in made}
    unknown = [name for name in spelled if not _of_header(name, config) and not known.find(name)]
    nobody = [name for name in unknown if name.lower() not in full_names]
    notes = [
        Note("nobody", f"{name!r} looks like nobody: kept as a name without a person.") for name in nobody
    ]
    return made, notes + _namesakes(made)


def make(people: Iterable[Person]) -> None:
    closed = make_password(None)
    User.objects.bulk_create(
        [
            User(
                username=person.username,
                name=person.name,
                imported_email=person.email,
                unclaimed=True,
                is_active=False,
                password=closed,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )


def _namesakes(made: list[Person]) -> list[Note]:
    """Who may be one person under several names: nothing but their word tells."""
    alike: dict[str, set[str]] = {}
    for person in made:
        for name in (person.name, person.username, person.email.partition("@")[0]):
            alike.setdefault(_spoken(name), set()).add(person.username)
    lowered = User.objects.filter(claimed_by=None).alias(full=Lower("name"), short=Lower("username"))
    for user in lowered.filter(Q(full__in=alike) | Q(short__in=alike)):
        for name in {_spoken(user.name), _spoken(user.username)} & set(alike):
            alike[name].add(user.username)
    alike.pop("", None)
    found = dict.fromkeys(tuple(sorted(names)) for names in alike.values() if len(names) > 1)
    return [Note("namesakes", f"{' and '.join(names)} {_ONE_PERSON}") for names in found]


def _spoken(name: str) -> str:
    return re.sub(r"[._-]", " ", name).strip().lower()


def missing_groups(names: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(name[:150] for name in names if name))
    there = set(Group.objects.filter(name__in=wanted).values_list("name", flat=True))
    return [name for name in wanted if name not in there]


def make_groups(names: Iterable[str]) -> None:
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)


def _of_commit(name: str, email: str) -> Person | None:
    email = email.strip()
    if not _is_address(email) or email.lower().endswith(OWN_ADDRESS):
        return None
    return Person(_username(email), name.strip()[:150], email)


def _of_header(name: str, config: Config) -> Person | None:
    """An address, or a user name; a full name alone could be anybody's."""
    name = name.strip()
    if _is_address(name):
        return Person(_username(name), "", name)
    if "@" in name or not _USERNAME.match(name) or name.lower() in _NOBODY or name.isdigit():
        return None
    email = config.email_of(name)
    return Person(name, config.name_of(name), email if _is_address(email) else "", is_spelled=True)


def _is_address(text: str) -> bool:
    if "noreply" in text.lower() or _NO_ADDRESS.search(text) or len(text) > 254:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _username(email: str) -> str:
    return re.sub(r"[^\w.+-]", "", email.partition("@")[0])[:140] or "somebody"


def _free(wanted: str, made: Collection[str]) -> str:
    taken = User.objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    lowered = {name.lower() for name in taken} | set(made)
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, 10_000))]
    return next(name for name in candidates if name.lower() not in lowered)
