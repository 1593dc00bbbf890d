"""What posts and insights say of themselves, as knowledge.trust weighs it."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.limits import messages
from knowledge.models.insight import Insight
from knowledge.models.post import Post
from knowledge.models.post_states import Status
from knowledge.trust import Facts, Trust, trust_of


def trust_in_post(post: Post, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that readers see."""
    return trust_of(_facts(post, approvers))


def trust_in_insight(insight: Insight, *, approvers: Sequence[str]) -> Trust:
    """`approvers` are those of the revision that says it; its post is loaded."""
    if insight.status == Insight.State.WITHDRAWN or insight.post is None:
        return trust_of(Facts(is_withdrawn=True, approvers=approvers))
    outside = [text for _, text in messages(insight.outside)]
    return trust_of(replace(_facts(insight.post, approvers), outside=outside))


def _facts(post: Post, approvers: Sequence[str]) -> Facts:
    return Facts(
        is_withdrawn=post.status == Status.DELETED,
        is_archived=post.status == Status.ARCHIVED,
        is_superseded=post.status == Status.SUPERSEDED,
        suspect=[note["name"] for note in post.data_notes if note["kind"] == "suspect"],
        due=(post.due_on or post.attention_since.date()) if post.attention_since else None,
        run=post.run_findings,
        approvers=approvers,
    )
