"""What knowledge.trust says of insights, asked of the database: to list those of one word, and to count."""

from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When

from knowledge.models.approvals import given
from knowledge.models.insight import InsightQuerySet
from knowledge.models.post_states import Status
from knowledge.trust import RUN_CODES, WORDS

_GONE = Q(post=None) | Q(withdrawn_at__isnull=False) | Q(post__status__in=[Status.DELETED, Status.ARCHIVED])
# In the order of WORDS, the first that fits; what is archived is withdrawn.
_WHEN = {
    "withdrawn": _GONE,
    "superseded": Q(post__status=Status.SUPERSEDED),
    "suspect": Q(post__data_notes__contains=[{"kind": "suspect"}]),
    "unusual": ~Q(outside=[]),
    "stale": Q(post__attention_since__isnull=False) | Q(post__data_notes__contains=[{"kind": "late"}]),
    "unproven": Q(post__run_findings__overlap=sorted(RUN_CODES)),
}


def in_words(insights: InsightQuerySet) -> Any:
    """With the `word` of each. What says one that isn't withdrawn is what readers see of its post."""
    is_approved = Exists(given(OuterRef("post__published_revision")).order_by())
    word = Case(
        *(When(condition, then=Value(word)) for word, condition in _WHEN.items()),
        When(is_approved, then=Value("sound")),
        default=Value("unreviewed"),
        output_field=CharField(),
    )
    return insights.annotate(word=word)


def counts(insights: InsightQuerySet) -> dict[str, int]:
    """How many there are of each word that is said of any, in the order of WORDS. One query."""
    found = in_words(insights).order_by().values_list("word").annotate(number=Count("pk"))
    known = dict(found)
    return {word: known[word] for word in WORDS if word in known}
