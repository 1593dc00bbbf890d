"""Open questions: asked of the company, or of one space, without a post; who wants, takes and answers them.

What readers ask the authors of a post is a Thread.
"""

import re
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from knowledge.models.space import Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CONFIG = "english"
WORDS = SearchVector("title", "why", config=CONFIG)
_WORD = re.compile(r"\w{3,60}")
_COMPARED = 20  # words of what is looked for


class QuestionState(models.TextChoices):
    OPEN = "open", "Open"
    TAKEN = "taken", "Taken"
    ANSWERED = "answered", "Answered, not accepted yet"
    ACCEPTED = "accepted", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CLOSED = "closed", "Closed"


WANTED = (QuestionState.OPEN, QuestionState.TAKEN)
LIVE = (*WANTED, QuestionState.ANSWERED)


class OpenQuestionQuerySet(models.QuerySet["OpenQuestion"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those asked of everybody, and of the spaces that the user sees. (readers.py asks this of many.)"""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(space=None) | Q(space__in=Space.objects.visible_to(user)))

    def asked_openly(self) -> Self:
        """What everybody signed in sees."""
        return self.filter(Q(space=None) | Q(space__visibility=Space.Visibility.INTERNAL))

    def wanted(self) -> Self:
        """Open demand: no post says yet that it answers."""
        return self.filter(state__in=WANTED)

    def found_out(self) -> Self:
        return self.filter(state__in=(QuestionState.ANSWERED, QuestionState.ACCEPTED))

    def asked_by(self, user: User) -> Self:
        return self.filter(asked_by=user)

    def taken_by(self, user: User) -> Self:
        return self.filter(state__in=LIVE, takings__user=user)

    def narrowed(self, *, space: str = "", team: str = "", tag: str = "") -> Self:
        found = self.filter(space__slug=space) if space else self
        found = found.filter(team__iexact=team) if team else found
        return found.filter(tags__contains=[tag.lower()]) if tag else found

    def resembling(self, text: str) -> Self:
        """Those that share words with `text`, the likest first; what was withdrawn or closed is no help."""
        words = list(dict.fromkeys(_WORD.findall(text.lower()[:2_000])))[:_COMPARED]
        if not words:
            return self.none()
        query = reduce(or_, (SearchQuery(word, config=CONFIG) for word in words))
        found = self.filter(state__in=(*LIVE, QuestionState.ACCEPTED)).alias(words=WORDS)
        return found.filter(words=query).alias(rank=SearchRank(WORDS, query)).order_by("-rank", "-pk")

    def by_votes(self, *, after: "OpenQuestion | None" = None) -> Self:
        rest = Q(votes__lt=after.votes) | Q(votes=after.votes, pk__lt=after.pk) if after else Q()
        return self.filter(rest).order_by("-votes", "-pk")

    def newest_first(self, *, after: "OpenQuestion | None" = None) -> Self:
        return self.filter(Q(pk__lt=after.pk) if after else Q()).order_by("-pk")

    def by_need(self, *, after: "OpenQuestion | None" = None) -> Self:
        """Those that are needed by a day, the soonest first."""
        needed = self.filter(needed_by__isnull=False).order_by("needed_by", "pk")
        if after is None or after.needed_by is None:
            return needed
        return needed.filter(Q(needed_by__gt=after.needed_by) | Q(needed_by=after.needed_by, pk__gt=after.pk))

    def by_movement(self, *, after: "OpenQuestion | None" = None) -> Self:
        """Those that moved on last, first."""
        rest = Q(moved_at__lt=after.moved_at) | Q(moved_at=after.moved_at, pk__lt=after.pk) if after else Q()
        return self.filter(rest).order_by("-moved_at", "-pk")

    def for_lists(self, user: User) -> Self:
        """With what a list shows of each, in two queries; `has_my_vote` is whether the user voted for it."""
        voted = QuestionVote.objects.filter(question=OuterRef("pk"), user=user)
        takings = QuestionTaking.objects.select_related("user").order_by("pk")
        return (
            self.select_related("space", "asked_by")
            .prefetch_related(Prefetch("takings", takings))
            .annotate(has_my_vote=Exists(voted))
        )

    def tag_counts(self) -> "models.QuerySet[OpenQuestion, tuple[str, int]]":
        each = Func(F("tags"), function="unnest", output_field=models.CharField())
        counted = self.order_by().annotate(tag=each).values_list("tag").annotate(number=Count("pk"))
        return counted.order_by("-number", "tag")

    def team_counts(self) -> "models.QuerySet[OpenQuestion, tuple[str, int]]":
        counted = self.order_by().exclude(team="").values_list("team").annotate(number=Count("pk"))
        return counted.order_by("-number", "team")

    def space_counts(self) -> "models.QuerySet[OpenQuestion, tuple[str, str, int]]":
        """(address, name, how many of these questions are asked of it)"""
        asked = self.order_by().exclude(space=None).values_list("space__slug", "space__name")
        return asked.annotate(number=Count("pk")).order_by("-number", "space__name")


class OpenQuestion(models.Model):
    """`state` follows from what is there, until it is ended; see knowledge/question_table.py."""

    State = QuestionState

    title = models.CharField(max_length=200, help_text="The question.")
    why = models.TextField(max_length=2_000, help_text="Why it matters, in plain text.")
    needed_by = models.DateField(null=True, blank=True)
    team = models.CharField(max_length=100, blank=True, help_text="Who needs the answer, in their words.")
    space = models.ForeignKey(
        Space,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="open_questions",
        help_text="Of which it is asked; whoever sees it sees the question. None: of everybody.",
    )
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.OPEN)
    votes = models.PositiveIntegerField(default=0)

    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_by_name = models.CharField(max_length=150, help_text="Kept when the account goes.")
    asked_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now, help_text="When its state changed last.")
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When its words changed last.")
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was closed.")

    has_my_vote: bool  # of one that was loaded for_lists

    objects = OpenQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None, ended_by=None)
                | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="ended_questions_say_when",
            ),
            models.CheckConstraint(
                condition=(~Q(state="closed") & Q(reason="")) | (Q(state="closed") & ~Q(reason="")),
                name="who_closes_a_question_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-votes", "-id"], name="question_wanted", condition=Q(state__in=["open", "taken"])
            ),
            models.Index(fields=["-moved_at", "-id"], name="question_moved"),
            GinIndex(WORDS, name="question_words"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("open-question", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_overdue(self) -> bool:
        return bool(self.needed_by and self.needed_by < timezone.localdate() and self.state in WANTED)

    @property
    def due_words(self) -> str:
        """How far off the day is on which it is needed, while it is wanted; "" without one."""
        if self.needed_by is None or self.state not in WANTED:
            return ""
        return _distance(self.needed_by, timezone.localdate())


class QuestionVote(models.Model):
    question = models.ForeignKey(OpenQuestion, models.CASCADE, related_name="ballots")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="one_vote_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} votes for {self.question_id}"


class QuestionTaking(models.Model):
    """Somebody works on it."""

    question = models.ForeignKey(OpenQuestion, models.CASCADE, related_name="takings")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="taken_once_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} takes {self.question_id}"


def _distance(day: date, today: date) -> str:
    days = (day - today).days
    if days < 0:
        return f"overdue by {-days} day{'s' if days < -1 else ''}"
    if days < 2:
        return ("today", "tomorrow")[days]
    return f"in {days} days" if days < 60 else f"in {round(days / 30)} months"
