"""Applying what a reviewer suggests: a commit with the other text, which then goes the way of every push."""

from io import BytesIO
from typing import BinaryIO, cast

from django.db import transaction

from knowledge import storage
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.git.writing import name_and_email
from knowledge.models import AuditEvent, Comment, Post, Revision, Thread, User
from knowledge.permissions import check_write
from knowledge.pipeline import settling
from knowledge.pipeline.anchors import QUOTED, Ground
from knowledge.pipeline.ingest import request_reconcile
from knowledge.pipeline.talking import suggestion_in
from knowledge.rendering import CellMark
from knowledge.suggestions import CannotApply, digest_of, in_notebook, in_text

LARGEST = 20_000_000  # bytes of a file that is changed while somebody waits


@transaction.atomic
def apply_suggestion(*, by: User, comment: Comment, seen: str | None = None) -> str:
    """Commit the text that `comment` suggests for its place, and return the commit. Its thread is settled.

    The place is found again in the newest revision. `seen` is the digest of the text that `by` looked at,
    where that is known: another one is not applied. Raises UserError "not-a-member", "no-suggestion",
    "suggestion-applied", "suggestion-outdated", "suggestion-there", "suggestion-changed", "moved-on",
    "not-kept" or "busy".
    """
    held = Comment.objects.select_for_update(no_key=True, of=("self",)).get(pk=comment.pk)
    thread = Thread.objects.select_related("post__space", "post__owner", "review").get(pk=held.thread_id)
    post = thread.post
    check_write(post.space, by)
    text = suggestion_in(held)
    if text is None or not can_suggest(thread) or held.is_deleted or held.is_draft:
        raise UserError("no-suggestion")
    if held.applied_as:
        raise UserError("suggestion-applied", commit=held.applied_as[:10])
    if seen is not None and seen != digest_of(text):
        raise UserError("suggestion-changed", author=held.author_name)
    newest = _newest(post)
    source = storage.read(newest.source_digest)
    try:
        changed = _changed(source, newest, thread, text)
    except CannotApply as error:
        raise UserError("suggestion-outdated", author=held.author_name) from error
    if changed == source:
        raise UserError("suggestion-there", number=newest.number)
    suggester, _ = name_and_email(held.author_name, "")
    held.applied_as = Repository(post.space.slug).commit_file(
        branch=post.space.default_branch,
        path=post.path,
        file=cast(BinaryIO, BytesIO(changed)),
        instead_of=source,
        author_name=by.get_full_name(),
        author_email=by.git_email,
        by=by.username,
        message=f"Apply a suggestion to {post.path}\n\nSuggested-by: {suggester}",
    )
    held.applied_by = by
    held.save(update_fields=["applied_as", "applied_by"])
    facts = {"space": post.space.slug, "post": post.pk, "comment": held.pk, "commit": held.applied_as}
    AuditEvent.objects.record("suggestion.apply", by=by, **facts)
    settling.settle(by=by, thread=thread)
    request_reconcile(post.space)
    return held.applied_as


def can_suggest(thread: Thread) -> bool:
    """Other text stands for lines and cells of what is proposed; figures are made by code."""
    is_text = thread.kind in {Thread.Kind.LINE, Thread.Kind.CELL} and bool(thread.cell_hash)
    return is_text and thread.side == Thread.Side.NEW


def _newest(post: Post) -> Revision:
    newest = Revision.objects.select_related("rendering").filter(pk=post.latest_revision_id or 0).first()
    if newest is None or post.status == Post.Status.DELETED:
        raise UserError("post-is-gone", title=post.title)
    if not storage.exists(newest.source_digest):
        raise UserError("not-kept", number=newest.number)
    return newest


def _changed(source: bytes, newest: Revision, thread: Thread, text: str) -> bytes:
    """The file with `text` at the place of the thread. Raises CannotApply."""
    ground = Ground(newest)
    place = ground.place(thread)
    if place is None or len(source) > LARGEST or bool(place.line) != bool(thread.line):
        raise CannotApply
    lines, mark = ground.lines(place.cell), ground.marks[place.cell]
    if lines is None or not mark.is_whole or not 0 <= place.line <= len(lines):
        raise CannotApply
    if not _reads_as_then(thread, lines, place.line, is_same=mark.hash == thread.cell_hash):
        raise CannotApply
    form = newest.rendering.format
    if form == "ipynb":
        return in_notebook(source, place.cell, lines, text, line=place.line)
    if _is_comment(mark, form):
        raise CannotApply
    below = [each.words for each in ground.marks[place.cell + 1 :] if not _is_comment(each, form)]
    return in_text(source, below, lines, text, line=place.line)


def _reads_as_then(thread: Thread, lines: list[str], line: int, *, is_same: bool) -> bool:
    """Whether the place is what the suggestion was made for: what somebody wrote meanwhile is not to be lost.

    In a cell that was changed, of lines that read the same nobody knows which it was.
    """
    if not line:
        return is_same
    begins = [each.strip()[:QUOTED] for each in lines]
    is_there = begins[line - 1] == thread.quote
    return is_there and (is_same or (len(thread.quote) < QUOTED and begins.count(thread.quote) == 1))


def _is_comment(mark: CellMark, form: str) -> bool:
    """Of a script, whose text stands in its file as comments: otherwise than it is read."""
    return form in {"py", "r", "jl"} and mark.kind == "markdown"
