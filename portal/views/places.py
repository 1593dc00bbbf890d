"""What an address below a space may mean when no post lies there now. Each answers None for "not that"."""

from django.http import HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from knowledge.documents.knowledge_post import FOLDER_SUFFIX, TEXT
from knowledge.models import FormerPath, Post, Rendering, Revision, Space
from knowledge.models.listing import Plain
from knowledge.models.post_queryset import PostQuerySet
from portal.folders import subfolders
from portal.fragments import fragment_of
from portal.paging import page_of
from portal.requests import SignedInRequest
from portal.views import reading


def revision(request: SignedInRequest, space: str, path: str) -> HttpResponseBase | None:
    """`path@7`, `path@r7` or `path@3f9c2e1`: a permanent address, also of what moved or was deleted."""
    path, at, mark = path.rpartition("@")
    if not at:
        return None
    found = Revision.objects.visible_to(request.user).at(space, path, mark).values_list("post", "pk").first()
    if found is None:
        return None
    post = Post.objects.for_reading().get(pk=found[0])
    return reading.page(request, post, reading.revision_of(post, str(found[1])))


def former(request: SignedInRequest, space: str, path: str) -> HttpResponse | None:
    """A renamed post forwards. Browsers ask again each time: a new document may take the address."""
    forward = FormerPath.objects.filter(space__slug=space, path=path).values("post")
    post = Post.objects.visible_to(request.user).select_related("space").filter(pk__in=forward).first()
    if post is None:
        return None
    response = HttpResponsePermanentRedirect(post.get_absolute_url())
    response["Cache-Control"] = "no-cache"
    return response


def deleted(request: SignedInRequest, space: str, path: str) -> HttpResponse | None:
    """A deleted post leaves a page that says when, by which commit, and what can still be read."""
    posts = Post.objects.visible_to(request.user).at(space, path).select_related("space")
    post = posts.order_by("-deleted_at").first()
    if post is None:
        return None
    visible = Revision.objects.visible_to(request.user).of(post)
    readable = visible.filter(rendering__state=Rendering.State.READY).for_lists()
    context = {"section": "posts", "post": post, "last": readable.first()}
    return render(request, "posts/gone.html", context, status=410)


def folder(request: SignedInRequest, space: str, path: str) -> HttpResponse | None:
    """A folder: its introduction, the folders in it, and the posts in all of them, newest first."""
    place = path.strip("/")
    visible = Post.objects.visible_to(request.user)
    text = f"{place}/{TEXT}"
    if place.lower().endswith(FOLDER_SUFFIX) and visible.at(space, text).live().exists():
        return redirect("post", space, text)
    below = visible.below(space, place).live()
    if not place or not below.exists():
        return None
    if path != f"{place}/":
        return redirect("post", space, f"{place}/")
    context = {
        "section": "spaces",
        "space": Space.objects.get(slug=space),
        "name": place.rpartition("/")[2],
        "crumbs": crumbs(space, place),
        "introduction": introduction(visible, space, place),
        "subfolders": subfolders(below, place),
        "page": page_of(Plain(below.published()), request.GET.get("before", "")),
    }
    return render(request, "posts/folder.html", context)


def introduction(visible: PostQuerySet, space: str, folder: str) -> dict[str, object] | None:
    """The README of a folder ("" for the space's own) for templates/posts/_introduction.html."""
    post = visible.introductions(space, folder).for_reading().first()
    if post is None or (shown := post.shown_revision) is None or shown.blocked_by:
        return None
    is_ready = shown.rendering.state == Rendering.State.READY
    shown.post = post
    return {"post": post, "revision": shown, "fragment": fragment_of(shown) if is_ready else None}


def crumbs(space: str, path: str) -> list[tuple[str, str]]:
    """Name and address of every folder on the way to `path`, which may be a document's or a folder's."""
    names = path.split("/")[:-1]
    return [
        (name, reverse("post", args=[space, "/".join(names[: depth + 1]) + "/"]))
        for depth, name in enumerate(names)
    ]


def folder_address(introduction: Post) -> str:
    """Where an introduction is shown: with its folder, or on the front page of its space."""
    place = introduction.path.rpartition("/")[0]
    slug = introduction.space.slug
    return reverse("post", args=[slug, f"{place}/"]) if place else reverse("space", args=[slug])
