"""/api/v1/revisions/<id>/exports/: a revision taken along as a file."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api.endpoint import Endpoint
from knowledge.models import Rendering, Revision
from portal.served import attachment
from portal.taking import self_contained
from portal.taking.archive import zipped
from portal.taking.citation import citation, key_of
from portal.taking.contents import contents
from portal.taking.slides import deck
from portal.taking.taken import Taken, takeable, taken_of

NAMES = ("page.html", "post.zip", "slides.html", "cite.bib")
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


class ExportViewSet(Endpoint):
    queryset = Revision.objects.all()

    @extend_schema(
        summary="Take a revision along as a file",
        description="page.html opens anywhere; post.zip is the original with what it refers to; slides.html, "
        "where cells say how to present it; cite.bib for BibTeX.",
        parameters=[OpenApiParameter("form", OpenApiTypes.STR, OpenApiParameter.PATH, enum=NAMES)],
        responses={
            (200, "text/html"): OpenApiTypes.BINARY,
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "text/plain"): OpenApiTypes.BINARY,
        },
    )
    def retrieve(self, request: Request, pk: int, form: str) -> HttpResponseBase:
        make = FORMS.get(form)
        if make is None:
            raise NotFound(f"There are {', '.join(FORMS)}.")
        revision = self.find(takeable(self.caller), pk=pk)
        if revision.rendering.state != Rendering.State.READY:
            raise NotFound(f"Nothing to take along yet: this revision is {revision.rendering.state}.")
        return make(taken_of(revision, self.caller))


def _page(taken: Taken) -> HttpResponseBase:
    _check_size(taken)
    return attachment(_encoded(self_contained.page(taken)), f"{taken.name}.html", HTML)


def _archive(taken: Taken) -> HttpResponseBase:
    pieces = zipped(contents(taken), taken.revision.committed_at)
    return attachment(pieces, f"{taken.name}.zip", "application/zip")


def _slides(taken: Taken) -> HttpResponseBase:
    if not taken.revision.rendering.has_slides:
        raise NotFound("None of its cells says how to present it.")
    _check_size(taken)
    pieces = _encoded(deck(taken, f"{settings.SITE_URL}/vendor/"))
    return attachment(pieces, f"{taken.name}-slides.html", HTML)


def _citation(taken: Taken) -> HttpResponseBase:
    entry = citation(taken.revision).bibtex.encode()
    return attachment(iter([entry]), f"{key_of(taken.revision)}.bib", TEXT)


def _check_size(taken: Taken) -> None:
    if self_contained.is_too_large(taken):
        raise NotFound("It is too large for one page. Take post.zip instead.")


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    return (piece.encode(errors="replace") for piece in pieces)


_MAKERS: tuple[Callable[[Taken], HttpResponseBase], ...] = (_page, _archive, _slides, _citation)
FORMS = dict(zip(NAMES, _MAKERS, strict=True))
