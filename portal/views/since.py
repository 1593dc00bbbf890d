"""What changed since one last read a post: a line on its page, which scripts load, and a page of its own.

Asking for it is what counts as having read the post: a script asks once the page is looked at.
"""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from knowledge.models import Post, Visit
from knowledge.pipeline.visiting import put_away, read, visit_of
from portal.requests import SignedInRequest, is_ahead_of_time
from portal.since import since_of
from portal.views.talk import number

TURNS = 40  # a second each, until a page stops asking how far the comparison is


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The line for scripts (HX-Request). A POST puts away what changed up to the revision `number`."""
    posts = Post.objects.visible_to(request.user).live().posts().select_related("space", "published_revision")
    post = get_object_or_404(posts.exclude(published_revision=None), pk=pk)
    if request.method == "POST":
        put_away(by=request.user, post=post, number=number(request, "number") or 0)
        return redirect(post)
    turn = (number(request, "turn") or 0) + 1
    context = {
        "section": "posts",
        "post": post,
        "since": since_of(request.user, post, _noted(request, post)),
        "turn": turn if turn <= TURNS else None,
        "is_page": not request.htmx or "page" in request.GET,
    }
    if not request.htmx:
        return render(request, "since/show.html", context)
    return render(request, "since/_since.html", context) if context["since"] else HttpResponse(status=204)


def _noted(request: SignedInRequest, post: Post) -> Visit | None:
    revision = post.published_revision
    if revision is None or is_ahead_of_time(request):
        return visit_of(request.user, post)
    revision.post = post
    return read(by=request.user, revision=revision)
