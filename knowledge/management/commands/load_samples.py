"""manage.py load_samples: the sample cast, and what an invented online grocer found out."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db.models import F

import knowledge.samples
from knowledge.documents import is_document, read_document
from knowledge.git import Repository
from knowledge.management.sample_reads import load_reads
from knowledge.models import Post, Role, Space, User
from knowledge.pipeline.curating import add_post, choose_front, make_collection
from knowledge.pipeline.ingest import reconcile
from knowledge.pipeline.spaces import create_space, set_member
from knowledge.pipeline.tagging import describe, merge

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


COLLECTION = "What an order costs us, from the shelf to the second order"
INTRODUCTION = (
    "For your first week, whichever team you are in. These posts follow one order through the company:"
    " **picked, loaded, delivered, paid**, and perhaps followed by another. None needs the one before it, but"
    " each answers a question that the one before leaves open.\n\n"
    "Read the summaries first. What you disagree with, ask about under the post."
)
# (space, path) -> why to read it
COLLECTED = {
    ("supply", "warehouse/picking-time.ipynb"): "Where an order begins to cost: two aisles, half a minute.",
    ("supply", "cold-chain/dock-wait.md"): "Why a full van is sometimes the expensive one.",
    ("finance", "unit-economics/contribution-per-order.md"): "What is left of a basket. The number to quote.",
    (
        "growth",
        "retention/free-delivery.ipynb",
    ): "What we give away to see somebody again, and when that works.",
    ("growth", "pricing/price-elasticity.ipynb"): "What a change of price does to all of the above.",
}
MEANINGS = {
    "pricing": "What we charge for goods and for bringing them, and what a change of it does.",
    "retention": "Whether people order again, how soon, and what makes them.",
    "method": "How we found out: read these before you do the same elsewhere.",
}


class Command(BaseCommand):
    help = "Load sample accounts (password: almanac) and sample spaces. What is there already is kept."

    def handle(self, **_: Any) -> None:
        people = load_people()
        is_first = not Space.objects.filter(slug__in=[sample.slug for sample in SPACES]).exists()
        for sample in SPACES:
            is_new = not Space.objects.filter(slug=sample.slug).exists()
            space = load_space(sample, people)
            reconcile(space.pk)
            if is_new:
                # Else all are published this minute, and the feed has them in the order of rendering.
                space.posts.update(published_at=F("created_at"))
            self.stdout.write(f"{sample.name}: {space.posts.posts().count()} sample posts")
        if is_first:
            curate(people)
            explain_tags(people["admin"])
        load_reads(list(people.values()), [sample.slug for sample in SPACES])


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


def curate(people: dict[str, User]) -> None:
    """The collection with which the page of Growth begins."""
    by, growth = people[MAINTAINER], Space.objects.get(slug="growth")
    made = make_collection(by=by, space=growth, title=COLLECTION, introduction=INTRODUCTION)
    for (space, path), note in COLLECTED.items():
        add_post(by=by, collection=made, post=Post.objects.at(space, path).get(), note=note)
    choose_front(by=by, space=growth, collection=made)


def explain_tags(by: User) -> None:
    for tag, meaning in MEANINGS.items():
        describe(by=by, tag=tag, description=meaning)
    merge(by=by, tag="prices", into="pricing")


def load_space(sample: SampleSpace, people: dict[str, User]) -> Space:
    """The space with its members; each folder one commit by the author of its document."""
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
        _commit(space, folder, people)
    return space


def _folders(root: Path) -> Iterator[list[Path]]:
    """The files at the top, then those of each folder."""
    yield sorted(path for path in root.iterdir() if path.is_file())
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        yield sorted(path for path in folder.rglob("*") if path.is_file())


def _commit(space: Space, files: list[Path], people: dict[str, User]) -> None:
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
    with ExitStack() as stack:
        repository.commit_files(
            branch=space.default_branch,
            files={
                name: cast("BinaryIO", stack.enter_context(path.open("rb"))) for name, path in missing.items()
            },
            author_name=user.get_full_name(),
            author_email=user.git_email,
            by=user.username,
            message=title or f"Introduce {space.name}",
        )


def _author_and_title(files: dict[str, Path]) -> tuple[str, str]:
    """Of the folder's document; both are empty where there is none."""
    for name, path in files.items():
        if is_document(name) and "/" in name:
            document = read_document(name, path.read_bytes())
            return next(iter(document.header.authors), ""), document.title
    return "", ""
