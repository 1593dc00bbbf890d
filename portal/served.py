"""Files of documents as they are answered: images, PDF, what lies beside. See docs/maintain.md, Isolation."""

from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from knowledge import storage
from knowledge.documents.pdf import is_pdf
from knowledge.git import Entry, Repository
from knowledge.models import Rendering
from knowledge.rendering.images import EXTENSIONS, sniff
from knowledge.rendering.paper import MEDIA_TYPE as PDF

FOR_GOOD = "private, max-age=31536000, immutable"
INERT = "sandbox; default-src 'none'"
DRAWING = f"{INERT}; style-src 'unsafe-inline'"
# The browser's viewer of PDF is a page of its own, which nothing of the document can reach into. What is left
# to forbid is that the answer be taken for anything else.
PAPER_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def image(rendering: Rendering, digest: str, suffix: str) -> HttpResponseBase:
    media_type = rendering.assets.get(digest, {}).get("type", "")
    if EXTENSIONS.get(media_type) != suffix or not storage.exists(digest):
        raise Http404
    response = FileResponse(
        storage.open_blob(digest), filename=f"{digest[:12]}.{suffix}", content_type=media_type
    )
    response["Content-Security-Policy"], response["Cache-Control"] = INERT, FOR_GOOD
    return response


def paper(digest: str, name: str) -> HttpResponseBase:
    """A PDF, which may stand alone too; only what begins as one is answered as one."""
    data = storage.read(digest)
    if not is_pdf(data[:2_000]):
        raise Http404
    headers = {
        "Content-Type": PDF,
        "Content-Security-Policy": PAPER_POLICY,
        "Content-Disposition": content_disposition_header(False, f"{name}.pdf") or "inline",
        "Cache-Control": "private, no-cache",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }
    return HttpResponse(data, headers=headers)


def from_repository(repository: Repository, entry: Entry) -> HttpResponseBase:
    """Images and PDF are shown, drawings without what could run in them; all else is a download."""
    pieces = repository.stream(entry.blob)
    first = next(pieces, b"")
    media_type, policy, is_shown = treatment(entry.path, first)
    name = PurePosixPath(entry.path).name
    headers = {
        "Content-Type": media_type,
        "Content-Security-Policy": policy,
        "Content-Length": str(entry.size),
        "Content-Disposition": content_disposition_header(not is_shown, name) or "inline",
        "Cache-Control": FOR_GOOD,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return StreamingHttpResponse(chain([first], pieces), headers=headers)


def treatment(path: str, beginning: bytes) -> tuple[str, str, bool]:
    """Media type, policy and whether to show it: by what the bytes are, never by what the name promises."""
    if image := sniff(beginning):
        return image.media_type, INERT, True
    if path.lower().endswith(".svg"):
        return "image/svg+xml", DRAWING, True
    if is_pdf(beginning[:2_000]):
        return PDF, PAPER_POLICY, True
    return "application/octet-stream", INERT, False


def attachment(pieces: Iterator[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    """A download that no browser shows in the portal's name."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Security-Policy": INERT,
        "Cache-Control": "private, no-cache",
    }
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)
