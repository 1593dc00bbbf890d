"""Tags: what posts are about."""

from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.models import Post
from knowledge.pipeline.following import clean_tag
from portal.follows import follow_of
from portal.paging import page_of
from portal.requests import SignedInRequest


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Every tag of the posts that the reader can see, by its first letter, with how many carry it."""
    counts = Post.objects.visible_to(request.user).published().tag_counts()
    letters = [(letter, list(tags)) for letter, tags in groupby(sorted(counts), key=_letter)]
    return render(request, "tags/index.html", {"section": "tags", "letters": letters})


@require_safe
def show(request: SignedInRequest, tag: str) -> HttpResponse:
    """A tag that no visible post carries doesn't exist."""
    posts = Post.objects.visible_to(request.user).published().tagged(tag)
    page = page_of(posts, request.GET.get("before", ""))
    if not page.posts and not posts.exists():
        raise Http404
    context = {
        "section": "tags",
        "tag": tag.strip().lower(),
        "page": page,
        "follow": follow_of(request.user, "tag", clean_tag(tag)),
        "sees_figures": posts.with_figures_for(request.user).exists(),
    }
    return render(request, "tags/show.html", context)


def _letter(count: tuple[str, int]) -> str:
    return count[0][:1].upper()
