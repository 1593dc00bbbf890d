"""Posts: the page that people read, at its address, at its permanent one, and while it is being made."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from knowledge.errors import UserError
from knowledge.models import Post
from knowledge.pipeline.render import retry as retry_rendering
from portal.requests import SignedInRequest
from portal.views import places, reading, stored
from portal.views.talk import form_address


@require_GET
def show(request: SignedInRequest, space: str, path: str) -> HttpResponseBase:
    """In this order: a post, a revision, a former address, a deleted post, a folder."""
    posts = Post.objects.visible_to(request.user)
    if place := request.GET.get("comment"):  # scripts open the form in its place, and go nowhere
        found = get_object_or_404(posts.at(space, path).live().posts().only("pk"))
        return redirect(form_address(found.pk, place))
    if response := stored.page(request, space, path):
        return response
    post = posts.at(space, path).live().for_reading().first()
    if post is not None:
        is_post = post.kind == Post.Kind.POST
        return reading.page(request, post) if is_post else redirect(places.folder_address(post))
    for meaning in (places.revision, places.former, places.deleted, places.folder):
        if response := meaning(request, space, path):
            return response
    raise Http404


@require_GET
def permalink(request: SignedInRequest, pk: int) -> HttpResponse:
    return redirect(get_object_or_404(Post.objects.visible_to(request.user).select_related("space"), pk=pk))


@require_GET
def status(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the revision `?revision=` is; once there is something new to read, the page is to load it."""
    post = get_object_or_404(Post.objects.visible_to(request.user).for_reading(), pk=pk)
    revision = reading.revision_of(post, request.GET.get("revision", ""))
    if not reading.is_under_way(post, revision):
        return HttpResponseClientRefresh()
    return render(request, "posts/_status.html", reading.progress(post, revision))


@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Render the newest revision once more."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("space"), pk=pk)
    try:
        retry_rendering(by=request.user, post=post)
    except UserError as error:
        messages.error(request, str(error))
    return redirect(post)
