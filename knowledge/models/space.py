"""Spaces: a team's shelf, which is one git repository and its members."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
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

    def open_to(self, user: User) -> Self:
        """Spaces whose held revisions the user sees: as a member, or as who runs the portal."""
        return self if user.is_superuser else self.filter(memberships__user=user)

    def writable_by(self, user: User) -> Self:
        """Spaces in which the user may commit."""
        return self.filter(
            pk__in=Membership.objects.filter(user=user, role__in=Role.at_least(Role.AUTHOR)).values("space")
        )


def five_tenets() -> list[str]:
    """What a reviewer looks for, unless the space says otherwise. After Airbnb's "Scaling Knowledge"."""
    return [
        "Reproducible: everything that the result rests on is in the post, and could be run again.",
        "Right: the method fits the question, and the numbers were checked.",
        "Readable: someone who was not there understands the question and the answer.",
        "Findable: title, summary and tags say what it is about.",
        "Useful to others: they learn from it how to ask the next question.",
    ]


def secrets_only() -> list[str]:
    return ["secret"]


class Space(models.Model):
    class Visibility(models.TextChoices):
        INTERNAL = "internal", "Internal: everyone signed in can read"
        RESTRICTED = "restricted", "Restricted: only members can read"

    class ReviewPolicy(models.TextChoices):
        OPTIONAL = "optional", "Optional: posts are published at once, and reviewed when asked for"
        REQUIRED = "required", "Required: a revision is published when others have approved it"

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
    review_policy = models.CharField(
        max_length=10, choices=ReviewPolicy.choices, default=ReviewPolicy.OPTIONAL
    )
    approvals = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="From as many reviewers.",
    )
    review_rules = models.TextField(
        blank=True, max_length=10_000, help_text="Other policies for some paths. See knowledge/policy.py."
    )
    stuck_after_days = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    checklist = ArrayField(models.CharField(max_length=300), default=five_tenets, blank=True)
    front = models.ForeignKey(
        "Collection",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The collection with which its page begins.",
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
