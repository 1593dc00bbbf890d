"""What tools saw of datasets, and what is looked into.

What somebody observes reaches some spaces, or all (`spaces` is None): see knowledge/data_rights.py. Who sees
none of those isn't told of it. docs/datasets.md has the reasons.
"""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def resting() -> PostQuerySet:
    """Posts that readers see, and that may rest on something."""
    return Post.objects.live().filter(published_revision__isnull=False).order_by()


def _reaching(user: "User | AnonymousUser") -> Q:
    """What reaches a space that the user sees. Of the dataset itself is asked beside it."""
    if user.is_superuser:
        return Q(pk__isnull=False)
    seen = Space.objects.visible_to(user).order_by().values("pk")
    return Q(spaces=None) | Q(spaces__overlap=ArraySubquery(seen))


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of datasets that the user sees: the caller asks for those."""
        return self.filter(_reaching(user) | Q(by=user.pk)) if user.is_authenticated else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class Observation(models.Model):
    """What a tool saw of a dataset; the same `run` of a `source` at one moment is one observation."""

    dataset = models.ForeignKey(
        "knowledge.Dataset", models.CASCADE, db_index=False, related_name="observations"
    )
    at = models.DateTimeField()
    passed = models.BooleanField()
    source = models.CharField(max_length=40)
    run = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=500, blank=True)
    checks = models.JSONField(default=list, help_text="[{name, outcome, detail}], those that failed first.")
    counts = models.JSONField(default=dict, help_text="How many checks ended how.")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    token = models.CharField(max_length=100, blank=True, help_text="The name of the token that sent it.")
    spaces = ArrayField(models.BigIntegerField(), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "source", "at", "run", "by"],
                name="one_observation_of_a_run",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["dataset", "-at", "-id"], name="observation_newest")]

    def __str__(self) -> str:
        return f"{self.dataset_id} {'passed' if self.passed else 'failed'} {self.at:%Y-%m-%d %H:%M}"


class InvestigationQuerySet(models.QuerySet["Investigation"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of datasets that the user sees: the caller asks for those."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_reaching(user) | Q(opened_by=user.pk) | Q(owner=user.pk))

    def to_work_on(self) -> Self:
        return self.exclude(untold="")


class Investigation(models.Model):
    """Somebody finds out what is wrong with a dataset; as long as it is open, what rests on it is suspect."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    class Holds(models.TextChoices):
        """What its end says of the numbers."""

        YES = "yes", "The numbers hold"
        NO = "no", "The numbers don’t hold"
        PARTLY = "partly", "Some of the numbers don’t hold"

    dataset = models.ForeignKey("knowledge.Dataset", models.CASCADE, related_name="investigations")
    observation = models.ForeignKey(
        Observation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="That opened it, or had it reach further.",
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who looks into it."
    )
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    spaces = ArrayField(models.BigIntegerField(), null=True, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    called = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Spaces whose webhooks were called."
    )
    holds = models.CharField(max_length=6, choices=Holds.choices, blank=True)
    note = models.TextField(max_length=2_000, blank=True, help_text="What came out. Plain text.")
    wrong_from = models.DateTimeField(null=True, blank=True)
    wrong_until = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    untold = models.CharField(
        max_length=8, blank=True, help_text="suspect or cleared: what people are still to be told."
    )

    objects = InvestigationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "opened_by"],
                condition=Q(state="open"),
                name="one_open_investigation_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | Q(state="closed", closed_at__isnull=False),
                name="closed_investigations_say_when",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="investigation_untold", condition=~Q(untold="")),
            models.Index(fields=["dataset", "-opened_at"], name="investigation_newest"),
            GinIndex(fields=["spaces"], name="investigation_spaces"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("investigation", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def told(self) -> Observation | None:
        """What failed; None where that reached less, so that not everybody may read it who sees this."""
        seen = self.observation
        if seen is None or seen.spaces is None:
            return seen
        return seen if self.spaces is not None and set(self.spaces) <= set(seen.spaces) else None

    def reached(self) -> PostQuerySet:
        """The posts that rest on the dataset, and that this is about."""
        posts = resting().filter(dataset_uses__dataset=self.dataset_id)
        return posts if self.spaces is None else posts.filter(space__in=self.spaces)
