"""What the invented grocer's people still want to know: the open questions of the sample content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from knowledge.models import OpenQuestion, Space, User
from knowledge.pipeline import asking


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    by: str
    title: str
    why: str
    team: str
    tags: tuple[str, ...]
    days: int | None = None  # from the day on which it is loaded until it is needed
    space: str = ""
    voters: tuple[str, ...] = ()
    taker: str = ""


DOCK = SampleQuestion(
    "carol",
    "How long may a van wait at the dock before chilled food arrives too warm?",
    "Customers who got warm food write to us, and we can’t tell them what went wrong. If waiting is the"
    " reason, we refund at once and tell the dock, instead of asking for photographs.",
    "Customer care",
    ("cold chain", "delivery"),
    voters=("dana",),
)
QUESTIONS = (
    SampleQuestion(
        "mallory",
        "Do customers who got a substitute once order less afterwards?",
        "We negotiate with two suppliers who are often out of stock. If a substitute costs us the customer’s"
        " next order, a better supply is worth paying for.",
        "Purchasing",
        ("retention", "assortment"),
        days=12,
        voters=("carol", "farid", "bob"),
        taker="erik",
    ),
    SampleQuestion(
        "carol",
        "Which delivery windows do customers look for and not find?",
        "Tour planning for spring starts soon. We hear complaints about Saturday mornings, and don’t know"
        " whether they are many.",
        "Customer care",
        ("delivery",),
        days=30,
        voters=("mallory",),
    ),
    SampleQuestion(
        "bob",
        "What does a returned crate cost us, with everything that it causes?",
        "The deposit is two euros, and drivers say that it doesn’t pay for the way.",
        "Supply",
        ("unit economics",),
        space="finance",
    ),
)


def load(question: SampleQuestion, people: Mapping[str, User]) -> int:
    """Ask it, unless it was; its number."""
    by = people[question.by]
    found = OpenQuestion.objects.filter(title=question.title, asked_by=by).first()
    if found:
        return found.pk
    asked = asking.ask(
        by=by,
        title=question.title,
        why=question.why,
        needed_by=timezone.localdate() + timedelta(days=question.days) if question.days else None,
        team=question.team,
        space=Space.objects.get(slug=question.space) if question.space else None,
        tags=question.tags,
    )
    for voter in question.voters:
        asking.vote(by=people[voter], question=asked)
    if question.taker:
        asking.take(by=people[question.taker], question=asked)
    return asked.pk
