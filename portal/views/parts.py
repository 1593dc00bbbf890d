"""Parts of a long document, fetched when a reader comes near them."""

import re

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from knowledge.models import Rendering, Revision
from portal.fragments import FRESH_SECONDS, Shown, fragment_of, period
from portal.parts import part_with
from portal.requests import SignedInRequest

ANCHOR = re.compile(r"[^\s\"<>&]{1,200}")  # ids as the renderer writes them


@require_safe
def show(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    return part(request, readable(request, pk), number)


@require_safe
def find(request: SignedInRequest, pk: int) -> HttpResponse:
    return place_in(request, readable(request, pk))


def readable(request: SignedInRequest, pk: int) -> Revision:
    """A revision that the reader may see and whose rendering is ready."""
    ready = Revision.objects.visible_to(request.user).filter(rendering__state=Rendering.State.READY)
    return get_object_or_404(ready.for_lists(), pk=pk)


def part(request: SignedInRequest, shown: Shown, number: int) -> HttpResponse:
    """The HTML of one part, to be put in its place; the same for an hour, in which its tokens are fresh."""
    rendering = shown.rendering
    etag = quote_etag(f"{shown.rendering_id}-{rendering.finished_at}-{number}-{period()}")
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={FRESH_SECONDS}, immutable"}
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    fragment = fragment_of(shown, part=number)
    if fragment is None:
        raise Http404
    return HttpResponse(fragment.html, headers=headers)


def place_in(request: SignedInRequest, shown: Shown) -> HttpResponse:
    """`?anchor=`: the number of the part that holds it, as `{"part": 3}`; null where none does."""
    anchor = request.GET.get("anchor", "")
    found = part_with(shown.rendering, anchor) if ANCHOR.fullmatch(anchor) else None
    response = JsonResponse({"part": found})
    response["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    return response
