"""Parts of a long document, fetched when a reader comes near them."""

import re

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from knowledge.models import Rendering, Revision
from portal.fragments import FRESH_SECONDS, fragment_of, period
from portal.parts import part_with
from portal.requests import SignedInRequest

ANCHOR = re.compile(r"[^\s\"<>&]{1,200}")  # ids as the renderer writes them


@require_safe
def show(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The HTML of one part, to be put in its place; the same for an hour, in which its tokens are fresh."""
    revision = readable(request, pk)
    etag = quote_etag(f"{revision.rendering_id}-{revision.rendering.finished_at}-{number}-{period()}")
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={FRESH_SECONDS}, immutable"}
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    fragment = fragment_of(revision, part=number)
    if fragment is None:
        raise Http404
    return HttpResponse(fragment.html, headers=headers)


@require_safe
def find(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?anchor=`: the number of the part that holds it, as `{"part": 3}`; null where none does."""
    rendering = readable(request, pk).rendering
    anchor = request.GET.get("anchor", "")
    response = JsonResponse({"part": part_with(rendering, anchor) if ANCHOR.fullmatch(anchor) else None})
    response["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    return response


def readable(request: SignedInRequest, pk: int) -> Revision:
    """A revision that the reader may see and whose rendering is ready."""
    ready = Revision.objects.visible_to(request.user).filter(rendering__state=Rendering.State.READY)
    return get_object_or_404(ready.for_lists(), pk=pk)
