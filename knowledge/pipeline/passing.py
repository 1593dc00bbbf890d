"""Letting through what findings keep from being published: one revision by a decision, or all by a list."""

from django.db import transaction
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Post, Rendering, Revision, Space, User
from knowledge.models.revision import RevisionQuerySet
from knowledge.permissions import check_maintain
from knowledge.pipeline.publish import publish


@transaction.atomic
def pass_findings(*, by: User, revision: Revision, note: str) -> None:
    """Publish a revision in spite of what blocks it, this once; the next one is looked at anew.

    Raises UserError "not-a-maintainer", "nothing-to-pass" or "no-note".
    """
    check_maintain(revision.post.space, by)
    if not note.strip():
        raise UserError("no-note")
    # Whoever publishes locks the post first, and looks at the revision then.
    Post.objects.select_for_update(no_key=True).get(pk=revision.post_id)
    blocked = Revision.objects.filter(pk=revision.pk).exclude(blocked_by=[]).first()
    if blocked is None:
        raise UserError("nothing-to-pass", revision=revision.number)
    codes, blocked.blocked_by = blocked.blocked_by, []
    blocked.passed_at, blocked.passed_by, blocked.passed_note = timezone.now(), by, note.strip()[:500]
    blocked.save(update_fields=["blocked_by", "passed_at", "passed_by", "passed_note"])
    detail = {
        "post": blocked.post_id,
        "revision": blocked.number,
        "codes": codes,
        "note": blocked.passed_note,
    }
    AuditEvent.objects.record("revision.pass-findings", by=by, **detail)
    publish(_rendered().filter(pk=blocked.pk))


def release(space: Space) -> None:
    """Publish what nothing blocks any more, within the transaction that changed the space's list.

    Renderings that end just now are waited for: they asked for the old list, or will ask for the new one.
    """
    wanted = Revision.objects.filter(post__space=space).values("rendering")
    unfinished = Rendering.objects.filter(pk__in=wanted, state=Rendering.State.RENDERING)
    locked = unfinished.order_by("source_digest", "format").select_for_update(no_key=True)
    list(locked.values_list("pk"))
    publish(_rendered().filter(post__space=space).exclude(blocked_by=[]))


def _rendered() -> RevisionQuerySet:
    ready = Revision.objects.filter(rendering__state=Rendering.State.READY)
    return (
        ready.select_related("rendering", "pushed_by")
        .defer("rendering__text", "rendering__passages")
        .order_by("number")
    )
