"""How much each library is used, added up: lists of all libraries would read every use of each.

A trigger on LibraryUse (migration library_sums) adds a row for what a statement changed, so that nobody waits
for somebody else who publishes; what is there is the sum of the rows. pipeline/upkeep.py adds them up.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from knowledge import versions
from knowledge.models.library_use import LibraryUse, LibraryUseQuerySet
from knowledge.models.space import Membership, Space
from knowledge.models.user import User


class LibrarySumQuerySet(models.QuerySet["LibrarySum"]):
    def visible_to(self, user: User) -> Self:
        """As LibraryUseQuerySet.visible_to, but for private posts that are open to groups: see `_named`."""
        if user.is_superuser:
            return self
        own = Membership.objects.filter(user=user).values("space")
        internal = Space.objects.filter(visibility=Space.Visibility.INTERNAL).values("pk")
        return self.filter(Q(space__in=own) | Q(is_closed=False, space__in=internal))


class LibrarySum(models.Model):
    """`version` is None for all of them together; "" for those that no document says."""

    space = models.ForeignKey(Space, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    library = models.CharField(max_length=100)
    version = models.CharField(max_length=versions.LONGEST, null=True)  # noqa: DJ001 ("" is one, too)
    is_closed = models.BooleanField()
    posts = models.IntegerField(help_text="By how many more, or fewer.")

    objects = LibrarySumQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["library"],
                name="library_sum_of_all",
                condition=Q(version=None),
                include=["space", "is_closed", "posts"],
            ),
            models.Index(
                fields=["library", "version"],
                name="library_sum_of_version",
                condition=Q(version__isnull=False),
                include=["space", "is_closed", "posts"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.library} {self.version}: {self.posts}"


def most_used(user: User, part: str = "") -> list[tuple[str, int]]:
    """Libraries with `part` in their names, and how many posts that the user sees use them; most first."""
    sums = LibrarySum.objects.visible_to(user).filter(version=None)
    sums = sums.filter(library__contains=part) if part else sums
    counted = Counter(dict(sums.order_by().values_list("library").annotate(number=Sum("posts"))))
    for library in _named(user).values_list("library", flat=True):
        if part in library:
            counted[library] += 1
    found = ((library, number) for library, number in counted.items() if number > 0)
    return sorted(found, key=lambda each: (-each[1], each[0]))


def versions_of(user: User, libraries: Iterable[str]) -> dict[str, set[str]]:
    """Those that are known of each, in posts that the user sees."""
    names = list(libraries)
    sums = LibrarySum.objects.visible_to(user).filter(library__in=names, version__isnull=False)
    known = sums.exclude(version="").order_by().values("library", "version").annotate(number=Sum("posts"))
    found: dict[str, set[str]] = {}
    pairs = known.filter(number__gt=0).values_list("library", "version")
    for library, version in [*pairs, *_named(user).filter(library__in=names).versions()]:
        found.setdefault(library, set()).add(version or "")
    return found


def _named(user: User) -> LibraryUseQuerySet:
    """Of private posts that are open to one of their groups, in spaces that aren't theirs. They are few."""
    groups = [] if user.is_superuser else list(user.groups.values_list("name", flat=True))
    if not groups:
        return LibraryUse.objects.none()
    own = Membership.objects.filter(user=user).values("space")
    closed = LibraryUse.objects.visible_to(user).filter(is_closed=True).exclude(space__in=own)
    return closed.filter(post__allowed_groups__overlap=groups)
