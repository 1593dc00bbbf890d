"""Something of every kind in a space, for tests that go through all addresses of the API."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils import timezone

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import (
    AccessToken,
    Branch,
    Collection,
    Post,
    Preview,
    Push,
    Review,
    Space,
    Thread,
    User,
    Webhook,
)
from knowledge.observing import Observed
from knowledge.pipeline import deciding, ledger, resting, using
from knowledge.pipeline.asking import ask, move
from knowledge.pipeline.campaigning import open_campaign
from knowledge.pipeline.decisions import use
from knowledge.pipeline.embeds import embed_output
from knowledge.pipeline.limits import mark_shift
from knowledge.pipeline.notify import tell
from knowledge.pipeline.watching import observe
from knowledge.pipeline.webhooks import call_once
from tests.cast import MakePost

Values = dict[str, Any]
PLACE = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
PIXEL = b"GIF89a" + bytes(20)
NAME = "price.mean"  # of an insight, and of what it rests on
# What `{id}` or `<pk>` stands for, by what comes before it; `post` in "posts/{post}/" says it by itself.
OF = {
    "posts": "post", "revisions": "revision", "reviews": "review", "comments": "comment", "threads": "thread",
    "questions": "question", "collections": "collection", "subscriptions": "subscription",
    "webhooks": "webhook", "embeds": "embed", "campaigns": "campaign",
    "investigations": "investigation",
    "notifications": "notification", "previews": "preview",
}  # fmt: skip
# Where one stands for another: a suggestion can be applied, what somebody just said can't.
INSTEAD = {
    "comments/<pk>/apply/": {"comment": "suggestion"},
    "questions/<pk>/accept/": {"question": "answered"},
    "questions/<pk>/decline/": {"question": "answered"},
    "questions/<pk>/reopen/": {"question": "withdrawn"},
    "revisions/<pk>/pass/": {"revision": "held"},
    "revisions/<pk>/restore/": {"revision": "older"},
    "posts/<post>/compare/": {"post": "revised"},
    "revisions/<pk>/exports/<form>": {"form": "export"},
    "insights/<space>/<name>/decisions/<pk>/": {"": "decision"},
    "insights/<space>/<name>/shifts/<pk>/": {"": "shift"},
}


@dataclass(frozen=True, slots=True)
class World:
    values: Values

    def place(self, route: str, name: str) -> Any:
        """What stands in the place `name` of a route such as `posts/<int:pk>/`; None: nothing here does."""
        short = PLACE.sub(lambda found: f"<{'pk' if found[1] == 'id' else found[1]}>", route)
        if name in ("pk", "id"):
            noun = OF.get(short.partition("/")[0], "")
            name = INSTEAD.get(short, {}).get(noun, noun)
        else:
            name = INSTEAD.get(short, {}).get(name, name)
        return self.values.get(name)

    def address(self, route: str) -> str:
        """`/api/v1/` and the route, its places filled."""
        return "/api/v1/" + PLACE.sub(lambda found: str(self.place(route, found[1])), route)


def make_world(space: Space, make_post: MakePost, *, author: User, sitter: User, keeper: User) -> World:
    """`author` wrote and said all of it; `sitter` is who follows, `keeper` maintains the space."""
    for source in (b"one", b"two"):
        revised = make_post(
            space, "d.md", source=source + space.slug.encode(), authors=(author,), tags=["price"]
        )
    digest = storage.put_bytes(PIXEL)
    image = {"type": "image/gif", "width": 1, "height": 1, "size": len(PIXEL)}
    frames = [{"digest": digest, "label": "A plot", "height": 300}] * 2
    drawn: Values = {"assets": {digest: image}, "outputs": frames}
    drawn |= {"libraries": ["pandas"], "versions": {"pandas": "1.5"}, "datasets": [NAME]}
    post = make_post(
        space, "a.md", source=space.slug.encode(), authors=(author, "Jo"), tags=["price"], rendering=drawn,
        html='<div class="table-scroll" id="fig-1-1"><table><tr><td>1</td></tr></table></div>',
    )  # fmt: skip
    other = make_post(space, "b.md", source=f"{space.slug} b".encode(), authors=(author,), tags=["price"])
    commit = _pushed(space)
    post.revisions.update(commit=commit)
    revision = post.revisions.get()
    revision.rendering.insights = [{"name": NAME, "value": 3.5, "interval": [3, 4]}]
    ledger.follow([revision])
    revision.post = post
    resting.follow([revision])
    using.follow([post.pk])
    insight, dataset = post.insights.get(), post.dataset_uses.get().dataset
    observe(
        by=author, dataset=dataset, seen=Observed("plain", False, summary="412 orders without a customer")
    )
    review = Review.objects.create(post=other, revision=other.revisions.get(), opened_by=author)
    review.verdicts.create(revision=review.revision, reviewer=author, reviewer_name="alice", kind="comment")
    Post.objects.filter(pk=other.pk).update(review_state="open", status="in_review")
    author.bookmarks.create(post=post)
    thread = Thread.objects.create(post=post, revision=revision, started_by=author)
    said = thread.comments.create(author=author, author_name="Alice", body="Look.")
    asked = Thread.objects.create(post=other, review=review, revision=review.revision, started_by=author)
    said.versions.create(body="Loook.", written_at=timezone.now())
    asked.comments.create(author=author, author_name="Alice", body="A draft.", is_draft=True)
    suggestion = asked.comments.create(author=author, author_name="Alice", body="```suggestion\nx\n```")
    question, answered, withdrawn = [
        ask(by=author, space=space, title=title, why="It matters.") for title in ("Why?", "Who?", "When?")
    ]
    for each in (question, answered):
        each.answers.create(post=post, revision=revision)
    move(answered)
    deciding.withdraw(by=author, question=withdrawn)
    held = make_post(space, "c.md", source=f"{space.slug} c".encode(), authors=(author,))
    held.revisions.update(published_at=None, blocked_by=["ends-in-error"])
    Post.objects.filter(pk=held.pk).update(published_revision=None, status="draft")
    tell(
        event="comment.created",
        post=post,
        by=author,
        people=[(sitter, "author")],
        detail={"comment": said.pk},
    )
    branch = Branch.objects.create(space=space, name="draft", commit="c" * 40, pushed_at=timezone.now())
    preview = Preview.objects.create(
        branch=branch, path="a.md", change="changed", commit="c" * 40, blob="", size=1, title="Draft",
        rendering=revision.rendering, author_name="Alice", committed_at=timezone.now(),
    )  # fmt: skip
    webhook = Webhook.objects.create(space=space, url="https://hooks.example/", secret="s")
    collection = Collection.objects.create(space=space, title="Start here")
    collection.items.create(post=post, position=1)
    return World(
        {
            "decision": use(by=author, insight=insight, what="Staffing").pk,
            "shift": mark_shift(by=author, reading=insight.readings.get(), note="Counted anew").pk,
            "investigation": dataset.investigations.get().pk,
            "campaign": open_campaign(by=keeper, library="pandas", affected="<2", title="pandas 2").pk,
            "library": "pandas", "form": "json", "export": "cite.bib",
            "revised": revised.pk, "older": revised.revisions.get(number=1).pk, "digest": digest,
            "suffix": "gif", "path": "data.csv",
            "post_id": str(post.pk), "reviewed": other.pk,
            "space": space.slug, "username": "bob", "tag": "price", "name": NAME, "number": 1,
            "sign": "agree", "post": post.pk, "revision": revision.pk, "review": review.pk,
            "comment": said.pk, "suggestion": suggestion.pk, "thread": thread.pk, "question": question.pk,
            "answered": answered.pk, "withdrawn": withdrawn.pk, "held": held.latest_revision_id,
            "collection": collection.pk, "commit": commit,
            "subscription": sitter.subscriptions.create(kind="post", post=post).pk,
            "embed": embed_output(by=author, post=post, anchor="fig-1-1").pk,
            "notification": sitter.notifications.get(event="comment.created").pk,
            "token": AccessToken.objects.issue(user=sitter, name="laptop", scopes=["read"])[0].pk,
            "preview": preview.pk,
            "webhook": webhook.pk, "call": call_once(by=keeper, webhook=webhook).pk,
        }
    )  # fmt: skip


def _pushed(space: Space) -> str:
    create_repository(space.slug)
    commit = Repository(space.slug).commit_file(
        branch="main", path="data.csv", file=BytesIO(b"a,b"), author_name="Alice", author_email="a@b.example",
        by="alice", message="Add data",
    )  # fmt: skip
    Push.objects.create(space=space, new_commit=commit, pushed_at=timezone.now())
    return commit
