"""Liking and keeping posts: the buttons, one's bookmarks, and the questions that wait for one's answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import Bookmark, Comment, Post, Thread
from knowledge.pipeline import settling
from portal.cards import cards_of
from portal.requests import SignedInRequest
from portal.talk import liking_of
from portal.views.talk import number, visible_post

VERBS = {"like": settling.like, "bookmark": settling.bookmark}
SIZE = 20


@never_cache
@require_http_methods(["GET", "POST"])
def like(request: SignedInRequest, pk: int) -> HttpResponse:
    return _button(request, pk, "like")


@never_cache
@require_http_methods(["GET", "POST"])
def bookmark(request: SignedInRequest, pk: int) -> HttpResponse:
    return _button(request, pk, "bookmark")


def _button(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The button alone for scripts, a page around it for browsers without. A POST presses it."""
    post = visible_post(request, pk)
    if request.method == "POST":
        try:
            VERBS[kind](by=request.user, post=post, is_on=request.POST.get("is_on") != "no")
        except UserError as error:
            messages.error(request, str(error))
            return redirect(post)
        if not request.htmx:
            return redirect("bookmarks" if request.POST.get("back") == "list" else post)
    context = {"section": "posts", "post": post, "liking": liking_of(request.user, post), "kind": kind}
    return render(request, f"talk/_{kind}.html" if request.htmx else "talk/liking.html", context)


@require_safe
def bookmarks(request: SignedInRequest) -> HttpResponse:
    """What one keeps, the newest first; what one can't see any more is left out."""
    before = number(request, "before")
    kept = list(Bookmark.objects.of(request.user).newest_first(before=before)[: SIZE + 1])
    shown = kept[:SIZE]
    cards = cards_of([each.post_id for each in shown])
    titles = dict(Post.objects.filter(pk__in=[pk for pk, _ in cards]).values_list("pk", "title"))
    context = {
        "section": "posts",
        "rows": [(pk, titles[pk], card) for pk, card in cards if pk in titles],
        "older": shown[-1].pk if len(kept) > SIZE else None,
        "is_later": before is not None,
    }
    return render(request, "account/bookmarks.html", context)


@require_safe
def questions(request: SignedInRequest) -> HttpResponse:
    """What readers asked about one's posts, and nobody answered yet."""
    before = number(request, "before")
    waiting = Thread.objects.visible_to(request.user).unanswered().asked_of(request.user)
    related = ("post__space", "started_by")
    asked = list(
        waiting.newest_first(before=before)
        .with_ends(request.user, last=1)
        .select_related(*related)[: SIZE + 1]
    )
    shown = asked[:SIZE]
    firsts = Comment.objects.in_bulk([each.first_comment for each in shown if each.first_comment])
    context = {
        "section": "posts",
        "rows": [(each, firsts.get(each.first_comment)) for each in shown],
        "older": shown[-1].pk if len(asked) > SIZE else None,
        "is_later": before is not None,
    }
    return render(request, "account/questions.html", context)
