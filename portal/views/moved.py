"""Addresses of posts in the knowledge-repo that a space was brought over from, in mails and bookmarks."""

import posixpath

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from knowledge.models import OldAddress, Post
from knowledge.models.imported import old_address
from portal.requests import SignedInRequest

PREVIEW = "preview/"
SUFFIX = ".kp"
NAMES = ("markdown", "post", "path")  # of the parameter that names a post, where it isn't in the path


@require_safe
def show(request: SignedInRequest, path: str) -> HttpResponse:
    """To the post that had this address, in whichever space the reader can see it.

    Posts that were pushed and not imported are found by their path.
    """
    spellings = [path.removeprefix(PREVIEW), path] if path.startswith(PREVIEW) else [path]
    post = next((found for spelled in spellings if (found := post_at(request, spelled))), None)
    if post is None:
        raise Http404
    return forward(post.get_absolute_url())


@require_safe
def asked(request: SignedInRequest) -> HttpResponse:
    """The same for addresses such as /render?markdown=<path>."""
    return show(request, path=next((path for name in NAMES if (path := request.GET.get(name))), ""))


def forward(address: str) -> HttpResponse:
    """For good; browsers ask again each time, for not everyone is led to the same place."""
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = "no-cache"
    return response


def meant_by_link(request: SignedInRequest, path: str) -> Post | None:
    """What a link in a document means by `path`, where there is no such file: as in the old portal.

    There posts linked to /post/<path>, and relative addresses counted from beside a post, not from within.
    """
    within, _, rest = path.partition(f"{SUFFIX}/")
    beside = posixpath.join(posixpath.dirname(within), rest) if rest else ""
    spellings = dict.fromkeys([path.removeprefix("post/"), path, beside])
    return next((found for each in spellings if each and (found := post_at(request, each))), None)


def post_at(request: SignedInRequest, path: str) -> Post | None:
    return _imported(request, path) or _at_path(request, path)


def _imported(request: SignedInRequest, path: str) -> Post | None:
    """One that was deleted says so at its own address, where no other has the old one."""
    visible = Post.objects.visible_to(request.user)
    found = OldAddress.objects.at(path).filter(post__in=visible).select_related("post__space").order_by("-pk")
    address = found.exclude(post__status=Post.Status.DELETED).first() or found.first()
    return address.post if address else None


def _at_path(request: SignedInRequest, path: str) -> Post | None:
    """At its own path, or at one that it had before it moved here."""
    name = old_address(path)
    paths = [f"{name}{SUFFIX}/knowledge.md", f"{name}{SUFFIX}", name]
    live = Post.objects.visible_to(request.user).live().select_related("space").order_by("-pk")
    return live.filter(path__in=paths).first() or live.filter(former_paths__path__in=paths).first()
