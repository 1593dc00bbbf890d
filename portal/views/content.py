"""What documents bring with them: images, output documents, files. See docs/maintain.md, Isolation."""

from itertools import chain
from pathlib import PurePosixPath

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from knowledge import storage
from knowledge.documents.pdf import is_pdf
from knowledge.git import Entry, Repository
from knowledge.models import Post, Rendering, Revision, Space
from knowledge.rendering.images import EXTENSIONS, sniff
from knowledge.rendering.paper import MEDIA_TYPE as PDF
from knowledge.rendering.vendored import MARKER
from portal import output_tokens
from portal.fragments import Shown, place_of
from portal.hidden import hidden_from
from portal.inlining import inlined
from portal.requests import SignedInRequest
from portal.views import moved

FOR_GOOD = "private, max-age=31536000, immutable"
INERT = "sandbox; default-src 'none'"
DRAWING = f"{INERT}; style-src 'unsafe-inline'"
# Scripts run, with an origin of their own: no cookie, no storage, no request but for what lies in /vendor/.
OUTPUT_POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "script-src 'unsafe-inline' 'unsafe-eval' blob: {vendor}; style-src 'unsafe-inline' {vendor}; "
    "font-src data: {vendor}; img-src data: blob:; media-src data: blob:; connect-src data: blob:; "
    "worker-src blob:; frame-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


@require_safe
def asset(request: SignedInRequest, revision: int, digest: str, suffix: str) -> HttpResponseBase:
    """A raster image of a revision that the reader may see."""
    found = get_object_or_404(Revision.objects.visible_to(request.user).with_contents(), pk=revision)
    return image(found.rendering, digest, suffix)


def image(rendering: Rendering, digest: str, suffix: str) -> HttpResponseBase:
    media_type = rendering.assets.get(digest, {}).get("type", "")
    if EXTENSIONS.get(media_type) != suffix or not storage.exists(digest):
        raise Http404
    response = FileResponse(
        storage.open_blob(digest), filename=f"{digest[:12]}.{suffix}", content_type=media_type
    )
    response["Content-Security-Policy"], response["Cache-Control"] = INERT, FOR_GOOD
    return response


# The browser's viewer of PDF is a page of its own, which nothing of the document can reach into. What is left
# to forbid is that the answer be taken for anything else.
PAPER_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


@xframe_options_sameorigin
@require_safe
def output(request: SignedInRequest, revision: int, number: int) -> HttpResponseBase:
    """An output document for its frame; whoever opens it as a page is sent to the post."""
    found = get_object_or_404(Revision.objects.visible_to(request.user).with_contents(), pk=revision)
    instead = found.post if found.post.published_revision_id == found.pk else found
    return framed(request, found, number, instead=instead.get_absolute_url())


def framed(request: SignedInRequest, shown: Shown, number: int, *, instead: str) -> HttpResponseBase:
    """`instead` is where those are sent who open it as a page."""
    outputs, place = shown.rendering.outputs, place_of(shown)
    if number >= len(outputs) or not storage.exists(outputs[number]["digest"]):
        raise Http404
    if outputs[number].get("type") == PDF:
        return paper(outputs[number]["digest"], PurePosixPath(shown.path).stem)
    if not is_for_a_frame(request, f"{place.names}{place.shown}", number):
        return redirect(instead)
    origin = f"{request.scheme}://{request.get_host()}"
    vendor = f"{origin}/vendor/"
    document = storage.read(outputs[number]["digest"]).replace(MARKER.encode(), vendor.encode())
    return HttpResponse(
        inlined(document, place, request.user, origin),
        headers={
            "Content-Security-Policy": OUTPUT_POLICY.format(vendor=vendor),
            "Cache-Control": "private, no-cache",
            "Vary": "Sec-Fetch-Dest",
            "Referrer-Policy": "no-referrer",
            "X-DNS-Prefetch-Control": "off",
        },
    )


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


def is_for_a_frame(request: SignedInRequest, shown: output_tokens.Shown, number: int) -> bool:
    """What the browser says it is for; one that doesn't say, over plain http, must bring the page's token."""
    destination = request.headers.get("Sec-Fetch-Dest")
    if destination:
        return destination == "iframe"
    return output_tokens.is_good(request.GET.get("t", ""), shown, number)


@require_safe
def file(request: SignedInRequest, space: str, commit: str, path: str) -> HttpResponseBase:
    """A file beside a document, as it was at an ingested commit; posts and folders lead to their pages."""
    shelf = get_object_or_404(Space.objects.visible_to(request.user), slug=space)
    visible = Post.objects.visible_to(request.user)
    if hidden_from(request.user, space, [path]):
        # A hidden post's source is as hidden as the post, at whatever commit.
        raise Http404
    if Post.objects.ever_at(space, path).exists():
        shows_it = visible.live().in_space(space).filter(latest_revision__knitted_path=path).first()
        return redirect("post", space, shows_it.path if shows_it else path)
    if not shelf.has_ingested(commit):
        raise Http404
    repository = Repository(space)
    if entry := repository.find(commit, path):
        return from_repository(repository, entry)
    is_folder = visible.below(space, path).live().exists()
    if is_folder and not path.rstrip("/").endswith(moved.SUFFIX):
        return redirect("post", space, f"{path.strip('/')}/")
    if post := moved.meant_by_link(request, path):
        return redirect(post)
    raise Http404


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
