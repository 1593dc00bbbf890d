"""Previews: what a branch other than the default one would make of documents. For members of its space."""

from itertools import takewhile
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.urls import reverse

from knowledge.models.rendering import Rendering, large
from knowledge.models.source import Source
from knowledge.models.space import Membership, Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


MAX_NAME = 200


def _may_be_a_name(text: str) -> bool:
    return len(text) <= MAX_NAME


class BranchQuerySet(models.QuerySet["Branch"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """To active members of the space, whatever their role, and to superusers."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(space__in=Membership.objects.filter(user=user).values("space"))

    def there(self) -> Self:
        """Those that the repository still holds."""
        return self.filter(ended_at=None)

    def at(self, space: str, place: str) -> Self:
        """Those whose name begins `place`, "draft/a.md", likeliest first.

        git lets no branch "a" be beside a branch "a/b", so at most one of them is there.
        """
        names = place.split("/")
        begins = ("/".join(names[: depth + 1]) for depth in range(len(names)))
        found = self.filter(space__slug=space, name__in=takewhile(_may_be_a_name, begins))
        return found.order_by(F("ended_at").desc(nulls_first=True), "-pk")

    def for_lists(self, *, each: int) -> Self:
        """With `each` of their previews at the most, and the `number` of all. Two queries."""
        previews = Preview.objects.for_lists().order_by("path")[:each]
        counted = self.select_related("space", "pushed_by").annotate(number=Count("previews"))
        return counted.prefetch_related(Prefetch("previews", previews, to_attr="listed"))


class Branch(models.Model):
    """A branch as its previews were last brought up to it. One that is gone is kept for a while, to say so.

    `report` is what the push's answer shows: lines as in Push.report, of documents with `"preview": true`.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="branches")
    name = models.CharField(max_length=MAX_NAME)
    commit = models.CharField(max_length=40, blank=True, help_text="Where it stood.")
    compared_with = models.CharField(
        max_length=40, blank=True, help_text="Where the default branch stood when they were compared."
    )
    has_room = models.BooleanField(
        default=True, help_text="Whether it is one of those that may have previews."
    )
    pushed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    pushed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was found to be gone.")
    report = models.JSONField(default=list)

    # of one that was loaded for_lists
    number: int
    listed: list["Preview"]

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(fields=["space", "name"], name="one_row_per_branch"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(commit=""), name="a_branch_that_ended_stands_nowhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space_id}:{self.name}"


class PreviewQuerySet(models.QuerySet["Preview"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        return self.filter(branch__in=Branch.objects.visible_to(user))

    def for_lists(self) -> Self:
        """With what a list shows of each, without the rendered content."""
        lists = ("rendering__assets", "rendering__outputs", "rendering__headings")
        return self.select_related("rendering").defer(*large(), *lists)

    def for_reading(self) -> Self:
        """With all that its page shows but the document itself."""
        related = self.select_related("branch__space", "branch__pushed_by", "rendering")
        return related.defer("branch__report", *large(), "rendering__assets", "rendering__outputs")

    def with_contents(self) -> Self:
        """With the lists of what the rendering brought with it, and what an address is made of."""
        related = self.select_related("branch__space", "rendering")
        return related.defer("branch__report", *large())


class Preview(Source):
    """A document of a branch, where it differs from the default branch's.

    Never changed: another commit of the branch makes another row, so what its addresses show stays the same
    as long as they lead anywhere.
    """

    class Change(models.TextChoices):
        ADDED = "added", "New"
        CHANGED = "changed", "Changed"
        MOVED = "moved", "Moved"

    branch = models.ForeignKey(Branch, models.CASCADE, related_name="previews")
    path = models.CharField(max_length=1000)
    old_path = models.CharField(max_length=1000, blank=True, help_text="Where it lay, if it was moved.")
    change = models.CharField(max_length=10, choices=Change.choices)
    commit = models.CharField(max_length=40, help_text="The commit of the branch at which it was taken in.")
    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="previews")

    objects = PreviewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "path"], name="one_preview_per_document")]

    def __str__(self) -> str:
        return f"{self.branch_id}:{self.path}"

    def get_absolute_url(self) -> str:
        return reverse("preview", args=[self.branch.space.slug, f"{self.branch.name}/{self.path}"])
