"""Two revisions of a post beside each other."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from knowledge.diffing.wire import unpacked
from knowledge.models import Comparison, Post, Revision
from knowledge.pipeline.compare import request_comparison
from portal.comparing import shown
from portal.requests import SignedInRequest
from portal.review_talk import Margin

CHOICES = 200  # newest revisions that the pickers offer


@require_safe
def show(request: SignedInRequest, pk: int, old: int, new: int) -> HttpResponse:
    """The comparison, or how far it is; htmx asks for that part alone."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("space"), pk=pk)
    visible = Revision.objects.visible_to(request.user).of(post)
    pair = {revision.number: revision for revision in visible.for_lists().filter(number__in={old, new})}
    if old not in pair or new not in pair:
        raise Http404
    context = of_pair(pair[old], pair[new]) | {"section": "posts", "post": post}
    if request.htmx:
        return render(request, "compare/_result.html", context)
    context["choices"] = list(visible.values("number", "message")[:CHOICES])
    response = render(request, "compare/show.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?from=` and `?to=` numbers lead to their page; without them the last two revisions."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    if all(number.isdecimal() and len(number) < 9 for number in asked):
        old, new = map(int, asked)
    else:
        numbers = Revision.objects.visible_to(request.user).of(post).values_list("number", flat=True)
        new, old = (*numbers[:2], 1, 1)[:2]
    return redirect("compare", pk, old, new)


def of_pair(old: Revision | None, new: Revision, margin: Margin | None = None) -> dict[str, Any]:
    """What templates/compare/_result.html shows; both loaded `for_lists`, and visible to the reader.

    Without `old` all is new. `margin` is what hangs on the rows.
    """
    comparison = request_comparison(old=old, new=new)
    is_ready = comparison.state == Comparison.State.READY
    return {
        "comparison": comparison,
        "old": old,
        "new": new,
        "shown": shown(unpacked(comparison.result), old, new, margin) if is_ready else None,
    }
