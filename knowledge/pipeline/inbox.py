"""What people do with what they are told: read it, and choose what of it reaches them how.

One's own affair, as what one follows: none of it is in the audit trail.
"""

from collections.abc import Iterable, Mapping

from django.core import signing
from django.db import transaction
from django.utils import timezone

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import Notification, Preference, Subscription, User
from knowledge.models.notification import channels_of

SALT = "almanac.unsubscribe"


def mark_read(*, by: User, which: Iterable[int] | None = None) -> int:
    """Those of `by`, or all of theirs; how many were unread."""
    unread = Notification.objects.filter(user=by).unread()
    if which is not None:
        unread = unread.filter(pk__in=list(which))
    return unread.update(read_at=timezone.now())


def mark_unread(*, by: User, which: Iterable[int]) -> None:
    Notification.objects.filter(user=by, pk__in=list(which)).update(read_at=None)


def channels(user: User) -> dict[str, str]:
    """What `user` chose for each group, or what counts until then."""
    chosen = channels_of([user.pk])
    return {group: chosen.get((user.pk, group), it.channel) for group, it in events.GROUPS.items()}


@transaction.atomic
def choose_channels(*, by: User, choices: Mapping[str, str]) -> None:
    """`choices` are channels by group. Raises UserError "no-such-channel"."""
    for group, channel in choices.items():
        if group not in events.GROUPS or channel not in events.CHANNELS:
            raise UserError("no-such-channel")
    rows = [Preference(user=by, group=group, channel=channel) for group, channel in choices.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "group"], update_fields=["channel"]
    )


def stop_token(user: User, what: str) -> str:
    """For the link in a mail: whoever holds it may `stop` that, signed in or not."""
    return signing.dumps([user.pk, what], salt=SALT)


def read_stop_token(token: str) -> tuple[User, str] | None:
    """Good for as long as the mail is kept. None for what isn't one of ours."""
    try:
        pk, what = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, what) if user else None


@transaction.atomic
def stop(*, user: User, what: str) -> None:
    """End what a mail came from: "follow:ID" a subscription, "group:NAME" mails of a row of the settings,
    "digest:daily" all that goes into such a mail. What isn't followed is still told in the portal.
    """
    kind, _, name = what.partition(":")
    if kind == "follow":
        Subscription.objects.filter(user=user, pk=int(name)).delete()
        return
    channel = {digest: channel for channel, digest in events.DIGESTS.items()}.get(name, "")
    groups = [name] if kind == "group" else [key for key, held in channels(user).items() if held == channel]
    choose_channels(by=user, choices=dict.fromkeys(groups, "page"))
