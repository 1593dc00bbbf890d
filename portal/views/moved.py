"""/post/…: the addresses of the knowledge-repo that a space was brought over from, in mails and bookmarks."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from knowledge.models import OldAddress, Post
from knowledge.models.imported import old_address
from portal.requests import SignedInRequest


@require_safe
def show(request: SignedInRequest, path: str) -> HttpResponse:
    """To the post that had this address, in whichever space the reader can see it.

    Posts that were pushed and not imported are found by their path. Browsers ask again each time.
    """
    post = _imported(request, path) or _at_path(request, path)
    if post is None:
        raise Http404
    response = HttpResponsePermanentRedirect(post.get_absolute_url())
    response["Cache-Control"] = "no-cache"
    return response


def _imported(request: SignedInRequest, path: str) -> Post | None:
    """One that was deleted says so at its own address, where no other has the old one."""
    visible = Post.objects.visible_to(request.user)
    found = OldAddress.objects.at(path).filter(post__in=visible).select_related("post__space").order_by("-pk")
    address = found.exclude(post__status=Post.Status.DELETED).first() or found.first()
    return address.post if address else None


def _at_path(request: SignedInRequest, path: str) -> Post | None:
    name = old_address(path)
    visible = Post.objects.visible_to(request.user).live().select_related("space")
    return visible.filter(path__in=[f"{name}.kp/knowledge.md", f"{name}.kp", name]).order_by("-pk").first()
