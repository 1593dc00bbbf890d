"""manage.py merge_people IMPORTED USERNAME: whom an import made, and the account that they sign in with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.errors import UserError
from knowledge.pipeline.merging import Merged, merge


class Command(BaseCommand):
    help = "Give the posts of a person whom an import made to the account that they sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("imported", help="the imported person's user name or mail address")
        parser.add_argument("username", help="the account's user name")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")

    def handle(self, *, imported: str, username: str, dry_run: bool, **_: Any) -> None:
        try:
            merged = merge(by=None, known_as=imported, username=username, dry_run=dry_run)
        except UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said(merged, dry_run=dry_run))


def said(merged: Merged, *, dry_run: bool) -> str:
    person, account = merged.person.username, merged.account.username
    if not merged.is_news and not (merged.posts or merged.spaces or merged.groups):
        return f"{person} is another name of {account} already: nothing to do."
    would = "would be" if dry_run else "is"
    lines = [f"{person} {would} another name of {account}. Brought over: {merged.posts} posts."]
    lines += [f"Member of {space}." for space in merged.spaces]
    lines += [f"In the group {group}." for group in merged.groups]
    return "\n".join(lines)
