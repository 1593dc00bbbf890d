"""manage.py import_knowledge_repo PATH --space SLUG: bring a knowledge-repo's posts over."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.errors import UserError
from knowledge.models import Role, User
from knowledge.pipeline.importing import Report, import_repository


class Command(BaseCommand):
    help = (
        "Bring a knowledge-repo over: posts with their history, authors, groups and addresses. Run it again "
        "to bring what is new since. See docs/import.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a git repository, a folder, a .kp folder, a .kp or .zip file"
        )
        parser.add_argument("--space", required=True, metavar="SLUG", help="the space to bring it into")
        parser.add_argument("--create", action="store_true", help="make the space where there is none")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")
        parser.add_argument("--branch", default="", help="of the source, with the published posts")
        parser.add_argument(
            "--theirs", action="store_true", help="where a post was changed here too, take the source's"
        )
        parser.add_argument(
            "--by", metavar="USERNAME", help="who imports; a maintainer of the space if not given"
        )
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the report there too")

    def handle(self, *, path: Path, space: str, by: str | None, report: Path | None, **how: Any) -> None:
        options = {name: how[name] for name in ("create", "dry_run", "theirs", "branch")}
        user = _importer(by, space)
        try:
            made = import_repository(by=user, path=path, slug=space, progress=self._tell, **options)
        except UserError as error:
            raise CommandError(str(error)) from error
        if report:
            _save(made, report)
        for line in made.table():
            self.stdout.write(line)
        if made.refused:
            raise CommandError(f"{made.refused} posts were refused; the reason stands with each.")

    def _tell(self, words: str) -> None:
        self.stderr.write(f"{words} ...")


def _importer(username: str | None, space: str) -> User:
    active = User.objects.filter(is_active=True).order_by("pk")
    maintainers = active.filter(memberships__space__slug=space, memberships__role=Role.MAINTAINER)
    candidates = (
        [active.filter(username=username)] if username else [maintainers, active.filter(is_superuser=True)]
    )
    user = next((found for people in candidates if (found := people.first())), None)
    if user is None:
        who = (
            f"There is nobody named {username} here." if username else "There is no maintainer or superuser."
        )
        raise CommandError(f"{who} Say who imports with --by USERNAME.")
    return user


def _save(report: Report, file: Path) -> None:
    try:
        file.write_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CommandError(f"The import is done, but {file} can't be written: {error.strerror}.") from error
