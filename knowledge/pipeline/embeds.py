"""Making and revoking the addresses at which other sites show what somebody sees."""

from django.db import transaction

from knowledge.models import AuditEvent, Embed, Insight, Post, User
from knowledge.permissions import can_maintain, check_write


@transaction.atomic
def embed_insight(*, by: User, insight: Insight) -> Embed:
    """The address that `by` has for it, made if need be. Raises UserError "not-a-member".

    Whoever has it sees the number without an account, so that only those who write in the space make it.
    """
    check_write(insight.space, by)
    made, is_new = Embed.objects.get_or_create(user=by, insight=insight)
    if is_new:
        AuditEvent.objects.record("embed.create", by=by, space=insight.space.slug, insight=insight.name)
    return made


@transaction.atomic
def embed_output(*, by: User, post: Post, anchor: str) -> Embed:
    """The same of an output of a post, by the place of it that stays."""
    check_write(post.space, by)
    made, is_new = Embed.objects.get_or_create(user=by, post=post, anchor=anchor)
    if is_new:
        AuditEvent.objects.record("embed.create", by=by, space=post.space.slug, post=post.pk, anchor=anchor)
    return made


@transaction.atomic
def revoke_embed(*, by: User, pk: int) -> None:
    """Their own, or one of a space that they maintain: its address leads nowhere from now on."""
    found = Embed.objects.with_state().filter(pk=pk).first()
    if found and (found.user_id == by.pk or can_maintain(found.space, by)):
        made_by = found.user.username
        found.delete()
        AuditEvent.objects.record("embed.revoke", by=by, space=found.space.slug, embed=pk, made_by=made_by)
