"""Taking in one document's source: its bytes into blob storage, its header and title out of them.

Nothing is rendered here, and nothing written to the database.
"""

import logging
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from knowledge import storage
from knowledge.documents import READERS, DocumentError, Fault, Header, read_document, suffix_of
from knowledge.documents.decoding import one_line
from knowledge.git import Repository
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
    """A document as taken in. `digest` is the source's SHA-256; `failure` is set where it can't be read."""

    path: str
    format: str
    blob: str
    size: int
    digest: str
    title: str
    header: Header = field(default_factory=Header)
    faults: list[dict[str, Any]] = field(default_factory=list)
    failure: Failure | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What its rendering is stored under, beside the renderer's version."""
        return self.digest, self.format


def format_of(path: str) -> str:
    return READERS[suffix_of(path)].format


def take_in(repository: Repository, path: str, blob: str, size: int) -> Intake:
    """Raises only what is not the document's fault: storage or git that can't be reached."""
    taken = partial(Intake, path, format_of(path), blob, size, title=title_from(path))
    if size > settings.DOCUMENT_MAX_BYTES:
        return taken(digest=storage.digest_of(repository.stream(blob)), failure=_too_large(size))
    source = repository.read(blob)
    return _read(taken(digest=storage.put_bytes(source)), source)


def _read(taken: Intake, source: bytes) -> Intake:
    try:
        document = read_document(taken.path, source)
    except DocumentError as error:
        return replace(taken, failure=Failure(error.code, error.message, error.hint))
    except Exception:
        # A reader that trips over a document must not keep the others out; rendering will say what is wrong.
        logger.exception("%s (blob %s) can't be read", taken.path, taken.blob)
        return taken
    return replace(
        taken,
        title=document.title[:500] or taken.title,
        header=document.header,
        faults=[asdict(fault) for fault in (*_checkpoint(taken.path), *document.faults)],
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
    words = one_line(PurePosixPath(path).stem.replace("_", " ").replace("-", " "))
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
