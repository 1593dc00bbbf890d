"""Making and revoking one's own access tokens."""

from django.db import transaction
from django.utils import timezone

from knowledge.models import AccessToken, AuditEvent, Scope, User


@transaction.atomic
def issue_token(*, by: User, name: str, scope: Scope, days: int | None) -> tuple[AccessToken, str]:
    """The token, and its secret, which nobody can show again. `days` of None: it doesn't expire."""
    held = [each.value for each in list(Scope)[: list(Scope).index(scope) + 1]]
    token, secret = AccessToken.objects.issue(user=by, name=name, scopes=held, days=days)
    AuditEvent.objects.record("token.issue", by=by, token=token.pk, name=name, scopes=held)
    return token, secret


@transaction.atomic
def revoke_token(*, by: User, token: AccessToken) -> None:
    """At once, for git and the API. One that is revoked already stays as it was."""
    if AccessToken.objects.filter(pk=token.pk, user=by, revoked_at=None).update(revoked_at=timezone.now()):
        AuditEvent.objects.record("token.revoke", by=by, token=token.pk, name=token.name)
