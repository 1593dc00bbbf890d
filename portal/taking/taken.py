"""A revision that somebody takes along, and what may go with it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from django.db.models import Q, Sum
from django.db.models.functions import Length

from knowledge import storage
from knowledge.git import Repository
from knowledge.models import Post, Revision, User
from portal.content_links import Place
from portal.fragments import place_of
from portal.taking.citation import address_of, authors_of

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Taken:
    """`revision` with its post, space, authors and rendering, which is ready; `reader` is who takes it."""

    revision: Revision
    reader: User
    title: str
    subtitle: str = ""
    tldr: str = ""
    notices: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return address_of(self.revision)

    @property
    def authors(self) -> list[str]:
        return authors_of(self.revision)

    @property
    def place(self) -> Place:
        return place_of(self.revision)

    @property
    def name(self) -> str:
        """What its files are called: the document's name, with the number of the revision."""
        stem = re.sub(r'[\\/:*?"<>|\s]+', "-", posixpath.basename(self.revision.path).partition(".")[0])
        return f"{stem.strip('-')[:100] or 'post'}-r{self.revision.number}"

    def parts(self) -> Iterator[str]:
        """The document's HTML with its markers, part by part."""
        return self.revision.rendering.parts.values_list("html", flat=True).iterator(chunk_size=8)

    def size(self) -> int:
        """Bytes of the document, its images and output documents: what a file of all of it is made of."""
        rendering = self.revision.rendering
        text: int = rendering.parts.aggregate(size=Sum(Length("html")))["size"] or 0
        images: int = sum(asset.get("size", 0) for asset in rendering.assets.values())
        digests = {output["digest"] for output in rendering.outputs}
        return text + images + sum(storage.size(digest) for digest in digests if storage.exists(digest))

    @cached_property
    def beside(self) -> "Beside":
        return Beside(self.revision, self.reader)


class Beside:
    """The files of the repository at a revision's commit that the reader may see. One query, at the first."""

    def __init__(self, revision: Revision, reader: User) -> None:
        self._revision = revision
        self._reader = reader

    def path_of(self, address: str) -> str | None:
        """The path in the repository that an address in the document (`../a%20b.png?x#y`) leads to."""
        path = unquote(address.partition("#")[0].partition("?")[0])
        folder = "" if path.startswith("/") else posixpath.dirname(self._revision.path)
        target = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
        if not path or target in {".", ".."} or target.startswith("../") or _CONTROL.search(target):
            return None
        return target

    def size(self, path: str) -> int | None:
        """In bytes; None where there is no such file for the reader."""
        entry = None if path in self._hidden else self._repository.find(self._revision.commit, path)
        return entry.size if entry else None

    def stream(self, path: str) -> Iterator[bytes]:
        """Nothing where `size` gives None."""
        entry = None if path in self._hidden else self._repository.find(self._revision.commit, path)
        if entry:
            yield from self._repository.stream(entry.blob)

    @cached_property
    def _repository(self) -> Repository:
        return Repository(self._revision.post.space.slug)

    @cached_property
    def _hidden(self) -> set[str]:
        """Wherever documents lie, or lay, that the reader may not see: see portal.views.content.file."""
        visible = Post.objects.visible_to(self._reader)
        theirs = Post.objects.filter(~Q(pk__in=visible.values("pk")), space=self._revision.post.space_id)
        rows = theirs.values_list("path", "revisions__path", "former_paths__path").distinct()
        return {path for row in rows for path in row if path}
