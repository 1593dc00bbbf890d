"""Publishing: which revision readers see. A revision is published as soon as it is rendered.

A revision only ever replaces an older one, whatever the order in which renderings finish.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from knowledge.models import Post, Rendering, Revision
from knowledge.pipeline import facts
from knowledge.pipeline.following import tell_published
from knowledge.rendering import RENDERER_VERSION

COLUMNS = ["published_revision", "published_at", "status", *facts.COLUMNS]


@transaction.atomic
def publish_rendered(rendering: Rendering) -> None:
    """Publish the newest revision of each post that `rendering` has made ready.

    Called in the transaction that stores the result, so that no crash comes between. Locks the posts by id,
    after the rendering, as ingest does.
    """
    _adopt(rendering)
    revisions = rendering.revisions.select_related("pushed_by").order_by("number")
    newest = {revision.post_id: revision for revision in revisions}
    posts = list(Post.objects.filter(pk__in=newest).order_by("pk").select_for_update(no_key=True))
    # Not joined: who waited for the lock would get the changed post with what was joined before.
    prefetch_related_objects(posts, "published_revision")
    now = timezone.now()
    published = [newest[post.pk] for post in posts if put_forward(post, newest[post.pk], at=now)]
    Post.objects.bulk_update([revision.post for revision in published], COLUMNS, batch_size=500)
    mark(published, at=now)


def put_forward(post: Post, revision: Revision, *, at: datetime) -> bool:
    """Make `revision` what readers see of `post`, in memory; False, and nothing, if they see a newer one.

    A deleted post stays deleted, but would come back with this revision.
    """
    if post.published_revision and post.published_revision.number >= revision.number:
        return False
    revision.post, post.published_revision = post, revision
    post.published_at = post.published_at or at
    if post.status == Post.Status.DRAFT:
        post.status = Post.Status.PUBLISHED
    facts.show(post, revision)
    return True


def mark(published: Iterable[Revision], *, at: datetime) -> None:
    """Write down when, and whose, the published revisions are, and tell those who follow them."""
    revisions = list(published)
    Revision.objects.filter(pk__in=[revision.pk for revision in revisions], published_at=None).update(
        published_at=at
    )
    facts.sign(revisions)
    tell_published(revisions, at=at)


def _adopt(rendering: Rendering) -> None:
    """Give revisions of the same source that an older renderer drew this rendering instead."""
    if rendering.renderer_version != RENDERER_VERSION:
        return
    same_source = Rendering.objects.filter(source_digest=rendering.source_digest, format=rendering.format)
    Revision.objects.filter(rendering__in=same_source.exclude(pk=rendering.pk)).update(rendering=rendering)
