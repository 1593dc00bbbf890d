"""Making, renewing and revoking the private addresses of one's feeds."""

from django.db import transaction

from knowledge.models import AuditEvent, FeedKey, User


@transaction.atomic
def renew_feeds(*, by: User) -> FeedKey:
    """New addresses; those there were lead nowhere from now on."""
    FeedKey.objects.filter(user=by).delete()
    key = FeedKey.objects.create(user=by)
    AuditEvent.objects.record("feeds.renew", by=by)
    return key


@transaction.atomic
def revoke_feeds(*, by: User) -> None:
    if FeedKey.objects.filter(user=by).delete()[0]:
        AuditEvent.objects.record("feeds.revoke", by=by)
