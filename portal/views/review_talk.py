"""What reviewers say of a cell, a line or an output: its form, taking it back, applying a suggestion."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.errors import UserError
from knowledge.models import Review, Revision, Thread
from knowledge.pipeline import applying, review_talk, talking
from knowledge.pipeline.anchors import Ground, Spot
from knowledge.suggestions import block_of
from portal.requests import SignedInRequest
from portal.review_forms import DraftForm
from portal.review_talk import ReviewRoom
from portal.views.comments import visible_comment
from portal.views.reviews import visible_review
from portal.views.talk import answer, refused


@never_cache
@require_http_methods(["GET", "POST"])
def comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?of=` a revision's number, `side`, `cell`, and `line` or `output`; `suggest=1` brings the text there.

    The form alone for scripts, a page around it for browsers without. A POST keeps a draft, or says it now.
    """
    review = visible_review(request, pk)
    form = DraftForm(request.POST if request.method == "POST" else request.GET)
    is_placed = form.is_valid() or set(form.errors) <= {"body"}
    if not is_placed:
        raise Http404
    revision = _revision(request, review, form.cleaned_data["of"])
    try:
        spot = _spot(form, revision)
    except UserError as error:
        if request.method == "POST":
            form.add_error("body", str(error))
            return _form(request, review, form, None, status=error.status)
        raise Http404(str(error)) from error
    if request.method == "GET":
        text = _text(revision, spot) if request.GET.get("suggest") == "1" else None
        body = "" if text is None else block_of(text)
        return _form(request, review, DraftForm(initial=request.GET.dict() | {"body": body}), spot)
    if not form.is_valid():
        return _form(request, review, form, spot, status=400)
    try:
        said = talking.start_thread(
            by=request.user,
            post=review.post,
            review=review,
            revision=revision,
            body=form.cleaned_data["body"],
            spot=spot,
            is_draft=request.POST.get("act") != "now",
        )
    except UserError as error:
        form.add_error("body", str(error))
        return _form(request, review, form, spot, status=error.status)
    if request.htmx:
        return answer(request, ReviewRoom(request.user, review, review.post), said.thread)
    return redirect(f"{review.get_absolute_url()}#thread-{said.thread_id}")


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what one didn't send yet."""
    review = visible_review(request, pk)
    number = review_talk.discard_drafts(by=request.user, review=review)
    messages.success(
        request, f"{number} comment{'s' * (number != 1)} taken back." if number else "Nothing to take back."
    )
    return redirect(review)


@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Commit what a comment suggests."""
    found = visible_comment(request, pk)
    review = found.thread.review
    if review is None:
        raise Http404
    try:
        seen = request.POST.get("seen")
        commit = applying.apply_suggestion(by=request.user, comment=found, seen=seen)
    except UserError as error:
        return refused(request, error, found.thread)
    soon = "here" if review.is_open else "on the post's page"
    messages.success(
        request, f"The suggestion is commit {commit[:10]}. The new revision is {soon} in a moment."
    )
    return redirect(f"{review.get_absolute_url()}?after={review.revision.number}")


def _revision(request: HttpRequest, review: Review, number: int) -> Revision:
    visible = Revision.objects.visible_to(request.user).of(review.post)
    revision = get_object_or_404(
        visible.select_related("rendering").defer("rendering__text", "rendering__passages"), number=number
    )
    revision.post = review.post
    return revision


def _spot(form: DraftForm, revision: Revision) -> Spot:
    """Raises UserError "no-such-place"."""
    place = form.cleaned_data
    if place.get("cell") is None:
        return Spot()
    side = Thread.Side(place["side"])
    return Ground(revision).at(
        place["cell"], line=place.get("line") or 0, output=place.get("output"), side=side
    )


def _text(revision: Revision, spot: Spot) -> str | None:
    """What reads there now, for whoever suggests something else."""
    ground = Ground(revision)
    lines = None if spot.cell is None or spot.output is not None else ground.lines(spot.cell)
    if lines is None or spot.cell is None or not ground.marks[spot.cell].is_whole:
        return None
    return "\n".join(lines[spot.line - 1 : spot.line] if spot.line else lines)


def _form(
    request: SignedInRequest, review: Review, form: DraftForm, spot: Spot | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "section": "reviews",
        "review": review,
        "post": review.post,
        "form": form,
        "spot": spot,
        "can_suggest": spot is not None and spot.output is None and spot.side == Thread.Side.NEW,
        "address": reverse("review-comment", args=[review.pk]),
    }
    template = "reviews/_comment.html" if request.htmx else "reviews/comment.html"
    return render(request, template, context, status=status)
