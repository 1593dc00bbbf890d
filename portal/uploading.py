"""Several files at once, each a commit of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile

from knowledge.documents import is_document, may_be_knitted
from knowledge.errors import UserError
from knowledge.models import Space, User
from knowledge.pipeline.submit import submit, why_no_post


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was sent: its commit, or why it could not be taken; `word` says why it makes no post."""

    path: str
    commit: str = ""
    error: UserError | None = None
    word: UserError | None = None


def submit_all(
    *, by: User, space: Space, folder: str, file: "Sequence[UploadedFile[bytes]]", message: str
) -> list[Uploaded]:
    """Documents last, so that the figures and data which they show are in the repository before them.

    What may be knitted from another comes after that, or it would be a post of its own for a moment.
    """
    files = sorted(file, key=lambda each: (is_document(str(each.name)), may_be_knitted(str(each.name))))
    return [_submit(by, space, folder, each, message) for each in files]


def _submit(by: User, space: Space, folder: str, file: "UploadedFile[bytes]", message: str) -> Uploaded:
    path = f"{folder}/{file.name}" if folder else str(file.name)
    content = cast(BinaryIO, file)
    try:
        commit = submit(by=by, space=space, path=path, file=content, message=message)
    except UserError as error:
        return Uploaded(path, error=error)
    return Uploaded(path, commit, word=why_no_post(path, content))
