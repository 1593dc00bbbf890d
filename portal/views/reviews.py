"""Reviews: the queue, the page of one, and what is done there."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import Comment, Post, Rendering, Review, Revision, User
from knowledge.models.review import ReviewQuerySet
from knowledge.permissions import can_maintain, can_see_findings
from knowledge.pipeline import reviewing
from knowledge.pipeline.suggesting import suggested_reviewers
from knowledge.policy import Policies
from knowledge.review_table import Act, why_not
from portal.findings import box_of
from portal.requests import SignedInRequest
from portal.review_forms import AskForm, VerdictForm
from portal.review_talk import ReviewRoom
from portal.views.comparing import of_pair

A_PAGE = 30
COUNTED = 100
MARK = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One of the lists of the queue; `number` is at most COUNTED."""

    name: str
    words: str
    reviews: ReviewQuerySet
    number: int


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """`?list=` mine to review, waiting for others, stuck, all that are open; `?before=` goes on."""
    shelves = _shelves(request.user)
    here = next((shelf for shelf in shelves if shelf.name == request.GET.get("list")), shelves[0])
    reviews, before = here.reviews, request.GET.get("before", "")
    if MARK.fullmatch(before) and (last := Review.objects.filter(pk=int(before)).first()):
        reviews = reviews.after(last)
    found = list(reviews.for_lists()[: A_PAGE + 1])
    context = {
        "section": "reviews",
        "shelves": shelves,
        "here": here,
        "reviews": found[:A_PAGE],
        "older": found[A_PAGE - 1].pk if len(found) > A_PAGE else None,
    }
    return render(request, "reviews/index.html", context)


@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed, what was said of it, and the reviewer's word."""
    review = visible_review(request, pk)
    if request.htmx and (request.GET.keys() & {"after", "drawn"}):
        return _moved(request, review)
    drafts = Comment.objects.drafts_of(request.user, review).count() if request.method == "POST" else 0
    form = VerdictForm(request.POST or None, review=review, drafts=drafts)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                reviewing.give_verdict(by=request.user, review=review, **form.cleaned_data)
            except UserError as error:
                form.add_error(None, f"{error.message} {error.hint}")
                status = error.status
                review = visible_review(request, pk)
            else:
                messages.success(request, SAID[form.cleaned_data["kind"]])
                return redirect(review)
        status = 400 if status == 200 else status
    template = "compare/_result.html" if request.htmx else "reviews/show.html"
    return render(request, template, _context(request, review, form), status=status)


def _is_awaited(request: SignedInRequest, review: Review) -> bool:
    """Whether a revision after number `?after=` is to come; none comes into a review that is closed."""
    return review.is_open and request.GET.get("after") == str(review.revision.number)


def _moved(request: SignedInRequest, review: Review) -> HttpResponse:
    """Scripts ask until there is a revision after number `?after=`, or `?drawn=1` until it is rendered."""
    response = HttpResponse(status=204)
    if "after" in request.GET:
        has_moved = not _is_awaited(request, review)
    else:
        has_moved = not review.revision.rendering.is_under_way
    if has_moved:
        response["HX-Redirect"] = review.get_absolute_url()
    return response


SAID = {
    "approve": "Your approval is recorded.",
    "request_changes": "Your request for changes is recorded.",
    "comment": "Your comment is recorded.",
}


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    review = visible_review(request, pk)
    try:
        reviewing.withdraw(by=request.user, review=review)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The review is withdrawn. What it was about stays as it is.")
    return redirect(review)


@require_POST
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask people by name to review it."""
    review = visible_review(request, pk)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            reviewing.ask(by=request.user, review=review, usernames=form.cleaned_data["reviewers"])
        except UserError as error:
            messages.error(request, str(error))
    return redirect(review)


@require_POST
def request_one(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a review of a post's newest revision; where one is open, go there."""
    post = get_object_or_404(Post.objects.visible_to(request.user).live().select_related("space"), pk=pk)
    try:
        return redirect(reviewing.request_review(by=request.user, post=post))
    except UserError as error:
        if error.code == "review-open":
            return redirect("post-review", pk)
        messages.error(request, str(error))
        return redirect(post)


@require_safe
def of_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest review of a post."""
    reviews = Review.objects.visible_to(request.user).filter(post=pk).order_by("-pk")
    found = reviews.first() or get_object_or_404(reviews)
    return redirect(found)


def visible_review(request: SignedInRequest, pk: int) -> Review:
    reviews = Review.objects.visible_to(request.user).for_lists().select_related("revision__rendering")
    return get_object_or_404(
        reviews.defer("revision__rendering__text", "revision__rendering__passages"), pk=pk
    )


def _shelves(user: User) -> list[Shelf]:
    visible = Review.objects.visible_to(user)
    lists = {
        "mine": ("Waiting for you", visible.for_me(user)),
        "yours": ("Yours", visible.of_mine(user)),
        "stuck": ("Stuck", visible.stuck()),
        "open": ("All open", visible.open()),
    }
    return [
        Shelf(name, words, reviews, reviews.order_by()[:COUNTED].count())
        for name, (words, reviews) in lists.items()
    ]


def _compared(request: SignedInRequest, review: Review, last_seen: int) -> dict[str, object]:
    """What changed since the reader last spoke of it, or with `?since=readers` since what readers see now."""
    base = review.base
    numbers = {base.number if base else 0, last_seen, review.revision.number}
    visible = Revision.objects.visible_to(request.user).of(review.post).for_lists()
    revisions = {revision.number: revision for revision in visible.filter(number__in=numbers)}
    has_looked = 0 < last_seen < review.revision.number
    since_looked = has_looked and (base is None or request.GET.get("since") != "readers")
    old = revisions.get(last_seen if since_looked else base.number if base else 0)
    new = revisions.get(review.revision.number)
    if new is None or new.rendering.state != Rendering.State.READY:
        return {"has_looked": has_looked, "comparison": None}
    room = ReviewRoom(request.user, review, review.post, old)
    pair = of_pair(old, new, room.margin)
    return pair | {"has_looked": has_looked, "since_looked": since_looked, "room": room}


def _context(request: SignedInRequest, review: Review, form: VerdictForm) -> dict[str, object]:
    space, user = review.post.space, request.user
    standing = reviewing.standing(review)
    policy = Policies(space).at(review.post.path)
    refusals = {act.value: why_not(act, review, user) for act in Act}
    verdicts = review.verdicts.select_related("reviewer", "revision").order_by("at", "pk")
    box = None
    if can_see_findings(space, user):
        review.revision.post = review.post
        may_pass = bool(review.revision.blocked_by) and can_maintain(space, user)
        box = box_of(review.revision, is_on_page=False, may_pass=may_pass)
    last = max((verdict.revision.number for verdict in verdicts if verdict.reviewer == user), default=0)
    return _compared(request, review, last) | {
        "section": "reviews",
        "review": review,
        "post": review.post,
        "revision": review.revision,
        "policy": policy,
        "form": form,
        "refusals": refusals,
        "verdicts": verdicts,
        "standing": standing,
        "approvals": sum(verdict.kind == "approve" for verdict in standing.values()),
        "asked": review.requests.select_related("user").order_by("user__username"),
        "suggested": [] if refusals["ask"] else suggested_reviewers(review),
        "last_seen": last,
        "is_awaited": _is_awaited(request, review),
        "box": box,
    }
