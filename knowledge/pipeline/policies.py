"""Changing a space's review policy, and what follows for what waits."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge.models import AuditEvent, Post, Rendering, Revision, Space, User
from knowledge.permissions import check_maintain
from knowledge.pipeline import publish
from knowledge.policy import Policies

COLUMNS = ["review_policy", "approvals", "review_rules", "stuck_after_days", "checklist"]


@transaction.atomic
def change_policy(*, by: User, space: Space, **policy: Any) -> int:
    """Set COLUMNS of the space, and publish what was held where nothing holds it any more; returns how much.

    What is published stays so, whatever the new policy asks. Pushes that come meanwhile wait for the space.
    """
    check_maintain(space, by)
    locked = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    for column in COLUMNS:
        setattr(locked, column, policy[column])
    locked.save(update_fields=COLUMNS)
    AuditEvent.objects.record(
        "space.policy", by=by, space=space.slug, **{key: policy[key] for key in COLUMNS}
    )
    return _release(locked)


def _release(space: Space) -> int:
    policies = Policies(space)
    held = Post.objects.live().filter(space=space, latest_revision__is_held=True).order_by("pk")
    # Before the posts, as ingest and publish do: what becomes ready now is seen ready here, or free there.
    drawn = Rendering.objects.filter(pk__in=held.order_by().values("latest_revision__rendering"))
    list(drawn.order_by("source_digest", "format").select_for_update(no_key=True).values_list("pk"))
    locked = held.select_for_update(no_key=True, of=("self",)).select_related("latest_revision__rendering")
    posts = list(locked.defer("latest_revision__rendering__text"))
    free = [post for post in posts if not policies.at(post.path).is_required]
    freed = [post.latest_revision for post in free if post.latest_revision]
    now = timezone.now()
    for post, revision in zip(free, freed, strict=True):
        revision.is_held = post.is_held = False
    Revision.objects.filter(pk__in=[revision.pk for revision in freed]).update(is_held=False)
    ready = [revision for revision in freed if revision.rendering.state == Rendering.State.READY]
    published = [
        revision
        for post, revision in zip(free, freed, strict=True)
        if revision in ready and publish.put_forward(post, revision, at=now)
    ]
    Post.objects.bulk_update(free, publish.COLUMNS, batch_size=500)
    publish.mark(published, at=now)
    return len(freed)
