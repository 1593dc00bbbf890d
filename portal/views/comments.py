"""One comment: changed, deleted, what it said before, the signs under it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import Comment
from knowledge.pipeline import settling, talking
from portal.requests import SignedInRequest
from portal.talk import said_before
from portal.talk_forms import EditForm
from portal.views.talk import answer, refused, room_of, visible_thread


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form alone for scripts, a page around it for browsers without."""
    comment = visible_comment(request, pk)
    form = EditForm(request.POST or None, comment=pk, initial={"body": comment.body})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                talking.edit(by=request.user, comment=comment, body=form.cleaned_data["body"])
            except UserError as error:
                form.add_error("body", str(error))
                status = error.status
            else:
                return show(request, comment)
    elif comment.author_id != request.user.pk or comment.is_deleted:
        messages.error(request, str(UserError("not-your-comment")))
        return redirect(comment)
    template = "talk/_edit.html" if request.htmx else "talk/edit.html"
    context = {"section": "posts", "comment": comment, "form": form, "post": comment.thread.post}
    return render(request, template, context, status=status)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    comment = visible_comment(request, pk)
    found = comment.thread
    try:
        talking.delete(by=request.user, comment=comment)
    except UserError as error:
        return refused(request, error, found)
    room = room_of(request, found)
    if request.htmx:
        return answer(request, room, found)
    messages.success(request, "The comment is deleted.")
    return redirect(found) if room.talk(found) else redirect("conversation", found.post_id)


@require_POST
def react(request: SignedInRequest, pk: int) -> HttpResponse:
    """`on` or `off`: the sign to put under it, or to take away."""
    comment = visible_comment(request, pk)
    is_on = "on" in request.POST
    sign = request.POST.get("on" if is_on else "off", "")
    try:
        settling.react(by=request.user, comment=comment, sign=sign, is_on=is_on)
    except UserError as error:
        return refused(request, error, comment.thread)
    return show(request, comment)


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a comment said before it was changed. A deleted one says nothing any more."""
    comment = visible_comment(request, pk)
    versions = [] if comment.is_deleted else list(comment.versions.order_by("-pk")[:50])
    shown = [(version, said_before(version)) for version in versions]
    context = {"section": "posts", "comment": comment, "versions": shown, "post": comment.thread.post}
    return render(request, "talk/history.html", context)


def show(request: SignedInRequest, comment: Comment) -> HttpResponse:
    """The comment as it is now."""
    if not request.htmx:
        return redirect(comment)
    room = room_of(request, comment.thread)
    (said,) = room.said([Comment.objects.for_lists().get(pk=comment.pk)])
    return render(request, "talk/_comment.html", {"said": said})


def visible_comment(request: SignedInRequest, pk: int) -> Comment:
    comments = Comment.objects.visible_to(request.user).for_lists()
    comment = get_object_or_404(comments, pk=pk)
    comment.thread = visible_thread(request, comment.thread_id)
    return comment
