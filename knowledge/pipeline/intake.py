"""Taking in one document's source: its bytes into blob storage, its header and title out of them.

Nothing is rendered here, and nothing written to the database.
"""

import logging
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Self

from django.conf import settings

from knowledge import storage
from knowledge.documents import READERS, DocumentError, Fault, Header, read_head, suffix_of
from knowledge.documents.decoding import one_line
from knowledge.documents.knowledge_post import FOLDER_SUFFIX, TEXT
from knowledge.git import Entry, Repository
from knowledge.pipeline.ignoring import CHECKPOINTS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document can't be shown: a stable code, what happened, what to do."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Intake:
    """A document as taken in. `digest` is the source's SHA-256; `failure` is set where it can't be read.

    `knitted` is the file that is shown in its place, if there is one; then `failure` is that file's.
    """

    path: str
    format: str
    blob: str
    size: int
    digest: str
    title: str
    header: Header = field(default_factory=Header)
    faults: list[dict[str, Any]] = field(default_factory=list)
    failure: Failure | None = None
    knitted: "Intake | None" = None

    @property
    def key(self) -> tuple[str, str]:
        """What its rendering is stored under, beside the renderer's version."""
        shown = self.knitted or self
        return shown.digest, shown.format

    def shown_as(self, knitted: "Intake") -> Self:
        """The same document, with what its tool made of it in its place. Its header stays the source's."""
        is_nameless = self.title == title_from(self.path) and knitted.title != title_from(knitted.path)
        faults = self.faults
        if self.failure:
            faults = [*faults, asdict(self.failure) | {"line": None, "cell": None}]
        return replace(
            self,
            title=knitted.title if is_nameless else self.title,
            faults=faults,
            failure=knitted.failure,
            knitted=knitted,
        )


def format_of(path: str) -> str:
    return READERS[suffix_of(path)].format


def take_in(repository: Repository, path: str, blob: str, size: int, knitted: Entry | None = None) -> Intake:
    """Raises only what is not the document's fault: storage or git that can't be reached."""
    source = _take_in(repository, path, blob, size)
    if knitted is None:
        return source
    return source.shown_as(_take_in(repository, knitted.path, knitted.blob, knitted.size))


def _take_in(repository: Repository, path: str, blob: str, size: int) -> Intake:
    taken = partial(Intake, path, format_of(path), blob, size, title=title_from(path))
    if size > settings.DOCUMENT_MAX_BYTES:
        return taken(digest=storage.digest_of(repository.stream(blob)), failure=_too_large(size))
    source = repository.read(blob)
    return _read(taken(digest=storage.put_bytes(source)), source)


def _read(taken: Intake, source: bytes) -> Intake:
    try:
        head = read_head(taken.path, source)
    except DocumentError as error:
        return replace(taken, failure=Failure(error.code, error.message, error.hint))
    except Exception:
        # A reader that trips over a document must not keep the others out; rendering will say what is wrong.
        logger.exception("%s (blob %s) can't be read", taken.path, taken.blob)
        return taken
    return replace(
        taken,
        title=head.title[:500] or taken.title,
        header=head.header,
        faults=[asdict(fault) for fault in (*_checkpoint(taken.path), *head.faults)],
    )


def _checkpoint(path: str) -> list[Fault]:
    if CHECKPOINTS not in PurePosixPath(path).parts:
        return []
    return [
        Fault(
            "checkpoint",
            "This is a copy that Jupyter keeps for itself.",
            f"Take it out of git: `git rm -r --cached {CHECKPOINTS}`, and add {CHECKPOINTS}/ to .gitignore.",
        )
    ]


def title_from(path: str) -> str:
    """For a document that has no heading: `04-free_delivery.ipynb` becomes "04 free delivery"."""
    file = PurePosixPath(path)
    if file.name == TEXT and file.parent.suffix.lower() == FOLDER_SUFFIX:
        file = file.parent
    words = one_line(file.stem.replace("_", " ").replace("-", " "))
    return (words[:1].upper() + words[1:])[:500] or path[:500]


def bring_back(repository: Repository, blob: str, size: int, digest: str) -> bool:
    """Have a source in blob storage that is missing there: lost, or over a limit that was raised since."""
    if not storage.exists(digest) and size <= settings.DOCUMENT_MAX_BYTES:
        storage.put(repository.stream(blob))
    return storage.exists(digest)


def _too_large(size: int) -> Failure:
    limit = settings.DOCUMENT_MAX_BYTES / 1_000_000
    return Failure(
        "document-too-large",
        f"The document has {size / 1_000_000:.1f} MB; {limit:g} MB is the most that is shown.",
        "Clear the largest outputs, or keep the data in a file of its own, and push again.",
    )
