"""Posts that are near to one, and those that cite it: below its text, which scripts load, and as a page.

Which of them there are is each reader's own, so the page that is kept for all of them holds none.
"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from knowledge.models import Citation, Post, Related
from knowledge.models.card_facts import as_cards
from knowledge.models.listing import Plain
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
    page = page_of(Plain(citing), request.GET.get("before", ""), AT_ONCE if request.htmx else SIZE)
    context = {
        "section": "posts",
        "post": post,
        "near": near[:AT_ONCE] if request.htmx else near,
        "more": near[AT_ONCE:] if request.htmx else [],
        "cited_by": _citing(post, page.ids),
        "citations": citing.count() if page.older or not page.is_first else len(page.ids),
        "page": page,
        "is_part": request.htmx,
    }
    if not request.htmx:
        return render(request, "related/show.html", context)
    return render(request, "related/_related.html", context) if near or page.ids else HttpResponse(status=204)


def _citing(post: Post, ids: list[int]) -> list[Citing]:
    """Of posts that the reader sees. Three queries, none without any."""
    if not ids:
        return []
    posts = as_cards(Post.objects.all()).in_bulk(ids)
    sentences = dict(Citation.objects.filter(cited=post, post__in=ids).values_list("post", "sentence"))
    return [Citing(posts[pk], sentences.get(pk, "")) for pk in ids if pk in posts]
