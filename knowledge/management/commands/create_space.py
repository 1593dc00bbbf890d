"""manage.py create_space SLUG [--name N] [--restricted] [--maintainer USER]"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from knowledge.errors import UserError
from knowledge.models import Space, User
from knowledge.pipeline.spaces import create_space


class Command(BaseCommand):
    help = "Make a space with an empty repository."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its address: lower-case letters, digits and hyphens")
        parser.add_argument("--name", default="", help="as people read it; the address if not given")
        parser.add_argument("--restricted", action="store_true", help="only members can read it")
        parser.add_argument("--maintainer", help="user name; the first superuser if not given")

    def handle(self, *, slug: str, name: str, restricted: bool, maintainer: str | None, **_: Any) -> None:
        visibility = Space.Visibility.RESTRICTED if restricted else Space.Visibility.INTERNAL
        try:
            create_space(by=self._maintainer(maintainer), slug=slug, name=name, visibility=visibility)
        except UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{settings.SITE_URL}/git/{slug}.git")

    def _maintainer(self, username: str | None) -> User:
        users = User.objects.filter(is_active=True)
        users = users.filter(username=username) if username else users.filter(is_superuser=True)
        user = users.order_by("pk").first()
        if user is None:
            who = f"There is nobody named {username} here." if username else "There is no superuser."
            raise CommandError(f"{who} Name the space's first maintainer with --maintainer USER.")
        return user
