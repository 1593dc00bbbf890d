"""Publishing: which revision readers see. One is published as soon as it is rendered and nothing holds it.

A revision only ever replaces an older one, whatever the order in which renderings finish. What needs approval
is held (Revision.is_held) from the moment it comes in until a review lets it through.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from knowledge import life
from knowledge.models import Post, Rendering, Revision
from knowledge.models.revision import RevisionQuerySet
from knowledge.pipeline import (
    facts,
    keeping,
    ledger,
    linting,
    question_answers,
    resting,
    superseding,
    using,
)
from knowledge.pipeline.following import tell_published
from knowledge.pipeline.index import request_index
from knowledge.rendering import RENDERER_VERSION

COLUMNS = ["published_revision", "published_at", "status", "is_held", *facts.COLUMNS, *keeping.COLUMNS]


@transaction.atomic
def publish_rendered(rendering: Rendering) -> None:
    """Publish the newest revision of each post that `rendering` has made ready.

    Called in the transaction that stores the result, so that no crash comes between.
    """
    shown = _adopt(rendering)
    publish(rendering.revisions.select_related("pushed_by").order_by("number"))
    if shown is not None:
        _follow_again(shown.select_related("rendering", "post"))


def publish(revisions: RevisionQuerySet) -> None:
    """Publish, of each post, the newest of those `revisions` that may be; by number, with their renderings.

    Within a transaction. Locks the posts, after the renderings, as ingest does, and reads the revisions then:
    what lets one through does it under that lock.
    """
    posts = _lock(revisions)
    ready = list(revisions)
    # Not joined: who waited for the lock would get the changed post with what was joined before.
    prefetch_related_objects(list(posts.values()), "published_revision", "space")
    for revision in ready:
        revision.post = posts[revision.post_id]
    linting.hold(ready)
    newest = {it.post_id: it for it in ready if may_be_put_forward(it.post, it)}
    now = timezone.now()
    published = [it for it in newest.values() if put_forward(it.post, it, at=now)]
    changed = [it.post for it in [*published, *_keep_back(ready)]]
    facts.name_tags(changed)
    Post.objects.bulk_update(changed, COLUMNS, batch_size=500)
    mark(published, at=now)
    superseded = superseding.follow(published)
    question_answers.follow(published)
    ledger.follow(published, superseded=superseded)
    using.follow(revision.post_id for revision in published)
    resting.follow(published)


def may_be_put_forward(post: Post, revision: Revision) -> bool:
    """Whether readers may see `revision`, which is rendered, from now on: all that has a say in it."""
    is_newer = not post.published_revision or post.published_revision.number < revision.number
    return is_newer and not revision.is_held and not linting.blocking_codes(post.space, revision)


def put_forward(post: Post, revision: Revision, *, at: datetime) -> bool:
    """Make `revision` what readers see of `post`, in memory; False, and nothing, if that may not be.

    A deleted post stays deleted, but would come back with this revision. facts.name_tags is to follow.
    """
    if not may_be_put_forward(post, revision):
        return False
    revision.post, post.published_revision = post, revision
    post.published_at, post.is_held = post.published_at or at, False
    keeping.follow(post, revision)
    life.settle(post, "publish")
    facts.show(post, revision)
    return True


def _keep_back(revisions: Iterable[Revision]) -> list[Revision]:
    """Those of which nothing of their post may be seen yet, as was found in them; in memory."""
    kept = [it for it in revisions if it.blocked_by and _is_all_there_is(it)]
    for revision in kept:
        revision.post.is_held = True
        facts.show(revision.post, revision)
    return kept


def _is_all_there_is(revision: Revision) -> bool:
    post = revision.post
    return post.published_revision_id is None and post.latest_revision_id == revision.pk


def mark(published: Iterable[Revision], *, at: datetime) -> None:
    """Write down when, and whose, the published revisions are, and tell those who follow them."""
    revisions = list(published)
    Revision.objects.filter(pk__in=[revision.pk for revision in revisions], published_at=None).update(
        published_at=at
    )
    for revision in revisions:
        revision.published_at = revision.published_at or at
    facts.sign(revisions)
    request_index(revision.post_id for revision in revisions)
    tell_published(revisions, at=at)


def _adopt(rendering: Rendering) -> RevisionQuerySet | None:
    """Give revisions of the same source that an older renderer drew this rendering instead.

    Those of them that readers see, of posts that are locked now.
    """
    if rendering.renderer_version != RENDERER_VERSION:
        return None
    same_source = Rendering.objects.filter(source_digest=rendering.source_digest, format=rendering.format)
    revisions = Revision.objects.filter(rendering__in=same_source.exclude(pk=rendering.pk))
    if posts := _lock(revisions):
        revisions.update(rendering=rendering)
        request_index(posts)
        return Revision.objects.filter(post__in=posts, rendering=rendering, pk=F("post__published_revision"))
    return None


def _follow_again(shown: Iterable[Revision]) -> None:
    """What was found in revisions that readers see already, and that are drawn anew."""
    revisions = list(shown)
    for revision in revisions:
        revision.post.run_findings = facts.run_findings(revision)
    Post.objects.bulk_update([it.post for it in revisions], ["run_findings"], batch_size=500)
    using.follow(it.post_id for it in revisions)
    resting.follow(revisions)


def _lock(revisions: RevisionQuerySet) -> dict[int, Post]:
    """Their posts by id, locked in that order."""
    posts = Post.objects.filter(pk__in=revisions.order_by().values("post"))
    return {post.pk: post for post in posts.order_by("pk").select_for_update(no_key=True)}
