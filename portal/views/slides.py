"""A post presented: a window of the portal, and the slides in its frame."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal import output_tokens
from portal.fragments import fragment_of
from portal.requests import SignedInRequest
from portal.taking import self_contained
from portal.taking.slides import deck as deck_of
from portal.taking.slides import handout as handout_of
from portal.taking.taken import Taken
from portal.views.content import OUTPUT_POLICY, is_for_a_frame
from portal.views.taking import taken_by, too_large

DECK = -1  # the slides have a token like the output documents, which count from 0


@require_safe
def window(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The page around the slides, with the way back."""
    taken = presented(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    if self_contained.is_too_large(taken):
        return too_large(request, taken)
    query = urlencode({"t": output_tokens.sign(pk, DECK)})
    context = {"taken": taken, "deck": f"{reverse('revision-deck', args=[pk])}?{query}"}
    response = render(request, "taking/slides.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@xframe_options_sameorigin
@require_safe
def deck(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The slides, for their frame; whoever opens them as a page is sent to the window around them."""
    taken = presented(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    if self_contained.is_too_large(taken) or not is_for_a_frame(request, pk, DECK):
        return redirect("revision-slides", pk)
    vendor = f"{request.scheme}://{request.get_host()}/vendor/"
    return StreamingHttpResponse(
        (piece.encode(errors="replace") for piece in deck_of(taken, vendor)),
        headers={
            "Content-Security-Policy": OUTPUT_POLICY.format(vendor=vendor),
            "Cache-Control": "private, no-cache",
            "Vary": "Sec-Fetch-Dest",
            "Referrer-Policy": "no-referrer",
        },
    )


@require_safe
def handout(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The slides as a page of the portal, one below the other: what is printed."""
    taken = presented(request, pk)
    if isinstance(taken, HttpResponse):
        return taken
    first = fragment_of(taken.revision)
    numbers = range(len(first.lengths) if first else 0)
    fragments = [part for number in numbers if (part := fragment_of(taken.revision, number))]
    # What fragments hold is cleaned; between cells only our own elements are put.
    slides = mark_safe(handout_of(part.html for part in fragments))  # noqa: S308
    context = {"taken": taken, "slides": slides, "has_math": any(part.has_math for part in fragments)}
    response = render(request, "taking/handout.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def presented(request: SignedInRequest, pk: int) -> Taken | HttpResponse:
    """404 as well where no cell says how to present it."""
    taken = taken_by(request, pk)
    if isinstance(taken, Taken) and not taken.revision.rendering.has_slides:
        raise Http404
    return taken
