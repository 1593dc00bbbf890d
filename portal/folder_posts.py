"""Posts that are folders, as knowledge-repo keeps them: the files in one that belong on its page."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import pygit2
from django.urls import reverse

from knowledge.documents.header import header_of
from knowledge.git import Repository
from knowledge.models import Post, Revision
from portal.content_links import place_of_file

PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}
SOURCES = ("orig_src", "src")  # as older and newer versions of knowledge-repo have it
MOST = 20


@dataclass(frozen=True, slots=True)
class File:
    name: str
    url: str
    size: int


def thumbnail(post: Post, revision: Revision) -> str:
    """The address of the picture that the header names by a relative path, "" where it names none."""
    wanted = header_of(revision.header).thumbnail if "thumbnail" in revision.header else ""
    if PurePosixPath(wanted).suffix.lower() not in PICTURES or ":" in wanted or wanted.startswith("/"):
        return ""
    path = place_of_file(wanted, revision.path)
    repository = _repository(post)
    if not path or not repository or not repository.find(revision.commit, path):
        return ""
    return reverse("file", args=[post.space.slug, revision.commit, path])


def made_from(post: Post, revision: Revision) -> list[File]:
    """What a knowledge-repo keeps of the notebooks that a post was converted from."""
    folder, _, name = revision.path.rpartition("/")
    repository = _repository(post) if folder.endswith(".kp") and name == "knowledge.md" else None
    if repository is None:
        return []
    entries = [entry for kept in SOURCES for entry in repository.below(revision.commit, f"{folder}/{kept}")]
    return [
        File(
            name=entry.path.removeprefix(f"{folder}/").partition("/")[2],
            url=reverse("file", args=[post.space.slug, revision.commit, entry.path]),
            size=entry.size,
        )
        for entry in entries[:MOST]
    ]


def _repository(post: Post) -> Repository | None:
    """None while a repository is away: its files are no reason to keep the page from readers."""
    try:
        return Repository(post.space.slug)
    except pygit2.GitError:
        return None
