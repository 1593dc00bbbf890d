"""Datasets: what posts rest on. docs/datasets.md has the reasons.

Title and expectation of one count where who gave them sees posts that rest on it: everywhere, or in some
spaces. Nobody is told them elsewhere.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from django.db import models
from django.db.models import (
    Case,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from knowledge.models.observation import Investigation, Observation
from knowledge.models.observation import resting as resting
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Membership, Space
from knowledge.models.tag import fits_path
from knowledge.models.user import User
from knowledge.observing import LONGEST, key_of, mended

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Words that stand for something else behind /datasets/ and /api/v1/datasets/.
_TAKEN = ("~", "investigations/")
_WORDS = {"observations", "investigations"}
_TAKEN_ENDS = ("/observations", "/investigations", "/close", "/posts", "/insights", "/")


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those that a post rests on which the user sees; one's own; to superusers all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        seen = DatasetUse.objects.of(resting().visible_to(user)).filter(dataset=OuterRef("pk"))
        return self.filter(Exists(seen) | Q(owner=user.pk))

    def called(self, name: str) -> Self:
        """By its name, however it is spelled."""
        return self.filter(key=key_of(name))

    def named(self, name: str) -> Self:
        """By what stands for it in addresses: Dataset.word, or its name as a proxy left it."""
        number = name[1:]
        if name.startswith("~") and number.isascii() and number.isdigit() and len(number) < 19:
            return self.filter(pk=int(number))
        return self.called(mended(name))

    def with_state(self, user: "User | AnonymousUser") -> Self:
        """With what the user sees of it: `suspect_at`, `observed_at`, `expected_hours`, since when it is
        late for a post, `late_at`; and `is_heard`, whether its title and expectation count for them.
        """
        opened = Investigation.objects.visible_to(user).filter(dataset=OuterRef("pk"), state="open")
        observed = Observation.objects.visible_to(user).filter(dataset=OuterRef("pk"))
        uses = DatasetUse.objects.of(resting().visible_to(user)).filter(dataset=OuterRef("pk"))
        shortest = uses.filter(every_hours__isnull=False).order_by("every_hours").values("every_hours")[:1]
        late = uses.filter(late_since__isnull=False).order_by("late_since").values("late_since")[:1]
        there = Membership.objects.filter(user=OuterRef("dataset__told_by"), space=OuterRef("post__space"))
        heard = uses.filter(Q(post__space__visibility=Space.Visibility.INTERNAL) | Exists(there))
        is_heard = Q(is_told_to_all=True) | Q(told_by=user.pk) | (Q(told_by__isnull=False) & Exists(heard))
        return self.select_related("owner").annotate(
            suspect_at=Subquery(opened.order_by("opened_at").values("opened_at")[:1]),
            observed_at=Subquery(observed.order_by("-at", "-pk").values("at")[:1]),
            is_heard=ExpressionWrapper(is_heard, output_field=models.BooleanField()),
            own_hours=Case(When(is_heard=True, then="every_hours")),
            expected_hours=Coalesce("own_hours", Subquery(shortest)),
            late_at=Subquery(late),
        )

    def heard_in(self, space: Space) -> Self:
        """With `is_heard`, whether their titles count there."""
        there = Membership.objects.filter(user=OuterRef("told_by"), space=space)
        seen = Q(told_by__isnull=False)
        seen &= Q(Exists(there)) if space.is_restricted else Q()
        is_heard = ExpressionWrapper(Q(is_told_to_all=True) | seen, output_field=models.BooleanField())
        return self.annotate(is_heard=is_heard)

    def in_state(self, state: str) -> Self:
        """What Dataset.state says, asked of the database; from `with_state`."""
        if state == "suspect":
            return self.filter(suspect_at__isnull=False)
        fine = self.filter(suspect_at=None)
        if state == "late":
            return fine.late()
        on_time = fine.exclude(pk__in=fine.late().values("pk"))
        return on_time.filter(observed_at__isnull=state != "good")

    def late(self) -> Self:
        """From `with_state`: those not observed for longer than is expected."""
        since = Coalesce("observed_at", "watched_since")
        allowed = ExpressionWrapper(F("own_hours") * Value(timedelta(hours=1)), output_field=DurationField())
        due = ExpressionWrapper(since + allowed, output_field=models.DateTimeField())
        return self.alias(due=due).filter(Q(due__lt=timezone.now()) | Q(late_at__isnull=False))


class Dataset(models.Model):
    """`key` is what all spellings of its name have in common; it is there once a post rests on it."""

    name = models.CharField(max_length=LONGEST, help_text="As the first document wrote it.")
    key = models.CharField(max_length=LONGEST, unique=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(max_length=2_000, blank=True, help_text="Plain text.")
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who looks after it."
    )
    is_appointed = models.BooleanField(
        default=False, help_text="Who runs the portal made them its owner: what they observe reaches all."
    )
    every_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="It is to be observed at least so often, as its owner says."
    )
    told_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who said so, and the title.",
    )
    is_told_to_all = models.BooleanField(
        default=True, help_text="That counts everywhere, not only where they see what rests on it."
    )
    watched_since = models.DateTimeField(default=timezone.now, help_text="From when on that counts.")
    late_since = models.DateTimeField(null=True, blank=True, help_text="Its owner was told of that.")
    unsettled_at = models.DateTimeField(
        null=True, blank=True, help_text="Its posts are to be marked anew: pipeline/marking.py."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["unsettled_at"], name="dataset_unsettled", condition=Q(unsettled_at__isnull=False)
            ),
            models.Index(fields=["owner"], name="dataset_owned", condition=Q(owner__isnull=False)),
            models.Index(
                fields=["every_hours"], name="dataset_watched", condition=Q(every_hours__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dataset", args=[self.word])

    @property
    def word(self) -> str:
        """What stands for it in addresses: its name, where one can hold it, else `~` and its id."""
        fits = fits_path(self.name.replace("://", "/", 1)) and not self.name.startswith(_TAKEN)
        fits = fits and not self.name.endswith(_TAKEN_ENDS) and self.name not in _WORDS
        fits = fits and mended(self.name) == self.name
        return self.name if fits else f"~{self.pk}"

    @property
    def quoted(self) -> str:
        return quote(self.word, safe="/:~")

    @property
    def heard_title(self) -> str:
        return self.title if self._counts else ""

    @property
    def heard_description(self) -> str:
        return self.description if self._counts else ""

    @property
    def _counts(self) -> bool:
        """By `with_state` or `heard_in`; where neither was asked, whether it does everywhere."""
        return bool(vars(self).get("is_heard", self.is_told_to_all))

    @property
    def label(self) -> str:
        return self.heard_title or self.name

    def is_late(self) -> bool:
        """From `with_state`."""
        hours = vars(self)["own_hours"]
        since = vars(self)["observed_at"] or self.watched_since
        due = bool(hours) and since + timedelta(hours=hours) < timezone.now()
        return due or vars(self)["late_at"] is not None

    @property
    def state(self) -> str:
        """From `with_state`: suspect, late, good (it was observed, and nothing is open), or unknown."""
        if vars(self)["suspect_at"]:
            return "suspect"
        if self.is_late():
            return "late"
        return "good" if vars(self)["observed_at"] else "unknown"


class DatasetUseQuerySet(models.QuerySet["DatasetUse"]):
    def of(self, posts: PostQuerySet) -> Self:
        return self.filter(post__in=posts.values("pk"))


class DatasetUse(models.Model):
    """The published revision of `post` names the dataset."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="dataset_uses")
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="uses")
    every_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="How often its header expects it to be observed."
    )
    watched_since = models.DateTimeField(null=True, blank=True, help_text="From when on its header does.")
    late_since = models.DateTimeField(
        null=True, blank=True, help_text="When it was to be observed at last: pipeline/overdue.py."
    )

    objects = DatasetUseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "dataset"], name="one_use_of_a_dataset")]
        indexes = [
            models.Index(
                fields=["dataset"], name="dataset_use_watched", condition=Q(every_hours__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.post_id} rests on {self.dataset_id}"
