"""manage.py rebuild [--space SLUG]: bring posts up to git, and renderings up to today's renderer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.models import Space
from knowledge.pipeline.ingest import reconcile
from knowledge.pipeline.rebuild import rebuild
from knowledge.pipeline.using import follow_all


class Command(BaseCommand):
    help = "Take in what git holds, and render anew what an older renderer drew. Workers do the rendering."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--space", help="only this one, by its address")

    def handle(self, *, space: str | None, **_: Any) -> None:
        spaces = Space.objects.filter(slug=space) if space else Space.objects.all()
        if space and not spaces:
            raise CommandError(f"There is no space named {space}.")
        for each in spaces:
            reconcile(each.pk)
            follow_all(each)
            self.stdout.write(f"{each.slug}: {rebuild(each)} documents to render anew")
