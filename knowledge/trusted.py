"""What posts and insights say of themselves, as knowledge.trust weighs it."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from knowledge.models import Insight, Post, Review, Verdict
from knowledge.models.post_queryset import PostQuerySet
from knowledge.trust import RUN_CODES, Facts, Trust, facts_of_post, trust_of
from knowledge.watching import messages


def trust_in_post(post: Post, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that readers see."""
    return trust_of(_facts(post, approvers))


def trust_in_insight(insight: Insight, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that says it; its post is loaded."""
    if insight.status == Insight.State.WITHDRAWN or insight.post is None:
        return trust_of(Facts(is_withdrawn=True, approvers=approvers))
    return trust_of(_facts(insight.post, approvers, [text for _, text in messages(insight.outside)]))


def trusted_as(posts: PostQuerySet, word: str) -> PostQuerySet:
    """Of what was published, that of which trust_in_post says `word`, asked of the database."""
    found = posts.filter(published_revision__isnull=False)
    for each, condition in _conditions().items():
        if each == word:
            return found.filter(condition)
        found = found.exclude(condition)
    return found.none()


def _conditions() -> dict[str, Q]:
    """In the order of trust.WORDS: each word where none before it fits. No post is `unusual`."""
    approved = Verdict.objects.filter(
        revision=OuterRef("published_revision"),
        kind=Verdict.Kind.APPROVE,
        review__state=Review.State.APPROVED,
    )
    return {
        "withdrawn": Q(status=Post.Status.DELETED),
        "archived": Q(status=Post.Status.ARCHIVED),
        "superseded": Q(status=Post.Status.SUPERSEDED),
        "suspect": Q(suspect_since__isnull=False),
        "stale": Q(attention_since__isnull=False) | Q(data_notes__contains=[{"kind": "late"}]),
        "unproven": Q(run_findings__overlap=sorted(RUN_CODES)),
        "unreviewed": ~Q(Exists(approved)),
        "sound": Q(Exists(approved)),
    }


def _facts(post: Post, approvers: Sequence[str], outside: Sequence[str] = ()) -> Facts:
    late_since = post.attention_since
    return facts_of_post(
        post.status,
        due=(post.due_on or late_since.date()) if late_since else None,
        run=post.run_findings,
        data_notes=post.data_notes,
        approvers=approvers,
        outside=outside,
    )
