"""What posts and insights say of themselves, as knowledge.trust weighs it."""

from collections.abc import Sequence

from knowledge.models import Insight, Post
from knowledge.trust import Facts, Trust, facts_of_post, trust_of
from knowledge.watching import messages


def trust_in_post(post: Post, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that readers see."""
    return trust_of(_facts(post, approvers))


def trust_in_insight(insight: Insight, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that says it; its post is loaded."""
    if insight.status == Insight.State.WITHDRAWN or insight.post is None:
        return trust_of(Facts(is_withdrawn=True, approvers=approvers))
    return trust_of(_facts(insight.post, approvers, [text for _, text in messages(insight.outside)]))


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
