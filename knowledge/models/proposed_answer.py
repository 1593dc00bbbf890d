"""Answers: the posts whose headers say that they answer an open question, and the asker's word on each."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from knowledge.models.open_question import LIVE, OpenQuestion
from knowledge.models.post import Post
from knowledge.models.revision import Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from knowledge.models.user import User


class ProposedAnswerQuerySet(models.QuerySet["ProposedAnswer"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """By posts that the user sees; whether they see the question is asked of it."""
        return self.filter(Exists(Post.objects.visible_to(user).filter(pk=OuterRef("post"))))

    def told_on(self, post: Post, user: "User") -> Self:
        """Those of `post` that its page tells `user` of, accepted ones first: of questions that they see.

        What was declined, and what waits where the question ended without it, is left out.
        """
        counts = Q(accepted_at__isnull=False) | Q(declined_at=None, question__state__in=LIVE)
        told = self.filter(counts, post=post, question__in=OpenQuestion.objects.visible_to(user))
        return told.select_related("question").order_by("accepted_at", "pk")

    def waiting(self) -> Self:
        """For the asker's word."""
        return self.filter(accepted_at=None, declined_at=None)


class ProposedAnswer(models.Model):
    """A post whose header says that it answers; `revision` is the published one that said so last."""

    question = models.ForeignKey(OpenQuestion, models.CASCADE, related_name="answers")
    post = models.ForeignKey(Post, models.CASCADE, related_name="answers_given")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_why = models.CharField(max_length=500, blank=True)

    objects = ProposedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "post"], name="one_answer_a_post"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(accepted_at__isnull=False), name="one_answer_is_accepted"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(declined_at=None), name="accepted_or_declined"
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_why="")
                | (Q(declined_at__isnull=False) & ~Q(declined_why="")),
                name="who_declines_an_answer_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} answers {self.question_id}"

    @property
    def word(self) -> str:
        """proposed, accepted or declined"""
        return "accepted" if self.accepted_at else "declined" if self.declined_at else "proposed"
