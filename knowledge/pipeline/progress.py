"""What became of a push: asked by its page and by the API. Starts nothing."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from knowledge.git import Repository
from knowledge.models import Post, Push, Rendering, Revision, Space, User
from knowledge.permissions import can_see_findings
from knowledge.pipeline.linting import findings_of

COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
UNFINISHED = {Rendering.State.QUEUED, Rendering.State.RENDERING}


def is_awaited(space: Space, commit: str) -> bool:
    """Whether the branch has moved to `commit` and the ingest has not come to it yet."""
    if not COMMIT.fullmatch(commit):
        return False
    steps = Repository(space.slug).steps(space.default_branch, space.ingested_commit)
    return any(step.new == commit for step in steps)


@dataclass(frozen=True, slots=True)
class PushedDocument:
    """One line of a push's report, with the state that its rendering is in now.

    `state` is a Rendering.State, or "" where the push made no revision (removed, moved, unchanged).
    `faults`, `findings` and `blocked_by` are empty for those who can't mend them.
    """

    path: str
    change: str
    title: str
    post: Post | None
    state: str
    faults: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    blocked_by: list[str]
    revision: Revision | None
    failure: dict[str, str] | None

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


def pushed_documents(push: Push, user: User | AnonymousUser) -> list[PushedDocument]:
    """The report's documents in its order, without those that `user` can't see. Four queries."""
    named = [line["post"] for line in push.report if line.get("post")]
    posts = Post.objects.visible_to(user).select_related("space").in_bulk(named)
    made = Revision.objects.filter(push=push, post__in=list(posts)).for_lists().order_by("number")
    revisions = {revision.post_id: revision for revision in made}
    may_mend = isinstance(user, User) and can_see_findings(push.space, user)
    return [
        _document(line, posts.get(line.get("post")), revisions.get(line.get("post")), may_mend)
        for line in push.report
        if not line.get("post") or line["post"] in posts
    ]


def _document(
    line: dict[str, Any], post: Post | None, revision: Revision | None, may_mend: bool
) -> PushedDocument:
    return PushedDocument(
        path=line["path"],
        change=line["change"],
        title=(post.title if post else "") or line.get("title", "") or line["path"],
        post=post,
        state=revision.rendering.state if revision else "",
        faults=line.get("faults", []) if may_mend else [],
        findings=findings_of(revision) if revision and may_mend else [],
        blocked_by=revision.blocked_by if revision and may_mend else [],
        revision=revision,
        failure=revision.rendering.failure if revision else line.get("failure"),
    )
