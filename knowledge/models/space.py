"""Spaces: a team's shelf, which is one git repository and its members."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Role(models.TextChoices):
    """What a member may do; each includes the ones before it."""

    READER = "reader", "Reader"
    AUTHOR = "author", "Author"
    REVIEWER = "reviewer", "Reviewer"
    MAINTAINER = "maintainer", "Maintainer"

    @classmethod
    def at_least(cls, role: "Role") -> list["Role"]:
        order = list(cls)
        return order[order.index(role) :]


class SpaceQuerySet(models.QuerySet["Space"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Internal spaces to everyone signed in, restricted ones to members and superusers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        memberships = Membership.objects.filter(user=user).values("space")
        return self.filter(Q(visibility=Space.Visibility.INTERNAL) | Q(pk__in=memberships))

    def writable_by(self, user: User) -> Self:
        """Spaces in which the user may commit."""
        return self.filter(
            pk__in=Membership.objects.filter(user=user, role__in=Role.at_least(Role.AUTHOR)).values("space")
        )


def secrets_only() -> list[str]:
    return ["secret"]


class Space(models.Model):
    class Visibility(models.TextChoices):
        INTERNAL = "internal", "Internal: everyone signed in can read"
        RESTRICTED = "restricted", "Restricted: only members can read"

    slug = models.CharField(
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z",
                "Use lower-case letters, digits and hyphens, beginning and ending with a letter or digit.",
            )
        ],
        help_text="Its address: /s/<slug> and /git/<slug>.git. It can't be changed later.",
    )
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.INTERNAL)
    blocking_findings = ArrayField(
        models.CharField(max_length=30),
        default=secrets_only,
        blank=True,
        help_text="Codes of findings that keep a revision from being published. See knowledge/linting.",
    )
    default_branch = models.CharField(max_length=100, default="main", editable=False)
    ingested_commit = models.CharField(
        max_length=40,
        blank=True,
        editable=False,
        help_text="The commit that the posts were last brought up to.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    members = models.ManyToManyField(User, through="Membership", related_name="spaces")

    objects = SpaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("space", args=[self.slug])

    @property
    def is_restricted(self) -> bool:
        return self.visibility == self.Visibility.RESTRICTED

    def has_ingested(self, commit: str) -> bool:
        """Whether the default branch stood at `commit` (40 digits) when its posts were brought up to date."""
        pushed = self.pushes.filter(new_commit=commit).exists()
        return pushed or self.posts.filter(revisions__commit=commit).exists()


class Membership(models.Model):
    space = models.ForeignKey(Space, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.READER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user__username"]
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="one_membership_per_space")]

    def __str__(self) -> str:
        return f"{self.user} in {self.space}: {self.role}"
