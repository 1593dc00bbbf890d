"""Submitting a file without git: a commit to the space's repository in the user's name."""

import os
from typing import BinaryIO

from django.conf import settings

from knowledge.documents import SUFFIXES, has_header, is_document, needs_header
from knowledge.documents.scripts import LOOKED_AT
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import AuditEvent, Space, User
from knowledge.paths import reason_against
from knowledge.permissions import check_write
from knowledge.pipeline.ingest import request_reconcile

MESSAGE_MAX = 5_000


def submit(
    *,
    by: User,
    space: Space,
    path: str,
    file: BinaryIO,
    message: str = "",
    documents_only: bool = False,
) -> str:
    """Commit one file to the space's branch and return the commit; the head if it holds these bytes already.

    Ingest follows in a worker, or by the sweeper where the broker is away. Takes any file, since documents
    show figures and link to data; with `documents_only` nothing else. Raises UserError.
    """
    check_write(space, by)
    _check_path(path, documents_only)
    _check_size(path, file)
    if documents_only and _is_code(path, file):
        raise UserError("script-without-header", name=path)
    file.seek(0)
    commit = Repository(space.slug).commit_file(
        branch=space.default_branch,
        path=path,
        file=file,
        author_name=by.get_full_name(),
        author_email=by.git_email,
        by=by.username,
        message=message.replace("\0", "").strip()[:MESSAGE_MAX] or f"Upload {path}",
    )
    AuditEvent.objects.record("post.submit", by=by, space=space.slug, path=path, commit=commit)
    request_reconcile(space)
    return commit


def why_no_post(path: str, file: BinaryIO) -> UserError | None:
    """A word on what was taken and looks as if it were meant for a post."""
    if _is_code(path, file):
        return UserError("script-without-header", name=path)
    return UserError("zip-of-files", name=path) if path.lower().endswith(".zip") else None


def _check_path(path: str, documents_only: bool) -> None:
    if reason := reason_against(path):
        raise UserError("bad-path", path=path, reason=reason)
    if documents_only and not is_document(path):
        raise UserError("no-document", name=path, formats=", ".join(SUFFIXES))


def _is_code(path: str, file: BinaryIO) -> bool:
    """A script without header makes no post."""
    file.seek(0)
    return needs_header(path) and not has_header(file.read(LOOKED_AT))


def _check_size(path: str, file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    limit = settings.DOCUMENT_MAX_BYTES if is_document(path) else settings.FILE_MAX_BYTES
    if not size:
        raise UserError("empty-file", name=path)
    if size > limit:
        megabytes = f"{size / 1_000_000:.1f}"
        raise UserError("too-large", name=path, size=megabytes, limit=f"{limit / 1_000_000:g}")
