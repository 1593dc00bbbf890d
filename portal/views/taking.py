"""Posts taken along: as one file that opens anywhere, and as an archive."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from knowledge.models import Rendering, Revision
from portal.dataset_pages import warnings_of
from portal.requests import SignedInRequest
from portal.taking import self_contained
from portal.taking.archive import zipped
from portal.taking.contents import contents
from portal.taking.taken import Taken
from portal.views import reading

INERT = "sandbox; default-src 'none'"


@require_safe
def page(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The post as one HTML file. Where there is nothing to read yet, its page says why."""
    taken = taken_by(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    if self_contained.is_too_large(taken):
        return too_large(request, taken)
    pieces = (piece.encode(errors="replace") for piece in self_contained.page(taken))
    return attachment(pieces, f"{taken.name}.html", "text/html; charset=utf-8")


def taken_by(request: SignedInRequest, pk: int) -> Taken | HttpResponse:
    """What the reader takes along, or where to go instead."""
    visible = Revision.objects.visible_to(request.user).select_related("post__space", "rendering")
    found = get_object_or_404(
        visible.prefetch_related("post__authorships").defer("rendering__text", "rendering__passages"), pk=pk
    )
    if found.rendering.state != Rendering.State.READY:
        return redirect(found)
    is_current = found.pk == found.post.published_revision_id
    words = reading.words(found.post, found, is_current=is_current)
    return Taken(
        revision=found,
        reader=request.user,
        title=words["title"],
        subtitle=words["subtitle"],
        tldr=words["tldr"],
        notices=reading.notices(found),
        warnings=warnings_of(found.post) if is_current else [],
    )


def too_large(request: SignedInRequest, taken: Taken) -> HttpResponse:
    context = {"section": "posts", "taken": taken, "limit": self_contained.PAGE_BYTES}
    return render(request, "taking/too_large.html", context, status=413)


def attachment(pieces: Iterator[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    """A download that no browser shows in the portal's name."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Security-Policy": INERT,
        "Cache-Control": "private, no-cache",
    }
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)


@require_safe
def archive(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The original with what it refers to, its figures and the page in one file, as a zip."""
    taken = taken_by(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    pieces = zipped(contents(taken), taken.revision.committed_at)
    return attachment(pieces, f"{taken.name}.zip", "application/zip")
