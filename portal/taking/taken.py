"""A revision that somebody takes along, and what may go with it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from knowledge import storage
from knowledge.git import Repository
from knowledge.models import Revision, User
from portal.content_links import Place, place_of_file
from portal.dataset_pages import warnings_of
from portal.fragments import place_of
from portal.hidden import hidden_from
from portal.post_words import notices, words
from portal.taking.citation import address_of, authors_of

SEARCHED_BYTES = 20_000_000  # of source, for the files that it names
MOST_NAMES = 1_000
_REFERENCE = re.compile(r'\s(?:src|href)="almanac-file:([^"]*)"')
# What looks like a file's name in a string: read_csv("orders.csv"), and in JSON read_csv(\\"orders.csv\\").
_NAMED = re.compile(r"""["']([\w./ ()+-]{1,200}\.\w{1,8})\\?["']""")


@dataclass(frozen=True)
class Taken:
    """`revision` with its post, space, authors and rendering, which is ready; `reader` is who takes it.

    `notices` are of the rendering, `warnings` of the data that it rests on.
    """

    revision: Revision
    reader: User
    title: str
    subtitle: str = ""
    tldr: str = ""
    notices: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

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
        """The files that the document refers to, by its links and images, or by a name in its source."""
        found = [unescape(address) for part in self.parts() for address in _REFERENCE.findall(part)]
        addresses = [unquote(address.partition("#")[0].partition("?")[0]) for address in found]
        named = _NAMED.findall(self._source())
        return Beside(self.revision, self.reader, [*addresses[:MOST_NAMES], *named[:MOST_NAMES]])

    def _source(self) -> str:
        digest = self.revision.source_digest
        if not storage.exists(digest):
            return ""
        with storage.open_blob(digest) as source:
            return source.read(SEARCHED_BYTES).decode(errors="replace")


def takeable(reader: User) -> "QuerySet[Revision]":
    """Revisions that the reader may see, with what taking them along needs."""
    visible = Revision.objects.visible_to(reader).select_related("post__space", "rendering")
    return visible.prefetch_related("post__authorships").defer("rendering__text", "rendering__passages")


def taken_of(revision: Revision, reader: User) -> Taken:
    """Of a `takeable` one whose rendering is ready."""
    is_current = revision.pk == revision.post.published_revision_id
    said = words(revision.post, revision, is_current=is_current)
    return Taken(
        revision=revision,
        reader=reader,
        title=said["title"],
        subtitle=said["subtitle"],
        tldr=said["tldr"],
        notices=notices(revision),
        warnings=warnings_of(revision.post) if is_current else [],
    )


class Beside:
    """Files at a revision's commit, as far as the reader may see them. `paths`, from the repository's root,
    are of those that are there. Two queries."""

    def __init__(self, revision: Revision, reader: User, addresses: list[str]) -> None:
        space = revision.post.space.slug
        self._space, self._document = space, revision.path
        targets = dict.fromkeys(self.path_of(address) for address in addresses if address)
        found = {path: self._repository.find(revision.commit, path) for path in targets if path}
        entries = {path: entry for path, entry in found.items() if entry and path != revision.path}
        hidden = hidden_from(reader, space, entries) if entries else set()
        self._entries = {path: entry for path, entry in entries.items() if path not in hidden}

    @cached_property
    def _repository(self) -> Repository:
        return Repository(self._space)

    @property
    def paths(self) -> list[str]:
        return list(self._entries)

    def path_of(self, address: str) -> str | None:
        """Where in the repository an address in the document, such as `../map.png`, leads."""
        return place_of_file(address, self._document)

    def size(self, path: str) -> int | None:
        """In bytes; None for a path that is none of `paths`."""
        entry = self._entries.get(path)
        return entry.size if entry else None

    def stream(self, path: str) -> Iterator[bytes]:
        return self._repository.stream(self._entries[path].blob)
