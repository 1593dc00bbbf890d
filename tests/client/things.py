"""What docs/curl.md is run on, beside the post with its insight: by the name that each id has there."""

from io import BytesIO
from typing import Any

from django.test import Client
from django.utils import timezone

from knowledge import storage
from knowledge.git import Repository
from knowledge.models import (
    AccessToken,
    Branch,
    Embed,
    Post,
    Preview,
    Push,
    Rendering,
    Review,
    Revision,
    Space,
    Subscription,
    Tag,
    User,
    Webhook,
)
from knowledge.pipeline import ingest, talking
from knowledge.pipeline.anchors import Ground
from knowledge.pipeline.asking import ask, move
from knowledge.pipeline.limits import mark_shift
from knowledge.pipeline.notify import tell
from knowledge.pipeline.webhooks import call_once
from tests.cast import THE_DAY, MakePost, Roles, make_space
from tests.knowledge.pipeline.desk import Desk, render_all

Ids = dict[str, Any]
TABLE = '<div class="table-scroll" id="fig-1-1"><table><tr><td>1</td></tr></table></div>'


def of_spaces(space: Space, post: Post, roles: Roles) -> Ids:
    """A push, a preview, a revision that is held back, and what somebody suggests in a review."""
    revision = post.published_revision
    assert revision
    revision.rendering.parts.update(html=TABLE)
    digest = storage.put_bytes(b"stands for a picture and for an output")
    Rendering.objects.filter(pk=revision.rendering_id).update(
        assets={digest: {"type": "image/png", "width": 1, "height": 1, "size": 1}},
        outputs=[{"digest": digest, "label": "Plot", "height": 100}],
    )
    commit = Repository(space.slug).commit_file(
        branch="main", path="data.csv", file=BytesIO(b"a,b"), author_name="Alice", author_email="a@b.example",
        by="alice", message="Add data",
    )  # fmt: skip
    post.revisions.filter(pk=revision.pk).update(commit=commit)
    Push.objects.create(space=space, new_commit=commit, pushed_at=timezone.now())
    branch = Branch.objects.create(space=space, name="draft", commit="c" * 40, pushed_at=THE_DAY)
    preview = Preview.objects.create(
        branch=branch, path="a.md", change="added", commit="c" * 40, blob="", size=1, title="Draft",
        rendering=revision.rendering, author_name="Alice", committed_at=THE_DAY,
    )  # fmt: skip
    return {"IMAGE": digest, "COMMIT": commit, "PREVIEW": preview.pk, "SUGGESTION": suggested(roles).pk}


def held(space: Space, make_post: MakePost) -> int:
    post = make_post(space, "held.md", source=b"held")
    post.revisions.update(published_at=None, blocked_by=["ends-in-error"])
    Post.objects.filter(pk=post.pk).update(published_revision=None, status="draft")
    return post.revisions.get().pk


def suggested(roles: Roles) -> Any:
    """A comment that can be applied, in a space where revisions need approval."""
    desk = Desk(make_space("shop", roles, review_policy="required"))
    desk.push({"late.md": "# Late\n\nOne in five.\n"})
    ingest.reconcile(desk.space.pk)
    render_all()
    review = Review.objects.get(post__space=desk.space)
    here = Ground(Revision.objects.select_related("rendering").get(pk=review.revision_id))
    return talking.start_thread(
        by=next(iter(roles)), post=review.post, review=review, revision=here.revision,
        body="```suggestion\nOne in six.\n```", spot=here.at(cell=0, line=3),
    )  # fmt: skip


def of_a_person(space: Space, post: Post, dana: User, alice: User) -> Ids:
    """What `dana` asked, follows, is told, is called by, and signs in with."""
    question, answered = (ask(by=dana, title=it, why="Shifts.", space=space) for it in ("Late?", "Why?"))
    answered.answers.create(post=post, revision=post.published_revision)
    move(answered)
    Tag.objects.create(name="retention", keeper=dana)
    tell(event="comment.created", post=post, by=alice, people=[(dana, "author")], detail={"comment": 0})
    webhook = Webhook.objects.create(space=space, url="https://hooks.example/", secret="s")
    browser = Client()
    browser.force_login(dana)
    reading = space.insights.get().readings.latest("pk")
    return {
        "EMBED": Embed.objects.create(user=dana, post=post, anchor="fig-1-1").pk,
        "QUESTION": question.pk, "ANSWERED": answered.pk, "WEBHOOK": webhook.pk,
        "CALL": call_once(by=dana, webhook=webhook).pk,
        "SHIFT": mark_shift(by=alice, reading=reading, note="Counted anew").pk,
        "NOTIFICATION": dana.notifications.get(event="comment.created").pk,
        "SUBSCRIPTION": Subscription.objects.create(user=dana, kind="tag", tag="price").pk,
        "TOKEN": AccessToken.objects.issue(user=dana, name="spare", scopes=["read"])[0].pk,
        "SESSION": browser.cookies["sessionid"].value, "CSRF": "c" * 32,
    }  # fmt: skip
