"""The conversation about a post: its own page, the part of the post's page that scripts load, a thread."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.errors import UserError
from knowledge.models import Comment, Post, Revision, Thread
from knowledge.pipeline import settling, talking
from knowledge.pipeline.anchors import Where
from portal.requests import SignedInRequest
from portal.review_talk import ReviewRoom
from portal.talk import PAGE, Conversation, Talk
from portal.talk_forms import CommentForm, ReplyForm

ACTS = {"resolve": settling.resolve, "reopen": settling.reopen}


@never_cache
@require_http_methods(["GET", "POST"])
def conversation(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?comment=cell-7` opens the form for that place, `?ask=1` for a question, `?before=` goes further back.

    A POST says something. For scripts (HX-Request) each answer is the part of the page that changes.
    """
    post = visible_post(request, pk)
    room = Conversation(request.user, post, shown_revision(request, post))
    if request.method == "POST":
        return _start(request, room)
    place = request.GET.get("comment", "")
    wants = {"place": place, "is_question": request.GET.get("ask") == "1", "revision": room.revision.pk}
    return _page(request, room, CommentForm(initial=wants), place=_named(room, place))


def _start(request: SignedInRequest, room: Conversation) -> HttpResponse:
    form = CommentForm(request.POST)
    status = 400
    if form.is_valid():
        said = form.cleaned_data
        try:
            comment = talking.start_thread(
                by=request.user,
                post=room.post,
                revision=room.revision,
                body=said["body"],
                spot=room.ground.spot(said["place"]),
                is_question=said["is_question"],
            )
        except UserError as error:
            form.add_error("body", str(error))
            status = error.status
        else:
            if request.htmx:
                return answer(request, room, comment.thread)
            return redirect(comment.thread)
    place = _named(room, request.POST.get("place", ""))
    if request.htmx:
        return render(request, "talk/_new.html", {"room": room, "form": form, "place": place}, status=status)
    return _page(request, room, form, place=place, status=status)


def _page(
    request: SignedInRequest,
    room: Conversation,
    form: CommentForm,
    *,
    place: Where | None,
    status: int = 200,
) -> HttpResponse:
    before = number(request, "before")
    talks, older = room.page(before=before)
    context = {
        "section": "posts",
        "room": room,
        "post": room.post,
        "talks": talks,
        "older": older,
        "is_later": before is not None,
        "form": form,
        "place": place,
        "is_part": request.htmx,
    }
    template = "talk/_conversation.html" if request.htmx else "talk/conversation.html"
    return render(request, template, context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def thread(request: SignedInRequest, pk: int) -> HttpResponse:
    """All of a thread, a page at a time: `?after=` a comment, or the page on which `?at=` stands.

    A POST replies. For scripts it is the thread as a page about more than it shows it.
    """
    found = visible_thread(request, pk)
    room = room_of(request, found)
    if request.method == "GET" and request.htmx:
        return answer(request, room, found)
    if request.method == "GET":
        return _thread(request, room, found, None)
    form = ReplyForm(request.POST, thread=found.pk)
    status = 400
    if form.is_valid():
        try:
            is_draft = found.review is not None and request.POST.get("act") == "draft"
            body = form.cleaned_data["body"]
            comment = talking.reply(by=request.user, thread=found, body=body, is_draft=is_draft)
        except UserError as error:
            form.add_error("body", str(error))
            status = error.status
        else:
            return answer(request, room, found) if request.htmx else redirect(comment)
    if request.htmx:
        return render(request, "talk/_reply.html", {"thread": found, "form": form}, status=status)
    return _thread(request, room, found, form, status=status)


def _thread(
    request: SignedInRequest, room: Conversation, found: Thread, form: ReplyForm | None, *, status: int = 200
) -> HttpResponse:
    comments = Comment.objects.filter(thread=found).seen_by(request.user).for_lists()
    after = _begin(comments, request)
    shown = list(comments.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    said = room.said(shown[:PAGE])
    where = room.where(found)
    may_settle = room.standing.may_settle(found)
    talk = Talk(found, said, 0, where, may_settle, comments.count(), room.place_of(found, where))
    context = {
        "section": "posts",
        "room": room,
        "post": room.post,
        "talk": talk,
        "form": form,
        "earlier": after > 0 and comments.filter(pk__lte=after).exists(),
        "later": shown[PAGE - 1].pk if len(shown) > PAGE else None,
    }
    return render(request, "talk/thread.html", context, status=status)


def _begin(comments: Any, request: SignedInRequest) -> int:
    """The id of the comment after which the page begins, 0 for the first."""
    if at := number(request, "at"):
        before = comments.filter(pk__lt=at).order_by("-pk").values_list("pk", flat=True)
        found = list(before[PAGE // 2 : PAGE // 2 + 1])
        return found[0] if found else 0
    return number(request, "after") or 0


@require_POST
def settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """`act`: resolve, reopen, or for a question answered, unanswered."""
    found = visible_thread(request, pk)
    act = request.POST.get("act", "")
    try:
        if act in ACTS:
            ACTS[act](by=request.user, thread=found)
        elif act in {"answered", "unanswered"}:
            settling.answer(by=request.user, thread=found, is_answered=act == "answered")
        else:
            raise Http404
    except UserError as error:
        return refused(request, error, found)
    room = room_of(request, found)
    return answer(request, room, found) if request.htmx else redirect(found)


def answer(request: SignedInRequest, room: Conversation, found: Thread) -> HttpResponse:
    """For scripts: a thread as it is now."""
    talk = room.talk(found)
    if talk is None:
        return render(request, "talk/_gone.html", {"thread": found})
    return render(request, "talk/_thread.html", {"talk": talk, "room": room, "post": room.post})


def refused(request: SignedInRequest, error: UserError, found: Thread) -> HttpResponse:
    """What can't be done is said on the page that comes next; scripts show it at once."""
    if request.htmx:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    messages.error(request, str(error))
    return redirect(found)


def visible_post(request: SignedInRequest, pk: int) -> Post:
    posts = Post.objects.visible_to(request.user).select_related("space", "owner", "published_revision")
    return get_object_or_404(posts.posts().defer("published_revision__header"), pk=pk)


def visible_thread(request: SignedInRequest, pk: int) -> Thread:
    threads = Thread.objects.visible_to(request.user)
    related = ("post__space", "post__owner", "revision", "started_by", "resolved_by", "review__revision")
    return get_object_or_404(threads.select_related(*related).defer("revision__header"), pk=pk)


def shown_revision(request: SignedInRequest, post: Post) -> Revision:
    """The one that is read (`revision`, its id), else what readers see."""
    asked = number(request, "revision") or 0
    revisions = post.revisions.visible_to(request.user).for_reading()
    wanted = revisions.filter(pk=asked) if asked else revisions.none()
    found = wanted.first() or revisions.filter(pk=post.published_revision_id or 0).first()
    if found := found or revisions.order_by("-number").first():
        found.post = post
        return found
    raise Http404


def room_of(request: SignedInRequest, found: Thread) -> Conversation:
    if found.review:
        return ReviewRoom(request.user, found.review, found.post)
    return Conversation(request.user, found.post, shown_revision(request, found.post))


def number(request: SignedInRequest, name: str) -> int | None:
    """An id in the address or the form; None for what is none."""
    asked = request.GET.get(name) or request.POST.get(name) or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def form_address(post: int, place: str) -> str:
    """Where a browser without scripts comments on a place of a post."""
    return f"{reverse('conversation', args=[post])}?{urlencode({'comment': place})}#new-comment"


def _named(room: Conversation, place: str) -> Where | None:
    """The place that a form is about; None for the whole, and for one that isn't there."""
    try:
        spot = room.ground.spot(place)
    except UserError:
        return None
    columns = {"post": room.post, "revision": room.revision, "kind": spot.kind, "cell": spot.cell}
    columns |= {"cell_id": spot.cell_id, "cell_hash": spot.cell_hash, "output": spot.output}
    return room.ground.where(Thread(**columns, quote=spot.quote))
