"""Revisions: a post's history, its source as text, and the original file."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from knowledge import storage
from knowledge.documents import reader_of
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import Post, Revision
from knowledge.permissions import can_write
from knowledge.pipeline import restoring
from knowledge.pipeline.passing import pass_findings
from portal.requests import SignedInRequest

BYTES = "application/octet-stream"
PAGE_SIZE = 50
SHOWN_BYTES = 1_000_000
COLOURED_BYTES = 200_000  # colouring takes about a second a megabyte


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """All revisions, newest first; `?before=` a number goes on from there."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("space"), pk=pk)
    before = request.GET.get("before", "")
    visible = Revision.objects.visible_to(request.user)
    revisions = visible.of(post, before=int(before) if before.isdecimal() else None)
    found = list(revisions.for_lists()[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    context = {
        "section": "posts",
        "post": post,
        "revisions": shown,
        "latest": shown[0].number if shown and not before else None,
        "older": shown[-1].number if len(found) > PAGE_SIZE else None,
        "may_write": can_write(post.space, request.user),
    }
    return render(request, "posts/history.html", context)


@require_safe
def source(request: SignedInRequest, pk: int) -> HttpResponse:
    """The source with its lines numbered, up to a megabyte; none of what is no text."""
    revision = visible_revision(request, pk)
    lexer, text = lexer_of(revision.path), None
    if revision.size <= SHOWN_BYTES and lexer:
        text = numbered(b"".join(original(revision)).decode(errors="replace"), lexer)
    context = {"section": "posts", "revision": revision, "source": text, "is_text": bool(lexer)}
    return render(request, "posts/source.html", context)


@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The bytes as they were pushed, under their name, never shown inside the portal."""
    revision = visible_revision(request, pk)
    name = PurePosixPath(revision.path).name
    response: FileResponse | StreamingHttpResponse
    if storage.exists(revision.source_digest):
        response = FileResponse(storage.open_blob(revision.source_digest), content_type=BYTES)
    else:
        response = StreamingHttpResponse(original(revision), content_type=BYTES)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(revision.size)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def let_through(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish a revision in spite of its findings; for maintainers, with a note."""
    revision = visible_revision(request, pk)
    try:
        pass_findings(by=request.user, revision=revision, note=request.POST.get("note", ""))
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Revision {revision.number} may be published.")
    return redirect(revision.post)


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an old revision the newest, by a commit in the name of whoever asks."""
    revision = visible_revision(request, pk)
    try:
        commit = restoring.restore(by=request.user, revision=revision)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("post-history", revision.post_id)
    return redirect("push", revision.post.space.slug, commit)


def visible_revision(request: SignedInRequest, pk: int) -> Revision:
    return get_object_or_404(Revision.objects.visible_to(request.user).for_lists(), pk=pk)


def original(revision: Revision) -> Iterable[bytes]:
    """From blob storage; what was too large to be rendered lies in the repository alone."""
    if storage.exists(revision.source_digest):
        return [storage.read(revision.source_digest)]
    return Repository(revision.post.space.slug).stream(revision.blob)


def lexer_of(path: str) -> str:
    """Pygments' name for it; "" for what is no text."""
    reader = reader_of(path)
    return reader.lexer if reader else "text"


def numbered(text: str, lexer: str) -> SafeString:
    """Each line a span with the id L-<number>, so that a link can point at it."""
    is_small = len(text) <= COLOURED_BYTES
    reading = get_lexer_by_name(lexer if is_small else "text", stripnl=False)
    formatter = HtmlFormatter(linespans="L", cssclass="highlight")
    html = highlight(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), reading, formatter)
    return mark_safe(html)  # noqa: S308  # Pygments escapes the text
