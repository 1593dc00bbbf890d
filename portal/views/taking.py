"""Posts taken along: as one file that opens anywhere, and as an archive."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from knowledge.models import Rendering
from portal.requests import SignedInRequest
from portal.served import attachment
from portal.taking import self_contained
from portal.taking.archive import zipped
from portal.taking.contents import contents
from portal.taking.taken import Taken, takeable, taken_of


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
    found = get_object_or_404(takeable(request.user), pk=pk)
    if found.rendering.state != Rendering.State.READY:
        return redirect(found)
    return taken_of(found, request.user)


def too_large(request: SignedInRequest, taken: Taken) -> HttpResponse:
    context = {"section": "posts", "taken": taken, "limit": self_contained.PAGE_BYTES}
    return render(request, "taking/too_large.html", context, status=413)


@require_safe
def archive(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The original with what it refers to, its figures and the page in one file, as a zip."""
    taken = taken_by(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    pieces = zipped(contents(taken), taken.revision.committed_at)
    return attachment(pieces, f"{taken.name}.zip", "application/zip")
