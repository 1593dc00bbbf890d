"""The BibTeX entry of a revision."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from knowledge.models import Revision
from portal.requests import SignedInRequest
from portal.taking.citation import citation, key_of


@require_safe
def bibtex(request: SignedInRequest, pk: int) -> HttpResponse:
    """A file of one entry, in UTF-8."""
    revision = get_object_or_404(Revision.objects.visible_to(request.user).for_lists(), pk=pk)
    response = HttpResponse(citation(revision).bibtex, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{key_of(revision)}.bib") or ""
    response["Cache-Control"] = "private, no-cache"
    return response
