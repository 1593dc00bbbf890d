"""Changing a space's review policy, and what follows for what waits."""

from typing import Any

from django.db import transaction
from django.db.models import Q

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
    posts = held.select_for_update(no_key=True, of=("self",))
    free = [post for post in posts if not policies.at(post.path).is_required]
    free_now = Revision.objects.filter(pk__in=[post.latest_revision_id for post in free])
    free_now.update(is_held=False)
    # What was found in the newest may keep a post back all the same: publish.publish.
    freed = Post.objects.filter(pk__in=[post.pk for post in free])
    freed.filter(Q(latest_revision__blocked_by=[]) | Q(published_revision__isnull=False)).update(
        is_held=False
    )
    ready = free_now.filter(rendering__state=Rendering.State.READY).select_related("rendering", "pushed_by")
    publish.publish(ready.defer("rendering__text", "rendering__passages").order_by("number"))
    return len(free)
