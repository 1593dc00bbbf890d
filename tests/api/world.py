"""Something of every kind in a space, for tests that go through all addresses of the API."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils import timezone

from knowledge.git import Repository, create_repository
from knowledge.models import Collection, Post, Push, Review, Space, Thread, User, Webhook
from knowledge.pipeline import deciding, ledger
from knowledge.pipeline.asking import ask, move
from tests.cast import MakePost

Values = dict[str, Any]
PLACE = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
# What `{id}` or `<pk>` stands for, by what comes before it; `post` in "posts/{post}/" says it by itself.
OF = {
    "posts": "post", "revisions": "revision", "reviews": "review", "comments": "comment", "threads": "thread",
    "questions": "question", "collections": "collection", "subscriptions": "subscription",
    "webhooks": "webhook",
}  # fmt: skip
# Where one stands for another: a suggestion can be applied, what somebody just said can't.
INSTEAD = {
    "comments/<pk>/apply/": {"comment": "suggestion"},
    "questions/<pk>/accept/": {"question": "answered"},
    "questions/<pk>/decline/": {"question": "answered"},
    "questions/<pk>/reopen/": {"question": "withdrawn"},
    "revisions/<pk>/pass/": {"revision": "held"},
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
        return self.values.get(name)

    def address(self, route: str) -> str:
        """`/api/v1/` and the route, its places filled."""
        return "/api/v1/" + PLACE.sub(lambda found: str(self.place(route, found[1])), route)


def make_world(space: Space, make_post: MakePost, *, author: User, sitter: User) -> World:
    """`author` wrote and said all of it; `sitter` is who follows."""
    post = make_post(space, "a.md", source=space.slug.encode(), authors=(author, "Jo"), tags=["price"])
    other = make_post(space, "b.md", source=f"{space.slug} b".encode(), authors=(author,), tags=["price"])
    revision = post.revisions.get()
    revision.rendering.insights = [{"name": "price.mean", "value": 3.5, "interval": [3, 4]}]
    ledger.follow([revision])
    review = Review.objects.create(post=other, revision=other.revisions.get(), opened_by=author)
    review.verdicts.create(revision=review.revision, reviewer=author, reviewer_name="alice", kind="comment")
    Post.objects.filter(pk=other.pk).update(review_state="open", status="in_review")
    thread = Thread.objects.create(post=post, revision=revision, started_by=author)
    said = thread.comments.create(author=author, author_name="Alice", body="Look.")
    asked = Thread.objects.create(post=other, review=review, revision=review.revision, started_by=author)
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
    collection = Collection.objects.create(space=space, title="Start here")
    collection.items.create(post=post, position=1)
    return World(
        {
            "post_id": str(post.pk), "reviewed": other.pk,
            "space": space.slug, "username": "bob", "tag": "price", "name": "price.mean", "number": 1,
            "sign": "agree", "post": post.pk, "revision": revision.pk, "review": review.pk,
            "comment": said.pk, "suggestion": suggestion.pk, "thread": thread.pk, "question": question.pk,
            "answered": answered.pk, "withdrawn": withdrawn.pk, "held": held.latest_revision_id,
            "collection": collection.pk, "commit": _pushed(space),
            "subscription": sitter.subscriptions.create(kind="post", post=post).pk,
            "webhook": Webhook.objects.create(space=space, url="https://hooks.example/", secret="s").pk,
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
