"""Posts that are near to one, and those that cite it: below its text, which scripts load, and as a page.

Which of them there are is each reader's own, so the page that is kept for all of them holds none.
"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from knowledge.models import Citation, Post, Related
from knowledge.relating.reasons import said
from portal.paging import SIZE, page_of
from portal.requests import SignedInRequest

AT_ONCE, AT_MOST = 5, 10


@dataclass(frozen=True, slots=True)
class Near:
    post: Post
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Citing:
    post: Post
    sentence: str


@never_cache
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """For scripts (HX-Request) the section below the text; as a page `?before=` goes on in citations."""
    visible = Post.objects.visible_to(request.user)
    post = get_object_or_404(visible.live().posts().select_related("space"), pk=pk)
    near = [Near(row.other, said(row.reasons)) for row in Related.objects.of(post, request.user)[:AT_MOST]]
    citing = visible.citing(post)
    page = page_of(citing, request.GET.get("before", ""), AT_ONCE if request.htmx else SIZE)
    context = {
        "section": "posts",
        "post": post,
        "near": near[:AT_ONCE] if request.htmx else near,
        "more": near[AT_ONCE:] if request.htmx else [],
        "cited_by": _citing(post, page.posts),
        "citations": citing.count() if page.older or not page.is_first else len(page.posts),
        "page": page,
        "is_part": request.htmx,
    }
    if not request.htmx:
        return render(request, "related/show.html", context)
    return (
        render(request, "related/_related.html", context) if near or page.posts else HttpResponse(status=204)
    )


def _citing(post: Post, posts: list[Post]) -> list[Citing]:
    rows = Citation.objects.filter(cited=post, post__in=posts).values_list("post", "sentence")
    sentences = dict(rows) if posts else {}
    return [Citing(each, sentences.get(each.pk, "")) for each in posts]
