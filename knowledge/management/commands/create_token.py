"""manage.py create_token USER [--scope read|write|admin ...] [--name N]: prints the token, nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.models import AccessToken, AuditEvent, Scope, User


class Command(BaseCommand):
    help = "Make an access token for git and the API. It is printed once and can't be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name")
        parser.add_argument(
            "--scope", action="extend", nargs="+", choices=Scope.values, help="write if not told"
        )
        parser.add_argument("--name", default="from the command line")

    def handle(self, *, user: str, scope: list[str] | None, name: str, **_: Any) -> None:
        owner = User.objects.filter(username=user).first()
        if owner is None:
            raise CommandError(f"There is nobody named {user} here.")
        scope = scope or [Scope.WRITE.value]
        scopes = sorted(set(scope or [Scope.WRITE.value]))
        token, secret = AccessToken.objects.issue(user=owner, name=name[:100], scopes=scopes)
        AuditEvent.objects.record("token.issue", by=None, token=token.pk, user=user, name=name, scopes=scopes)
        self.stdout.write(secret)
