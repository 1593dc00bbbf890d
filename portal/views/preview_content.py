"""What previews bring with them: parts, images, output documents, files. For members of the space alone."""

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from knowledge.git import Repository
from knowledge.models import Post, Preview, Rendering
from knowledge.permissions import can_see_findings
from knowledge.pipeline.linting import is_kept_back
from portal.requests import SignedInRequest
from portal.served import from_repository, image
from portal.views import content, parts


@require_safe
def asset(request: SignedInRequest, pk: int, digest: str, suffix: str) -> HttpResponseBase:
    return image(visible(request, pk).rendering, digest, suffix)


@xframe_options_sameorigin
@require_safe
def output(request: SignedInRequest, pk: int, number: int) -> HttpResponseBase:
    preview = visible(request, pk)
    return content.framed(request, preview, number, instead=preview.get_absolute_url())


@require_safe
def part(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    return parts.part(request, ready(request, pk), number)


@require_safe
def find_part(request: SignedInRequest, pk: int) -> HttpResponse:
    return parts.place_in(request, ready(request, pk))


@require_safe
def file(request: SignedInRequest, pk: int, path: str) -> HttpResponseBase:
    """A file beside the document, as the branch has it; other documents lead to their previews, or posts."""
    preview = visible(request, pk)
    shows_it = Q(path=path) | Q(knitted_path=path)
    if other := Preview.objects.filter(shows_it, branch=preview.branch).order_by("path").first():
        other.branch = preview.branch
        return redirect(other)
    slug = preview.branch.space.slug
    posts = Post.objects.visible_to(request.user).in_space(slug).live()
    if post := posts.filter(Q(path=path) | Q(latest_revision__knitted_path=path)).first():
        return redirect("post", slug, post.path)
    repository = Repository(slug)
    if entry := repository.find(preview.commit, path):
        return from_repository(repository, entry)
    if posts.below(slug, path.strip("/")).exists():
        return redirect("post", slug, f"{path.strip('/')}/")
    raise Http404


def visible(request: SignedInRequest, pk: int) -> Preview:
    found = Preview.objects.visible_to(request.user).with_contents()
    return readable(request, get_object_or_404(found, pk=pk))


def ready(request: SignedInRequest, pk: int) -> Preview:
    found = Preview.objects.visible_to(request.user).filter(rendering__state=Rendering.State.READY)
    return readable(request, get_object_or_404(found.for_reading(), pk=pk))


def readable(request: SignedInRequest, preview: Preview) -> Preview:
    if is_kept_back(preview) and not can_see_findings(preview.branch.space, request.user):
        raise Http404
    return preview
