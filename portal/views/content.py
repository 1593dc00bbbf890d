"""What documents bring with them: images, output documents, files. See docs/maintain.md, Isolation."""

from pathlib import PurePosixPath

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from knowledge import storage
from knowledge.git import Repository
from knowledge.models import Post, Revision, Space
from knowledge.rendering.paper import MEDIA_TYPE as PDF
from knowledge.rendering.vendored import MARKER
from portal import output_tokens
from portal.fragments import Shown, place_of
from portal.hidden import hidden_from
from portal.inlining import inlined
from portal.requests import SignedInRequest
from portal.served import from_repository, image, paper
from portal.views import moved

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
