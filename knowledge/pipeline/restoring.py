"""Bringing an old revision back: a commit with its bytes, which then goes the way of every push."""

from io import BytesIO
from typing import BinaryIO, cast

from knowledge import storage
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import AuditEvent, Post, Revision, User
from knowledge.permissions import check_write
from knowledge.pipeline.ingest import request_reconcile


def restore(*, by: User, revision: Revision) -> str:
    """Commit the source of `revision` at the place of its post, and return the commit.

    Of a post that was deleted, that brings it back. Where approval is needed it is needed for this one too.
    Raises UserError "not-a-member", "not-kept", "place-taken", "nothing-to-restore" or "busy".
    """
    post = revision.post
    check_write(post.space, by)
    newest = post.latest_revision
    is_there = post.status != Post.Status.DELETED
    if is_there and newest and newest.source_digest == revision.source_digest:
        raise UserError("nothing-to-restore", number=revision.number, path=post.path)
    if not is_there and Post.objects.live().at(post.space.slug, post.path).exists():
        raise UserError("place-taken", path=post.path)
    if not storage.exists(revision.source_digest):
        raise UserError("not-kept", number=revision.number)
    commit = Repository(post.space.slug).commit_file(
        branch=post.space.default_branch,
        path=post.path,
        file=cast(BinaryIO, BytesIO(storage.read(revision.source_digest))),
        author_name=by.get_full_name(),
        author_email=by.git_email,
        by=by.username,
        message=f"Restore revision {revision.number} of {post.path}",
    )
    AuditEvent.objects.record(
        "post.restore", by=by, post=post.pk, path=post.path, revision=revision.number, commit=commit
    )
    request_reconcile(post.space)
    return commit
