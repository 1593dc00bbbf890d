"""Webhooks: adding, changing, trying and ending them: a space's by its maintainers, one's own by oneself."""

import ipaddress
import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Delivery, Space, User, Webhook
from knowledge.permissions import check_maintain
from knowledge.pipeline import outgoing
from knowledge.pipeline.calls import PING
from knowledge.pipeline.jobs import request_delivery

MOST = 20  # of one space or person
OVER = (Delivery.State.SENT, Delivery.State.DROPPED, Delivery.State.FAILED, Delivery.State.UNSURE)


@transaction.atomic
def add_webhook(
    *,
    by: User,
    space: Space | None,
    url: str,
    kind: str = Webhook.Kind.JSON,
    wanted: Sequence[str] = (),
) -> Webhook:
    """With a fresh secret; `space` of None makes it one's own. `wanted` of none means every event.

    Raises UserError "bad-webhook-url", "bad-webhook-events" or "too-many-webhooks".
    """
    if space:
        check_maintain(space, by)
    _check_url(url)
    _check_events(wanted)
    owner = {"space": space, "user": None if space else by}
    if Webhook.objects.filter(**owner).count() >= MOST:
        raise UserError("too-many-webhooks", limit=MOST)
    made = Webhook.objects.create(
        **owner,
        made_by=by,
        url=url,
        secret=_new_secret(),
        kind=Webhook.Kind(kind),
        events=list(dict.fromkeys(wanted)),
    )
    _record("webhook.add", by, made, kind=kind, events=made.events)
    return made


@transaction.atomic
def change_webhook(
    *,
    by: User,
    webhook: Webhook,
    url: str | None = None,
    kind: str | None = None,
    wanted: Sequence[str] | None = None,
) -> None:
    """What is given changes; the secret stays. Calls that wait go to the new address.

    Raises UserError as `add_webhook` does.
    """
    _check_owner(by, webhook)
    fields: dict[str, Any] = {}
    if url is not None:
        _check_url(url)
        fields["url"] = url
    if kind is not None:
        fields["kind"] = Webhook.Kind(kind)
    if wanted is not None:
        _check_events(wanted)
        fields["events"] = list(dict.fromkeys(wanted))
    if not fields:
        return
    for name, value in fields.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(fields))
    _record("webhook.change", by, webhook, changed=list(fields))  # an address may be a secret


@transaction.atomic
def renew_secret(*, by: User, webhook: Webhook) -> None:
    """What is sent from now on is signed with another secret."""
    _check_owner(by, webhook)
    webhook.secret = _new_secret()
    webhook.save(update_fields=["secret"])
    _record("webhook.secret", by, webhook)


@transaction.atomic
def turn_off_webhook(*, by: User, webhook: Webhook) -> None:
    """Call it no more, until it is revived."""
    _check_owner(by, webhook)
    if Webhook.objects.filter(pk=webhook.pk, active=True).update(active=False):
        _record("webhook.off", by, webhook)


@transaction.atomic
def delete_webhook(*, by: User, webhook: Webhook) -> None:
    _check_owner(by, webhook)
    _record("webhook.delete", by, webhook)
    webhook.delete()


@transaction.atomic
def revive_webhook(*, by: User, webhook: Webhook) -> None:
    """Turn one on again that failed too often."""
    _check_owner(by, webhook)
    Webhook.objects.filter(pk=webhook.pk).update(active=True, failures=0, failing_since=None, last_error="")
    _record("webhook.revive", by, webhook)


@transaction.atomic
def call_once(*, by: User, webhook: Webhook) -> Delivery:
    """Have it called once; the list of webhooks then says how that went."""
    _check_owner(by, webhook)
    key = f"webhook:{webhook.pk}:{PING}:{uuid.uuid4()}"
    made = Delivery.objects.create(key=key, kind=Delivery.Kind.WEBHOOK, webhook=webhook, event=PING)
    transaction.on_commit(request_delivery)
    return made


@transaction.atomic
def call_again(*, by: User, delivery: Delivery) -> None:
    """Send a call that is over once more, with the same id, as far as it may still be told.

    One that waits, or is on its way, is left alone.
    """
    webhook = delivery.webhook
    if webhook is None:
        raise UserError("not-your-webhook")
    _check_owner(by, webhook)
    over = Delivery.objects.filter(pk=delivery.pk, state__in=OVER)
    again = over.update(
        state=Delivery.State.WAITING,
        due_at=timezone.now(),
        attempts=0,
        error="",
        finished_at=None,
        handed_at=None,
    )
    if again:
        _record("webhook.redeliver", by, webhook, delivery=str(delivery.token))
        transaction.on_commit(request_delivery)


def _check_owner(by: User, webhook: Webhook) -> None:
    if webhook.space:
        check_maintain(webhook.space, by)
    elif webhook.user_id != by.pk:
        raise UserError("not-your-webhook")


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _check_events(wanted: Sequence[str]) -> None:
    for event in wanted:
        if event not in events.CALLABLE:
            raise UserError("bad-webhook-events", event=event, events=", ".join(events.CALLABLE))


def _check_url(url: str) -> None:
    hint = "Give the address that the other program names, beginning with https://."
    try:
        target = outgoing.read(url)
    except outgoing.Refused as error:
        raise UserError("bad-webhook-url", url=url, reason=str(error), hint=hint) from error
    try:
        ipaddress.ip_address(target.host)
    except ValueError:
        return  # a name: what it leads to is looked at when it is called
    if not settings.WEBHOOKS_PRIVATE and not outgoing.is_public(target.host):
        raise UserError("bad-webhook-url", url=url, reason="it leads into this network", hint=hint)


def _record(action: str, by: User, webhook: Webhook, **detail: object) -> None:
    space = webhook.space.slug if webhook.space else ""
    AuditEvent.objects.record(action, by=by, space=space, webhook=webhook.pk, host=webhook.host, **detail)
