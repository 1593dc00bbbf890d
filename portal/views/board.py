"""The board of open questions: what is wanted, asking, and what was searched for in vain."""

import re
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import OpenQuestion, SearchMiss
from knowledge.permissions import can_see_demand
from knowledge.pipeline import asking
from portal.question_forms import QuestionForm
from portal.requests import SignedInRequest
from portal.shelves import SHELVES

A_PAGE = 20
WAYS_IN = 12  # of each kind, in the margin
MISSES = 100
SPANS = (30, 90)
FILTERS = ("space", "team", "tag")
MARK = re.compile(r"\d{1,18}", re.ASCII)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """`?list=` names a shelf; `?space=`, `?team=` and `?tag=` narrow it; `?after=` goes on after one."""
    here = request.GET.get("list", "")
    here = here if here in SHELVES else "wanted"
    shelf, visible = SHELVES[here], OpenQuestion.objects.visible_to(request.user)
    chosen = {name: request.GET.get(name, "").strip()[:100] for name in FILTERS}
    mark = request.GET.get("after", "")
    last = visible.filter(pk=int(mark)).first() if MARK.fullmatch(mark) else None
    listed = shelf.ordered(shelf.of(visible, request.user).narrowed(**chosen), after=last)
    found = list(listed.for_lists(request.user)[: A_PAGE + 1])
    wanted = visible.wanted()
    context = {
        "section": "questions",
        "shelves": SHELVES,
        "here": here,
        "questions": found[:A_PAGE],
        "more": found[A_PAGE - 1].pk if len(found) > A_PAGE else None,
        "is_later": last is not None,
        "chosen": {name: value for name, value in chosen.items() if value},
        "spaces": wanted.space_counts()[:WAYS_IN],
        "teams": wanted.team_counts()[:WAYS_IN],
        "tags": wanted.tag_counts()[:WAYS_IN],
        "may_see_demand": can_see_demand(request.user),
    }
    return render(request, "questions/index.html", context)


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """`?q=` and `?space=` fill the form in. Before it is sent, what was asked in such words is shown once."""
    if request.method == "GET":
        words = " ".join(request.GET.get("q", "").split())[:200]
        form = QuestionForm(user=request.user, initial={"title": words, "space": request.GET.get("space")})
        return _form(request, form, words)
    form = QuestionForm(request.POST, user=request.user)
    words = request.POST.get("title", "").replace("\x00", "")[:200]
    if not form.is_valid():
        return _form(request, form, words, status=400)
    if request.POST.get("seen") != words and asking.alike(request.user, words):
        return _form(request, form, words, is_asked_back=True)
    try:
        return redirect(asking.ask(by=request.user, **form.cleaned_data))
    except UserError as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return _form(request, form, words, status=error.status)


def _form(
    request: SignedInRequest,
    form: QuestionForm,
    words: str,
    *,
    status: int = 200,
    is_asked_back: bool = False,
) -> HttpResponse:
    context = {
        "section": "questions",
        "form": form,
        "words": words,
        "alike": asking.alike(request.user, words),
        "posts": asking.may_answer(request.user, words),
        "is_asked_back": is_asked_back,
    }
    return render(request, "questions/new.html", context, status=status)


@require_safe
def demand(request: SignedInRequest) -> HttpResponse:
    """What people searched for in vain in the last `?days=`."""
    if not can_see_demand(request.user):
        raise PermissionDenied("What was searched for in vain is for maintainers of spaces.")
    asked = request.GET.get("days", "")
    days = next((span for span in SPANS if asked == str(span)), SPANS[0])
    misses = SearchMiss.objects.demand(since=timezone.localdate() - timedelta(days=days))
    context = {"section": "questions", "days": days, "spans": SPANS, "misses": misses[:MISSES]}
    return render(request, "questions/demand.html", context)
