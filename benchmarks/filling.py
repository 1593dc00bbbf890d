"""A real portal's database filled with documents in bulk: those of the corpus, or made-up ones.

What ingest, the render workers and publishing would leave there, without git and queues; documents are drawn
in this process. Django is imported late: its settings come from the environment that `database` prepares.
"""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.documents import has_header, is_document, needs_header, read_head, reader_of
from knowledge.rendering import RENDERER_VERSION, render

if TYPE_CHECKING:
    from knowledge.models import Post, Rendering, Revision, Space

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document and what rendering made of it: `columns` are those of its Rendering's row."""

    path: str
    title: str
    format: str
    columns: dict[str, Any]
    author: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    source: bytes = b""

    @property
    def digest(self) -> str:
        """Of the bytes; what was made without any is told apart by its words."""
        return hashlib.sha256(self.source or f"{self.path}\n{self.columns}".encode()).hexdigest()


def load_corpus(folder: Path) -> "Space":
    """A space that everyone sees, with a published post for each document of the corpus, at the same path.

    Its author is, unless the header says otherwise, who owns the repository that it comes from.
    """
    from knowledge.models import Space

    space = Space.objects.create(slug="corpus", name="Corpus", visibility=Space.Visibility.INTERNAL)
    store(space, map(drawn, corpus_files(folder)))
    return space


def corpus_files(folder: Path) -> list[tuple[str, bytes]]:
    """Path and bytes of what the portal would take for a document, by path; nothing that is derived."""
    manifest = folder / "MANIFEST.tsv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as file:
            paths = [line["path"] for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    else:
        paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    there = [path for path in sorted(paths) if is_document(path) and (folder / path).is_file()]
    read = ((path, (folder / path).read_bytes()) for path in there if not path.startswith("derived/"))
    return [(path, source) for path, source in read if not needs_header(path) or has_header(source)]


def drawn(file: tuple[str, bytes]) -> Drawn:
    """As ingest and a render worker make it. Raises DocumentError."""
    from knowledge.pipeline.intake import title_from
    from knowledge.pipeline.render import _columns

    path, source = file
    reader, head = reader_of(path), read_head(path, source)
    assert reader
    return Drawn(
        path=path,
        title=head.title[:500] or title_from(path),
        format=reader.format,
        columns=_columns(render(path, source)),
        author=path.partition("+")[0],
        header=head.header.raw,
        source=source,
    )


def store(space: "Space", documents: Iterable[Drawn]) -> int:
    """A published post for each, in batches, so that any number streams through. Returns how many."""
    from django.utils import timezone

    now, waiting, count = timezone.now(), iter(documents), 0
    while batch := list(islice(waiting, BATCH)):
        _store(space, batch, now)
        count += len(batch)
    return count


def _store(space: "Space", batch: list[Drawn], now: datetime) -> None:
    from django.db import transaction
    from django.db.models import OuterRef, Subquery

    from knowledge.models import Post, Rendering, Revision
    from knowledge.pipeline import facts

    with transaction.atomic():
        renderings = Rendering.objects.bulk_create(_rendering(one, now) for one in batch)
        revisions = [_revision(one, row, now) for one, row in zip(batch, renderings, strict=True)]
        posts = [_post(space, revision) for revision in revisions]
        Post.objects.bulk_create(posts)
        for revision, post in zip(revisions, posts, strict=True):
            revision.post = post
        Revision.objects.bulk_create(revisions)
        facts.sign(revisions)
        theirs = Subquery(Revision.objects.filter(post=OuterRef("pk")).values("pk"))
        Post.objects.filter(pk__in=[post.pk for post in posts]).update(
            published_revision=theirs,
            latest_revision=theirs,
            status=Post.Status.PUBLISHED,
            published_at=now,
        )


def _rendering(one: Drawn, now: datetime) -> "Rendering":
    from knowledge.models import Rendering

    return Rendering(
        source_digest=one.digest,
        format=one.format,
        renderer_version=RENDERER_VERSION,
        state=Rendering.State.READY,
        finished_at=now,
        **one.columns,
    )


def _revision(one: Drawn, rendering: "Rendering", now: datetime) -> "Revision":
    from knowledge.models import Revision

    return Revision(
        number=1,
        path=one.path,
        commit="c" * 40,
        blob="b" * 40,
        size=len(one.source),
        source_digest=one.digest,
        rendering=rendering,
        title=one.title,
        header=one.header,
        author_name=one.author,
        committed_at=now,
        published_at=now,
    )


def _post(space: "Space", revision: "Revision") -> "Post":
    from knowledge.models import Post
    from knowledge.pipeline import facts

    post = Post(space=space, path=revision.path)
    facts.show(post, revision)
    return post
