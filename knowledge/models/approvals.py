"""Who approved what readers see."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from knowledge.models.review import Review, Verdict


def approvers(revision: str = "published_revision") -> ArraySubquery:
    """The names of who approved the revision that is called so in the query around it."""
    return ArraySubquery(given(OuterRef(revision)))


def approvers_of(revision: int) -> list[str]:
    """The names of who approved a revision, by its id. One query."""
    return list(given(revision))


def given(revision: OuterRef | int) -> "QuerySet[Verdict, str]":
    """The approvals of a revision, by the names of who gave them."""
    given = Verdict.objects.filter(
        revision=revision, kind=Verdict.Kind.APPROVE, review__state=Review.State.APPROVED
    )
    return given.order_by("at", "pk").values_list("reviewer_name", flat=True)
