"""Every address of the portal and the API, for everyone: who gets what is written down here, once.

An address that is new in the URLconf and not in the table fails the first test.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import (
    AccessToken,
    Branch,
    Collection,
    Dataset,
    OldAddress,
    Post,
    Preview,
    Push,
    Rendering,
    Review,
    Space,
    Thread,
    User,
    Webhook,
)
from knowledge.observing import Observed
from knowledge.pipeline import ledger, resting, using
from knowledge.pipeline.asking import ask
from knowledge.pipeline.campaigning import open_campaign
from knowledge.pipeline.decisions import use
from knowledge.pipeline.watching import observe
from knowledge.pipeline.webhooks import call_once
from tests.cast import MakePost

ROLES = ["nobody", "mallory", "carol", "alice", "dana", "admin"]

# What each of ROLES gets for a GET: on an internal space, on a restricted one, and where neither matters.
# `in` is a redirect to sign in, other words name a status.
OPEN = "200 200 200 200 200 200"
SIGNED_IN = "in 200 200 200 200 200"
MEMBERS = "in 404 200 200 200 200"
WRITERS = "in 404 403 403 200 200"
POST_ONLY = "in 405 405 405 405 405"
FORWARDS = "in 302 302 302 302 302"
MOVED = "in 301 301 301 301 301"

# name -> (what ROLES get on the internal space or anywhere, and on the restricted one; "" where it has none)
PAGES: dict[str, tuple[str, str]] = {
    "feed": (SIGNED_IN, ""),
    "post-table": (SIGNED_IN, ""),
    "post-table-csv": (SIGNED_IN, ""),
    "people": (SIGNED_IN, ""),
    "permalink": (FORWARDS, "in 404 302 302 302 302"),
    "old-address": (MOVED, "in 404 301 301 301 301"),
    "old-editor": (MOVED, "in 404 301 301 301 301"),
    "old-render": (MOVED, "in 404 301 301 301 301"),
    "old-presentation": (MOVED, "in 404 301 301 301 301"),
    "old-download": (MOVED, "in 404 301 301 301 301"),
    "old-feed": (MOVED, ""),
    "old-table": (MOVED, ""),
    "old-cluster": (MOVED, ""),
    "old-tag": (MOVED, ""),
    "old-tags": (MOVED, ""),
    "old-create": (FORWARDS, ""),
    "old-edit": (FORWARDS, ""),
    "old-login": (FORWARDS, ""),
    "conversation": (SIGNED_IN, MEMBERS),
    "like": (SIGNED_IN, MEMBERS),
    "bookmark": (SIGNED_IN, MEMBERS),
    "thread": (SIGNED_IN, MEMBERS),
    "thread-settle": (POST_ONLY, POST_ONLY),
    "comment-edit": ("in 302 302 200 302 302", "in 404 302 200 302 302"),
    "comment-delete": (POST_ONLY, POST_ONLY),
    "comment-react": (POST_ONLY, POST_ONLY),
    "comment-history": (SIGNED_IN, MEMBERS),
    "bookmarks": (SIGNED_IN, ""),
    "questions": (SIGNED_IN, ""),
    "post-read": (POST_ONLY, POST_ONLY),
    "post-reads": ("in 403 403 200 200 200", "in 404 403 200 200 200"),
    "space-reads": ("in 403 403 403 200 200", WRITERS),
    "person-reads": ("in 403 403 200 403 200", ""),  # of alice
    "reads": ("in 403 403 200 200 200", ""),  # of a tag
    "board": (SIGNED_IN, ""),
    "question-new": (SIGNED_IN, ""),
    "demand": ("in 403 403 403 200 200", ""),
    "open-question": (SIGNED_IN, MEMBERS),
    "question-edit": ("in 302 302 200 200 200", "in 404 302 200 200 200"),
    "question-vote": (POST_ONLY, POST_ONLY),
    "question-take": (POST_ONLY, POST_ONLY),
    "question-decide": (POST_ONLY, POST_ONLY),
    "post-status": (SIGNED_IN, MEMBERS),
    "post-history": (SIGNED_IN, MEMBERS),
    "compare-choose": (FORWARDS, "in 404 302 302 302 302"),
    "compare": (SIGNED_IN, MEMBERS),
    "since": (SIGNED_IN, MEMBERS),
    "related": (SIGNED_IN, MEMBERS),
    "post-retry": (POST_ONLY, POST_ONLY),
    "revision-source": (SIGNED_IN, MEMBERS),
    "revision-download": (SIGNED_IN, MEMBERS),
    "revision-pass": (POST_ONLY, POST_ONLY),
    "revision-restore": (POST_ONLY, POST_ONLY),
    "revision-part": (SIGNED_IN, MEMBERS),
    "revision-parts": (SIGNED_IN, MEMBERS),
    "revision-cite": (SIGNED_IN, MEMBERS),
    "revision-page": (SIGNED_IN, MEMBERS),
    "revision-archive": (SIGNED_IN, MEMBERS),
    "revision-slides": (SIGNED_IN, MEMBERS),
    "revision-handout": (SIGNED_IN, MEMBERS),
    "revision-deck": (SIGNED_IN, MEMBERS),
    "asset": (SIGNED_IN, MEMBERS),
    "output": (SIGNED_IN, MEMBERS),
    "file": (SIGNED_IN, MEMBERS),
    "preview": (MEMBERS, MEMBERS),
    "preview-asset": (MEMBERS, MEMBERS),
    "preview-output": (MEMBERS, MEMBERS),
    "preview-file": (MEMBERS, MEMBERS),
    "preview-part": (MEMBERS, MEMBERS),
    "preview-parts": (MEMBERS, MEMBERS),
    "spaces": (SIGNED_IN, ""),
    "space-new": (SIGNED_IN, ""),
    "space": (SIGNED_IN, MEMBERS),
    "space-settings": ("in 403 403 403 200 200", WRITERS),
    "space-webhooks": ("in 403 403 403 200 200", WRITERS),
    "space-embeds": ("in 403 403 403 200 200", WRITERS),
    "space-audit": ("in 403 403 403 200 200", WRITERS),
    "space-audit-export": ("in 403 403 403 200 200", WRITERS),
    "space-members": (SIGNED_IN, MEMBERS),
    "space-setup": (SIGNED_IN, MEMBERS),
    "space-pushes": (SIGNED_IN, MEMBERS),
    "space-previews": (MEMBERS, MEMBERS),
    "push": (SIGNED_IN, MEMBERS),
    "reviews": (SIGNED_IN, ""),
    "review": (MEMBERS, MEMBERS),
    "review-withdraw": (POST_ONLY, POST_ONLY),
    "review-ask": (POST_ONLY, POST_ONLY),
    "review-comment": (MEMBERS, MEMBERS),
    "review-discard": (POST_ONLY, POST_ONLY),
    "comment-apply": (POST_ONLY, POST_ONLY),
    "review-request": (POST_ONLY, POST_ONLY),
    "attention": (SIGNED_IN, ""),
    "post-care": (SIGNED_IN, MEMBERS),
    "post-review": ("in 404 302 302 302 302", "in 404 302 302 302 302"),
    "space-review": (SIGNED_IN, MEMBERS),
    "post": (SIGNED_IN, MEMBERS),
    "insights": (SIGNED_IN, ""),
    "datasets": (SIGNED_IN, ""),
    "dataset": (SIGNED_IN, MEMBERS),
    "investigation": (SIGNED_IN, MEMBERS),
    "helper-module": (OPEN, ""),
    "helper-wheel": (OPEN, ""),
    "client-wheel": (OPEN, ""),
    "insight": (SIGNED_IN, MEMBERS),
    "insight-used": (POST_ONLY, POST_ONLY),
    "used-undo": (POST_ONLY, ""),
    "used": (SIGNED_IN, ""),
    "insight-shifts": (POST_ONLY, POST_ONLY),
    "embed-insight": ("401 200 200 200 200 200", "401 404 200 200 200 200"),
    "embed-badge": ("401 200 200 200 200 200", "401 404 200 200 200 200"),
    "embed-output": ("401 200 200 200 200 200", "401 404 200 200 200 200"),
    "embed": ("404 404 404 404 404 404", ""),  # with a token that isn't ours
    "embed-keyed-badge": ("404 404 404 404 404 404", ""),
    "embeds": (SIGNED_IN, ""),
    "oembed": ("401 200 200 200 200 200", "401 404 200 200 200 200"),  # of the insight
    "libraries": (SIGNED_IN, ""),
    "library": (SIGNED_IN, MEMBERS),
    "library-impact": (SIGNED_IN, MEMBERS),
    "library-impact-csv": (SIGNED_IN, MEMBERS),
    "campaigns": (SIGNED_IN, ""),
    "campaign-new": ("in 403 403 403 200 200", ""),
    "campaign": (SIGNED_IN, MEMBERS),
    "campaign-edit": ("in 403 403 403 200 200", "in 404 403 403 200 200"),
    "campaign-mark": (POST_ONLY, POST_ONLY),
    "tags": (SIGNED_IN, ""),
    "tag": (SIGNED_IN, ""),
    "tag-edit": ("in 403 403 403 403 200", ""),
    "collections": (SIGNED_IN, ""),
    "collection-new": (SIGNED_IN, ""),
    "collection": (SIGNED_IN, MEMBERS),
    "collection-edit": ("in 403 403 200 200 200", "in 404 403 200 200 200"),
    "collection-find": ("in 403 403 200 200 200", "in 404 403 200 200 200"),
    "collection-posts": (POST_ONLY, POST_ONLY),
    "post-collections": (SIGNED_IN, MEMBERS),
    "person": (SIGNED_IN, ""),
    "search": (SIGNED_IN, ""),
    "search-suggest": (SIGNED_IN, ""),
    "search-suggest-json": (SIGNED_IN, ""),
    "search-description": (OPEN, ""),
    "atom": ("404 404 404 404 404 404", ""),  # with a token that isn't ours
    "atom-mine": (FORWARDS, ""),
    "feeds": (SIGNED_IN, ""),
    "upload": (SIGNED_IN, ""),
    "notifications": (SIGNED_IN, ""),
    "notification": ("in 404 404 404 404 404", ""),  # one's own alone
    "notification-settings": (SIGNED_IN, ""),
    "bell": (SIGNED_IN, ""),
    "following": (SIGNED_IN, ""),
    "webhooks": (SIGNED_IN, ""),
    "unsubscribe": ("404 404 404 404 404 404", ""),  # with a token that isn't ours
    "audit": ("in 403 403 403 403 200", ""),
    "audit-export": ("in 403 403 403 403 200", ""),
    "follow": (SIGNED_IN, MEMBERS),
    "follow-named": (SIGNED_IN, MEMBERS),
    "tokens": (SIGNED_IN, ""),
    "token-revoke": (POST_ONLY, ""),
    "profile": (SIGNED_IN, ""),
    "favicon": ("302 302 302 302 302 302", ""),
    "health-live": (OPEN, ""),
    "health-ready": (OPEN, ""),
    "metrics": ("401 401 401 401 401 200", ""),
    "api-docs": (OPEN, ""),
    "mcp": ("405 405 405 405 405 405", ""),
    "mcp-bare": ("405 405 405 405 405 405", ""),
    "git-page": (FORWARDS, ""),  # wherever it leads, also to what isn't there
}

# The API's, by the same roles: with a token that may read.
READ = "401 200 200 200 200 200"
READ_MEMBERS = "401 404 200 200 200 200"
API: dict[str, tuple[str, str]] = {
    "root": (READ, ""),
    "posts": (READ, ""),
    "post": (READ, READ_MEMBERS),
    "post-related": (READ, READ_MEMBERS),
    "post-cited-by": (READ, READ_MEMBERS),
    "post-revisions": (READ, READ_MEMBERS),
    "post-revision": (READ, READ_MEMBERS),
    "revisions": (READ, ""),
    "revision": (READ, READ_MEMBERS),
    "content": (READ, READ_MEMBERS),
    "source": (READ, READ_MEMBERS),
    "reviews": (READ, ""),
    "review": (READ_MEMBERS, READ_MEMBERS),
    "apply": ("401 405 405 405 405 405", ""),
    "pass": ("401 405 405 405 405 405", ""),
    "verdicts": ("401 405 405 405 405 405", ""),
    "asked": ("401 405 405 405 405 405", ""),
    "withdraw": ("401 405 405 405 405 405", ""),
    "spaces": (READ, ""),
    "space": (READ, READ_MEMBERS),
    "members": (READ, READ_MEMBERS),
    "member": (READ, READ_MEMBERS),
    "pushes": (READ, READ_MEMBERS),
    "push": (READ, READ_MEMBERS),
    "policy": (READ, READ_MEMBERS),
    "branches": (READ_MEMBERS, READ_MEMBERS),
    "previews": (READ_MEMBERS, READ_MEMBERS),
    "preview": (READ_MEMBERS, READ_MEMBERS),
    "preview-html": (READ_MEMBERS, READ_MEMBERS),
    "comments": (READ, ""),
    "comment": (READ, READ_MEMBERS),
    "reaction": ("401 405 405 405 405 405", ""),
    "thread": (READ, READ_MEMBERS),
    "questions": (READ, ""),
    "question": (READ, READ_MEMBERS),
    "question-counts": (READ, ""),
    "questions-alike": (READ, ""),
    "question-demand": ("401 403 403 403 200 200", ""),
    **{
        f"question-{act}": ("401 405 405 405 405 405", "")
        for act in ("vote", "take", "accept", "decline", "withdraw", "close", "reopen")
    },
    "people": (READ, ""),
    "person": (READ, ""),
    "me": (READ, ""),
    "own-tokens": (READ, ""),
    "own-token": ("401 404 404 404 404 404", ""),  # one's own alone
    "search": (READ, ""),
    "insights": (READ, ""),
    "insight": (READ, READ_MEMBERS),
    "history": (READ, READ_MEMBERS),
    "decisions": (READ, READ_MEMBERS),
    "decision": ("401 405 405 405 405 405", ""),
    "own-decisions": (READ, ""),
    "datasets": (READ, ""),
    "dataset": (READ, READ_MEMBERS),
    "dataset-observations": (READ, READ_MEMBERS),
    "dataset-observations-of-many": ("401 405 405 405 405 405", ""),
    "dataset-investigations": (READ, READ_MEMBERS),
    "dataset-investigation-close": ("401 405 405 405 405 405", ""),
    "dataset-posts": (READ, READ_MEMBERS),
    "dataset-insights": (READ, READ_MEMBERS),
    "investigations": (READ, ""),
    "investigation": (READ, READ_MEMBERS),
    "investigation-posts": (READ, READ_MEMBERS),
    "library-posts": (READ, READ_MEMBERS),
    "library-insights": (READ, READ_MEMBERS),
    "shifts": (READ, READ_MEMBERS),
    "shift": ("401 405 405 405 405 405", ""),
    "insight-series": (READ, ""),
    "insight-metrics": (READ, ""),
    "post-outputs": (READ, READ_MEMBERS),
    "post-output": (READ, READ_MEMBERS),
    "libraries": (READ, ""),
    "library": (READ, READ_MEMBERS),
    "library-impact": (READ, READ_MEMBERS),
    "campaigns": (READ, ""),
    "campaign": (READ, READ_MEMBERS),
    "campaign-items": (READ, READ_MEMBERS),
    "campaign-item": ("401 405 405 405 405 405", ""),
    "tags": (READ, ""),
    "tag": (READ, ""),
    "collections": (READ, ""),
    "collection": (READ, READ_MEMBERS),
    "collection-posts": ("401 405 405 405 405 405", ""),
    "collection-post": ("401 405 405 405 405 405", ""),
    "audit": (READ, ""),
    "stats": ("401 403 403 200 200 200", "401 404 403 200 200 200"),  # of the post
    "subscriptions": (READ, ""),
    "subscription": ("401 404 404 404 404 404", ""),  # one's own alone
    "webhooks": (READ, ""),
    "webhook": ("401 404 404 404 200 200", "401 404 404 404 200 200"),
    "notifications": (READ, ""),
    "notification": ("401 404 404 404 404 404", ""),  # one's own alone
    "notifications-read": ("401 405 405 405 405 405", ""),
    "notifications-unread": (READ, ""),
    "notifications-channels": (READ, ""),
    "webhook-calls": ("401 404 404 404 200 200", "401 404 404 404 200 200"),
    "webhook-call": ("401 404 404 404 200 200", "401 404 404 404 200 200"),
    **{f"webhook-{act}": ("401 405 405 405 405 405", "") for act in ("secret", "test", "call-again")},
    "schema": (OPEN, ""),
    **dict.fromkeys(("attention", "bookmarks", "embeds", "feed", "suggestions"), (READ, "")),
    "embed": ("401 404 404 404 404 404", ""),  # one's own, and those of spaces that one maintains
    "folders": (READ, READ_MEMBERS),
    "comment-history": (READ, READ_MEMBERS),
    "comment-preview": ("401 405 405 405 405 405", ""),
    "drafts": (READ_MEMBERS, READ_MEMBERS),
    **{f"post-{name}": (READ, READ_MEMBERS) for name in ("life", "since")},
    # Of what there is none here; tests/api/table.py has what is there.
    **dict.fromkeys(("post-compare", "revision-file"), ("401 404 404 404 404 404", "")),
    **{
        f"post-{act}": ("401 405 405 405 405 405", "")
        for act in ("archive", "bookmark", "confirm", "like", "retry", "supersede", "unarchive")
    },
    "restore": ("401 405 405 405 405 405", ""),
    "revision-asset": (READ, READ_MEMBERS),
    "revision-export": (READ, READ_MEMBERS),
    "revision-html": (READ, READ_MEMBERS),
    "revision-output": (READ, READ_MEMBERS),
    "uploads": ("401 405 405 405 405 405", ""),
}

# Tested where they are: git's door in tests/api/test_git*.py, allauth and Django's admin in their projects
# (that the admin is for superusers is below), addresses that lead nowhere in tests/api/test_errors.py.
ELSEWHERE = {"git", "api-missing", "api-with-slash"}
ELSEWHERE_UNDER = ("accounts/", "admin/")


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(namespaced name, route) of everything below `resolver`."""
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route, each.namespace or namespace)
        elif isinstance(each, URLPattern):
            yield (f"{namespace}:{each.name}" if namespace else str(each.name)), route


ROUTES = {name: route for name, route in patterns(get_resolver()) if not route.startswith(ELSEWHERE_UNDER)}
TABLE = PAGES | {f"api:{name}": row for name, row in API.items()}


def test_every_address_is_in_the_table() -> None:
    assert set(ROUTES) - ELSEWHERE == set(TABLE)


@pytest.fixture
def world(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User, admin: User
) -> dict[str, dict[str, Any]]:
    """What the addresses need, for each of the two spaces."""
    digest = storage.put_bytes(b"stands for a picture and for an output")
    rendering = {
        "assets": {digest: {"type": "image/png", "width": 1, "height": 1, "size": 1}},
        "outputs": [{"digest": digest, "label": "Plot", "height": 100}],
        "has_slides": True,
    }
    places = {}
    for space in (growth, finance):
        post = make_post(
            space, "a.md", source=space.slug.encode(), authors=(alice,), tags=["price"], rendering=rendering,
            html=TABLE_OF_CODE,
        )  # fmt: skip
        OldAddress.objects.create(space=space, path=f"old/{space.slug}", post=post)
        review = Review.objects.create(post=post, revision=post.revisions.get())
        Post.objects.filter(pk=post.pk).update(review_state="open", status="in_review")
        thread = Thread.objects.create(post=post, revision=post.revisions.get(), started_by=alice)
        said = thread.comments.create(author=alice, author_name="Alice", body="Look.")
        asked = Thread.objects.create(
            post=post, review=review, revision=post.revisions.get(), started_by=alice
        )
        suggestion = asked.comments.create(author=alice, author_name="Alice", body="```suggestion\nx\n```")
        commit = with_a_push(space)
        branch = Branch.objects.create(space=space, name="draft", commit=commit, pushed_at=timezone.now())
        preview = Preview.objects.create(
            branch=branch, path="a.md", change="changed", commit=commit, blob="", size=1, title="Draft",
            rendering=post.revisions.get().rendering, author_name="Alice", committed_at=timezone.now(),
        )  # fmt: skip
        places[space.slug] = {
            "pk": post.pk, "post": post.pk, "number": 1, "space": space.slug, "path": "a.md", "tag": "price",
            "revision": post.latest_revision_id, "digest": digest, "suffix": "png", "username": "alice",
            "commit": commit, "preview": preview.pk, "place": "draft/a.md", "sign": "agree",
            "review": review.pk, "old": 1, "new": 1, "comment": said.pk, "thread": said.thread_id,
            "suggestion": suggestion.pk, "collection": with_a_collection(post).pk,
            "question": ask(by=alice, space=space, title="Why?", why="It matters.").pk,
            "name": with_an_insight(post),
            "decision": used_by(alice, post),
            "dataset": with_a_dataset(post).name,
            "investigation": post.dataset_uses.get().dataset.investigations.get().pk,
            "library": f"lib-{space.slug}",
            "campaign": with_a_campaign(post),
            "webhook": Webhook.objects.create(space=space, url="https://hooks.example/", secret="s").pk,
        }  # fmt: skip
        webhook = Webhook.objects.get(space=space)
        places[space.slug]["call"] = call_once(by=admin, webhook=webhook).pk
    return places


def with_an_insight(post: Post) -> str:
    revision = post.revisions.get()
    revision.rendering.insights = [{"name": "price.mean", "value": 3.5}]
    ledger.follow([revision])
    return "price.mean"


def used_by(user: User, post: Post) -> int:
    return use(by=user, insight=post.insights.get(), what="Staffing").pk


def with_a_dataset(post: Post) -> Dataset:
    """That failed: who runs the portal says so, to whoever rests on it."""
    revision = post.revisions.get()
    revision.post, revision.rendering.datasets = post, [f"{post.space.slug}.prices"]
    resting.follow([revision])
    dataset = post.dataset_uses.get().dataset
    observe(by=User.objects.get(username="admin"), dataset=dataset, seen=Observed("plain", False))
    return dataset


def with_a_campaign(post: Post) -> int:
    """Of dana's, who maintains its space; for a library that no other post uses."""
    library = f"lib-{post.space.slug}"
    Rendering.objects.filter(revisions__post=post).update(libraries=[library])
    using.follow([post.pk])
    dana = User.objects.get(username="dana")
    return open_campaign(by=dana, library=library, title="Away from it", with_unknown=True).pk


def with_a_collection(post: Post) -> Collection:
    made = Collection.objects.create(space=post.space, title="Start here")
    made.items.create(post=post, position=1)
    return made


def with_a_push(space: Space) -> str:
    """The commit of a data file, ingested."""
    create_repository(space.slug)
    commit = Repository(space.slug).commit_file(
        branch="main", path="data.csv", file=BytesIO(b"a,b"), author_name="Alice", author_email="a@b.example",
        by="alice", message="Add data",
    )  # fmt: skip
    Push.objects.create(space=space, new_commit=commit, pushed_at=timezone.now())
    return commit


TABLE_OF_CODE = '<div class="table-scroll" id="fig-1-1"><table><tr><td>1</td></tr></table></div>'
QUERIES = {
    "api:search": "?q=price",
    "old-render": "?markdown={path}",
    "old-presentation": "?markdown={path}",
    "old-download": "?type=kp&post={path}",
    "old-tag": "?tag={tag}",
    "reads": "?tag={tag}",
    "oembed": "?url=http://127.0.0.1:8000/insights/{space}/{name}",
    "api:insight-series": "?insight={space}/{name}",
    "api:stats": "?post={post}",
    "review-comment": "?of=1&side=new",
    "follow-named": "?target={target}",
    "tag-edit": "?tag={tag}",
}
OF_REVIEWS = {
    "review",
    "review-withdraw",
    "review-ask",
    "review-comment",
    "review-discard",
    "api:review",
    "api:verdicts",
    "api:asked",
    "api:withdraw",
    "api:drafts",
}
OF_QUESTIONS = ("open-question", "question-", "api:question")
OF_REVISIONS = {"api:pass", "api:revision", "api:content", "api:source", "api:restore"}


def address(name: str, values: dict[str, Any]) -> str:
    """The route of `name` with its places filled: `pk` is a revision's where the route is, and so on."""
    if name in OF_REVISIONS or name.startswith(("revision-", "api:revision-")):
        values = values | {"pk": values["revision"]}
    if name in OF_REVIEWS:
        values = values | {"pk": values["review"]}
    if name.startswith(OF_QUESTIONS):
        values = values | {"pk": values["question"]}
    if name in {"used-undo", "api:decision"}:
        values = values | {"pk": values["decision"]}
    if name.startswith(("comment-", "api:comment-")) or name in {"api:comment", "api:reaction"}:
        values = values | {"pk": values["comment"]}
    if name in {"comment-apply", "api:apply"}:
        values = values | {"pk": values["suggestion"]}
    if name.startswith("thread") or name == "api:thread":
        values = values | {"pk": values["thread"]}
    if name.startswith("api:webhook-") or name == "api:webhook":
        values = values | {"pk": values["webhook"]}
    if name.startswith(("collection", "api:collection")):
        values = values | {"pk": values["collection"]}
    if name.startswith(("dataset", "investigation", "api:dataset", "api:investigation")):
        values = values | {"name": values["dataset"], "pk": values["investigation"]}
    if name.startswith(("campaign", "api:campaign")):
        values = values | {"pk": values["campaign"]}
    if name.startswith(("preview-", "api:preview")):
        values = values | {"pk": values["preview"]}
    if name in {"output", "revision-part", "preview-output", "preview-part", "api:revision-output"}:
        values = values | {"number": 0}
    if name.startswith("old-"):
        values = values | {"path": f"old/{values['space']}"}
    values = values | {"token": "x", "form": "csv"}
    if name == "api:revision-export":
        values = values | {"form": "page.html"}
    if name in {"notification", "api:notification", "api:embed"}:
        values = values | {"pk": 10**6}
    if name == "api:own-token":
        values = values | {"token": 10**6}
    if name in {"follow", "follow-named", "atom", "atom-mine"}:
        values = values | {"kind": "space", "target": values["space"]}
    if name in {"file", "preview-file", "api:revision-file"}:
        values = values | {"path": "data.csv"}
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), ROUTES[name])
    return f"/{route}{QUERIES.get(name, '').format(**values)}"


def client_of(role: str, name: str) -> Client:
    """A browser, or a program with a token that may read; `output` is asked for as frames do."""
    if role == "nobody":
        return Client()
    user = User.objects.get(username=role)
    if name.startswith("api:"):
        _, secret = AccessToken.objects.issue(user=user, name="test", scopes=["read"])
        return Client(headers={"Authorization": f"Token {secret}"})
    client = Client(headers={"Sec-Fetch-Dest": "iframe"})
    client.force_login(user)
    return client


def outcome(answer: Any) -> str:
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return "in"
    if answer.streaming:
        answer.getvalue()  # reads and closes it
    return str(answer.status_code)


def outcomes(name: str, values: dict[str, Any]) -> str:
    return " ".join(outcome(client_of(role, name).get(address(name, values))) for role in ROLES)


World = dict[str, dict[str, Any]]


@pytest.mark.parametrize("name", TABLE)
def test_everyone_gets_what_the_table_says(world: World, name: str) -> None:
    internal, restricted = TABLE[name]
    assert outcomes(name, world["growth"]) == internal
    assert not restricted or outcomes(name, world["finance"]) == restricted


@pytest.mark.parametrize("name", [name for name, (_, restricted) in TABLE.items() if restricted])
def test_an_outsider_can_not_tell_a_restricted_space_from_none(world: World, name: str) -> None:
    """The same bytes as for what was never there, so that not even a length or a wording tells."""
    if TABLE[name][1] == POST_ONLY:
        pytest.skip("it answers nobody's GET")
    nothing = world["finance"] | {
        "pk": 10**6,
        "review": 10**6,
        "post": 10**6,
        "revision": 10**6,
        "webhook": 10**6,
        "comment": 10**6,
        "question": 10**6,
        "decision": 10**6,
        "thread": 10**6,
        "suggestion": 10**6,
        "preview": 10**6,
        "collection": 10**6,
        "dataset": "nowhere.prices",
        "investigation": 10**6,
        "campaign": 10**6,
        "library": "lib-nowhere",
        "space": "nowhere",
    }
    client = client_of("mallory", name)
    there, nowhere = (client.get(address(name, values)) for values in (world["finance"], nothing))
    assert (there.status_code, without_tokens(there)) == (404, without_tokens(nowhere))


def without_tokens(answer: Any) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("space-new", {"name": "Pricing"}, "in 200 200 200 200 200"),  # without a visibility: the form again
        ("space-settings", {"name": "x", "visibility": "internal"}, "in 404 403 403 302 302"),
        ("space-webhooks", {"url": "https://hooks.example/1", "kind": "json"}, "in 404 403 403 200 200"),
        ("space-members", {"username": "bob", "role": "author"}, "in 404 403 403 302 302"),
        ("space-setup", {}, "in 404 403 200 200 403"),
        ("upload", {"space": "finance"}, "in 400 400 400 400 400"),  # no file: the form again
        ("token-revoke", {}, "in 404 404 404 404 404"),  # of somebody else
        ("space-review", {"approvals": "0"}, "in 404 403 403 400 400"),  # a wrong number: the form again
        ("review", {"kind": "approve"}, "in 404 400 400 400 400"),  # of which revision: the form again
        ("review-withdraw", {}, "in 404 302 302 302 302"),  # who may not reads so on the page
        ("review-ask", {"reviewers": "bob"}, "in 404 302 302 302 302"),
        ("review-comment", {"of": 1, "side": "new", "body": "Look!"}, "in 404 302 302 302 403"),  # no member
        ("review-discard", {}, "in 404 302 302 302 302"),
        ("comment-apply", {}, "in 404 302 302 302 302"),  # who may not reads so on the page
        ("post-care", {"do": "archive"}, "in 404 400 400 400 400"),  # without a reason: the form again
        ("review-request", {}, "in 404 302 302 302 302"),
        ("collection-edit", {"title": "New"}, "in 404 403 302 302 302"),
        ("collection-posts", {"do": "add", "post": "x"}, "in 404 403 302 302 302"),
        ("collection-new", {"title": "New"}, "in 200 200 200 200 302"),  # the portal's is for who runs it
        ("tag-edit", {"do": "rename", "name": "prices", "sure": "1"}, "in 403 403 403 403 302"),
        ("since", {"number": "1"}, "in 404 302 302 302 302"),
        ("post-read", {"reach": "50", "seconds": "9"}, "in 403 403 403 403 403"),  # from no page of ours
        ("post-retry", {}, "in 404 302 302 302 302"),  # who may not reads so on the post's page
        ("conversation", {}, "in 404 400 400 400 400"),  # nothing said: the form again
        ("conversation", {"body": "Why?"}, "in 404 302 302 302 302"),
        ("thread", {"body": "Because."}, "in 404 302 302 302 302"),
        ("thread-settle", {"act": "resolve"}, "in 404 302 302 302 302"),  # who may not reads so there
        ("comment-edit", {"body": "Look!"}, "in 404 403 302 403 403"),
        ("comment-delete", {}, "in 404 302 302 404 404"),  # once it is gone, so is its thread
        ("comment-react", {"on": "agree"}, "in 404 302 302 302 302"),
        ("like", {}, "in 404 302 302 302 302"),
        ("bookmark", {}, "in 404 302 302 302 302"),
        ("insight-used", {"what": "Staffing"}, "in 404 302 302 302 302"),
        ("insight-used", {"what": ""}, "in 404 400 400 400 400"),
        ("used-undo", {}, "in 404 302 302 302 302"),  # who may not reads so on the page
        ("question-edit", {"title": "New?", "why": "x"}, "in 404 302 302 302 302"),  # the same
        ("question-vote", {}, "in 404 302 302 302 302"),
        ("question-take", {}, "in 404 302 302 302 302"),  # who may not reads so on the page
        ("question-decide", {"do": "close", "why": "x"}, "in 404 302 302 302 302"),
        ("question-new", {"space": "finance"}, "in 400 400 400 400 400"),  # nothing asked: the form again
        ("dataset", {"title": "Prices"}, "in 404 403 403 302 302"),
        ("investigation", {"note": "Mended."}, "in 404 403 403 302 409"),
        ("revision-restore", {}, "in 404 302 302 302 302"),  # who may not reads so on the page of the history
        ("revision-pass", {"note": "x"}, "in 404 302 302 302 302"),  # the same
    ],
)
def test_changing_something_is_for_those_who_may(
    world: World, name: str, data: dict[str, str], expected: str
) -> None:
    place = address(
        name, world["finance"] | {"pk": 10**6 if name == "token-revoke" else world["finance"]["pk"]}
    )
    assert " ".join(outcome(client_of(role, name).post(place, data)) for role in ROLES) == expected


WRITES: list[tuple[str, str, dict[str, str], list[str]]] = [
    ("post", "api:posts", {}, ["403", "400", "400"]),
    ("post", "api:spaces", {}, ["403", "403", "400"]),
    ("post", "api:reviews", {}, ["403", "400", "400"]),
    ("post", "api:verdicts", {}, ["403", "400", "400"]),
    ("post", "api:asked", {}, ["403", "400", "400"]),
    ("post", "api:withdraw", {}, ["403", "200", "409"]),
    ("patch", "api:space", {}, ["403", "403", "200"]),
    ("put", "api:member", {}, ["403", "403", "400"]),
    ("patch", "api:me", {}, ["403", "400", "400"]),
    ("post", "api:own-tokens", {}, ["403", "403", "403"]),  # by a session alone
    ("patch", "api:policy", {}, ["403", "403", "200"]),
    ("delete", "api:member", {}, ["403", "403", "204"]),
    ("post", "api:comments", {}, ["403", "400", "400"]),
    ("patch", "api:comment", {}, ["403", "400", "400"]),
    ("delete", "api:comment", {}, ["403", "204", "409"]),
    ("post", "api:apply", {}, ["403", "400", "400"]),
    ("post", "api:pass", {}, ["403", "400", "400"]),
    ("put", "api:reaction", {}, ["403", "204", "204"]),
    ("patch", "api:thread", {}, ["403", "200", "200"]),
    ("post", "api:questions", {}, ["403", "400", "400"]),
    ("patch", "api:question", {}, ["403", "200", "200"]),
    ("put", "api:question-vote", {}, ["403", "204", "204"]),
    ("put", "api:question-take", {}, ["403", "204", "204"]),
    ("post", "api:question-accept", {}, ["403", "400", "400"]),
    ("post", "api:question-decline", {}, ["403", "400", "400"]),
    ("post", "api:question-withdraw", {}, ["403", "403", "403"]),  # somebody else's
    ("post", "api:question-close", {}, ["403", "400", "400"]),
    ("post", "api:question-reopen", {}, ["403", "403", "403"]),
    ("post", "api:decisions", {}, ["403", "400", "400"]),
    ("delete", "api:decision", {}, ["403", "403", "403"]),  # somebody else's
    ("patch", "api:dataset", {}, ["403", "200", "200"]),
    ("post", "api:dataset-observations", {}, ["403", "400", "400"]),
    ("post", "api:dataset-observations-of-many", {}, ["403", "400", "400"]),
    ("post", "api:dataset-investigation-close", {}, ["403", "400", "400"]),
    ("post", "api:subscriptions", {}, ["403", "400", "400"]),
    ("post", "api:webhooks", {}, ["403", "403", "400"]),
    ("delete", "api:webhook", {}, ["403", "403", "204"]),
    ("post", "api:notifications-read", {}, ["403", "200", "200"]),
    ("patch", "api:notifications-channels", {}, ["403", "200", "200"]),
    ("patch", "api:webhook", {}, ["403", "403", "200"]),
    ("post", "api:webhook-secret", {}, ["403", "403", "200"]),
    ("post", "api:webhook-test", {}, ["403", "403", "202"]),
    ("post", "api:webhook-call-again", {}, ["403", "403", "200"]),
]


@pytest.mark.parametrize(("method", "name", "data", "expected"), WRITES)
def test_a_token_does_what_its_scope_says(
    world: World, dana: User, method: str, name: str, data: dict[str, str], expected: list[str]
) -> None:
    got = []
    for scope in ("read", "write", "admin"):
        _, secret = AccessToken.objects.issue(user=dana, name="test", scopes=[scope])
        client = Client(headers={"Authorization": f"Token {secret}"})
        kind = "multipart/form-data; boundary=x" if name == "api:posts" else "application/json"
        answer = client.generic(method.upper(), address(name, world["growth"]), "{}", kind)
        got.append(str(answer.status_code))
    assert got == expected


@pytest.mark.parametrize("address_", ["/admin/", "/admin/knowledge/user/", "/admin/knowledge/accesstoken/"])
def test_the_administration_is_for_superusers(world: World, address_: str) -> None:
    for role in ROLES:
        answer = client_of(role, "admin").get(address_)
        assert answer.status_code == (200 if role == "admin" else 302), role


def test_a_token_opens_no_page(world: World, dana: User) -> None:
    _, secret = AccessToken.objects.issue(user=dana, name="test", scopes=["admin"])
    answer = Client(headers={"Authorization": f"Token {secret}"}).get("/s/growth/")
    assert outcome(answer) == "in"
