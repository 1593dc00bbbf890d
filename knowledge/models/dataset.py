"""Datasets: what posts rest on, what tools that check data saw of them, and what is looked into.

What somebody observes reaches some spaces, or all (`spaces` is None): see knowledge/data_rights.py. Who sees
none of those isn't told of it. docs/datasets.md has the reasons.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.space import Space
from knowledge.models.tag import fits_path
from knowledge.models.user import User
from knowledge.observing import LONGEST, in_words, key_of, mended

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Words that stand for something else behind /datasets/ and /api/v1/datasets/.
_TAKEN = ("~", "investigations/")
_WORDS = {"observations", "investigations"}
_TAKEN_ENDS = ("/observations", "/investigations", "/close", "/")


def resting() -> PostQuerySet:
    """Posts that readers see, and that may rest on something."""
    return Post.objects.live().filter(published_revision__isnull=False).order_by()


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
        """With what the user sees of it: `suspect_at`, `observed_at`, and `expected_hours`."""
        opened = Investigation.objects.visible_to(user).filter(dataset=OuterRef("pk"), state="open")
        observed = Observation.objects.visible_to(user).filter(dataset=OuterRef("pk"))
        uses = DatasetUse.objects.of(resting().visible_to(user)).filter(dataset=OuterRef("pk"))
        shortest = uses.filter(every_hours__isnull=False).order_by("every_hours").values("every_hours")[:1]
        return self.select_related("owner").annotate(
            suspect_at=Subquery(opened.order_by("opened_at").values("opened_at")[:1]),
            observed_at=Subquery(observed.order_by("-at", "-pk").values("at")[:1]),
            expected_hours=Coalesce("every_hours", Subquery(shortest)),
        )

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
        allowed = ExpressionWrapper(
            F("expected_hours") * Value(timedelta(hours=1)), output_field=DurationField()
        )
        due = ExpressionWrapper(since + allowed, output_field=models.DateTimeField())
        return self.filter(expected_hours__isnull=False).alias(due=due).filter(due__lt=timezone.now())


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
    def label(self) -> str:
        return self.title or self.name

    @property
    def every(self) -> str:
        """`1d`, or ""."""
        return in_words(self.every_hours, short=True) if self.every_hours else ""

    def is_late(self) -> bool:
        """From `with_state`."""
        hours = vars(self)["expected_hours"]
        since = vars(self)["observed_at"] or self.watched_since
        return bool(hours) and since + timedelta(hours=hours) < timezone.now()

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

    dataset = models.ForeignKey(Dataset, models.CASCADE, db_index=False, related_name="observations")
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

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="investigations")
    observation = models.ForeignKey(
        Observation, models.SET_NULL, null=True, blank=True, related_name="+", help_text="That opened it."
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who looks into it."
    )
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    spaces = ArrayField(models.BigIntegerField(), null=True, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
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

    def reached(self) -> PostQuerySet:
        """The posts that rest on the dataset, and that this is about."""
        posts = resting().filter(dataset_uses__dataset=self.dataset_id)
        return posts if self.spaces is None else posts.filter(space__in=self.spaces)
