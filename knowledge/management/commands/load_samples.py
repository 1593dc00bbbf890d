"""manage.py load_samples: the sample cast, and what an invented online grocer found out."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db.models import F

import knowledge.samples
from knowledge.documents import is_document, read_document
from knowledge.git import Repository
from knowledge.management import sample_collection, sample_data, sample_questions
from knowledge.management.sample_reads import load_reads
from knowledge.models import Role, Space, User
from knowledge.pipeline.ingest import reconcile
from knowledge.pipeline.spaces import create_space, set_member

PASSWORD = "almanac"  # noqa: S105 (published in the README; for trying out only)
SAMPLES = Path(knowledge.samples.__file__).parent
PEOPLE = {
    "alice": "Alice Andersson",
    "bob": "Bob Brandt",
    "carol": "Carol Costa",
    "dana": "Dana Dvořák",
    "erik": "Erik Engström",
    "farid": "Farid Farsi",
    "mallory": "Mallory Moreau",
    "admin": "Ada Admin",
}
MEMBERS = {
    "alice": Role.AUTHOR,
    "erik": Role.AUTHOR,
    "farid": Role.AUTHOR,
    "bob": Role.REVIEWER,
    "carol": Role.READER,
}
MAINTAINER = "dana"
ANSWERS = b"\nanswers: 1\n"


@dataclass(frozen=True, slots=True)
class SampleSpace:
    slug: str
    name: str
    description: str
    visibility: str = Space.Visibility.INTERNAL


SPACES = [
    SampleSpace("growth", "Growth", "Why people come, why they come back, and what that costs."),
    SampleSpace("supply", "Supply", "From the supplier's ramp to the customer's door, still cold."),
    SampleSpace("finance", "Finance", "What an order earns.", Space.Visibility.RESTRICTED),
]


class Command(BaseCommand):
    help = "Load sample accounts (password: almanac) and sample spaces. What is there already is kept."

    def handle(self, **_: Any) -> None:
        people = load_people()
        is_first = not Space.objects.filter(slug__in=[sample.slug for sample in SPACES]).exists()
        if is_first:
            sample_data.load(people)  # before workers draw the first post that rests on it
        dock = sample_questions.load(sample_questions.DOCK, people)
        for sample in SPACES:
            is_new = not Space.objects.filter(slug=sample.slug).exists()
            space = load_space(sample, people, dock)
            reconcile(space.pk)
            if is_new:
                # Else all are published this minute, and the feed has them in the order of rendering.
                space.posts.update(published_at=F("created_at"))
            self.stdout.write(f"{sample.name}: {space.posts.posts().count()} sample posts")
        if is_first:
            sample_collection.load(people[MAINTAINER])
            sample_collection.explain_tags(people["admin"])
        load_reads(list(people.values()), [sample.slug for sample in SPACES])
        for question in sample_questions.QUESTIONS:
            sample_questions.load(question, people)


def load_people() -> dict[str, User]:
    hashed = make_password(PASSWORD)  # slow on purpose, so once
    for username, name in PEOPLE.items():
        runs_it = username == "admin"
        User.objects.get_or_create(
            username=username,
            defaults={
                "name": name,
                "email": f"{username}@meridian.example",
                "password": hashed,
                "is_staff": runs_it,
                "is_superuser": runs_it,
            },
        )
    return {user.username: user for user in User.objects.filter(username__in=PEOPLE)}


def load_space(sample: SampleSpace, people: dict[str, User], dock: int) -> Space:
    """The space with its members; each folder one commit by the author of its document.

    `dock` is the number of the question that a document answers.
    """
    maintainer = people[MAINTAINER]
    space = Space.objects.filter(slug=sample.slug).first()
    if space is None:
        space = create_space(
            by=maintainer,
            slug=sample.slug,
            name=sample.name,
            description=sample.description,
            visibility=sample.visibility,
        )
        for username, role in MEMBERS.items():
            set_member(by=maintainer, space=space, username=username, role=role)
    for folder in _folders(SAMPLES / sample.slug):
        _commit(space, folder, people, dock)
    return space


def _folders(root: Path) -> Iterator[list[Path]]:
    """The files at the top, then those of each folder."""
    yield sorted(path for path in root.iterdir() if path.is_file())
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        yield sorted(path for path in folder.rglob("*") if path.is_file())


def _commit(space: Space, files: list[Path], people: dict[str, User], dock: int) -> None:
    """Leaves alone what the repository has already: it may have been changed since."""
    root = SAMPLES / space.slug
    repository = Repository(space.slug)
    head = repository.head(space.default_branch)
    missing = {
        path.relative_to(root).as_posix(): path
        for path in files
        if not repository.find(head, path.relative_to(root).as_posix())
    }
    if not missing:
        return
    author, title = _author_and_title(missing)
    user = people.get(author, people[MAINTAINER])
    repository.commit_files(
        branch=space.default_branch,
        files={name: BytesIO(_content(path, dock)) for name, path in missing.items()},
        author_name=user.get_full_name(),
        author_email=user.git_email,
        by=user.username,
        message=title or f"Introduce {space.name}",
    )


def _content(path: Path, dock: int) -> bytes:
    """As it lies here, but that the question has the number which it got in this portal."""
    content = path.read_bytes()
    return content.replace(ANSWERS, f"\nanswers: {dock}\n".encode(), 1) if path.suffix == ".md" else content


def _author_and_title(files: dict[str, Path]) -> tuple[str, str]:
    """Of the folder's document; both are empty where there is none."""
    for name, path in files.items():
        if is_document(name) and "/" in name:
            document = read_document(name, path.read_bytes())
            return next(iter(document.header.authors), ""), document.title
    return "", ""
