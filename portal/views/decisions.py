"""Saying that one used a number, taking that back, and what one used."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import Decision, Insight
from knowledge.pipeline import decisions
from portal.decisions import UsedForm, own_uses
from portal.requests import SignedInRequest
from portal.views.insights import page_of
from portal.views.talk import number

A_PAGE = 30


@require_POST
def use(request: SignedInRequest, space: str, name: str) -> HttpResponse:
    visible = Insight.objects.visible_to(request.user).select_related("space")
    insight = get_object_or_404(visible, space__slug=space, name=name)
    form = UsedForm(request.POST)
    if form.is_valid():
        try:
            decisions.use(by=request.user, insight=insight, **form.cleaned_data)
        except UserError as error:
            form.add_error("link" if error.code == "bad-link" else None, str(error))
    if not form.is_valid():
        return page_of(request, space, name, used=form)
    messages.success(request, "Written down. You are told first when this number moves.")
    return redirect(f"{insight.get_absolute_url()}#used")


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Decision.objects.visible_to(request.user).select_related("insight__space", "user")
    found = get_object_or_404(visible, pk=pk)
    try:
        decisions.undo(by=request.user, decision=found)
    except UserError as error:
        messages.error(request, str(error))
    if request.POST.get("back") == "list":
        return redirect("used")
    return redirect(f"{found.insight.get_absolute_url()}#used")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What one used, the newest first; what one can't see any more is left out."""
    before = number(request, "before")
    found = own_uses(request.user, before=before, most=A_PAGE + 1)
    context = {
        "uses": found[:A_PAGE],
        "older": found[A_PAGE - 1].decision.pk if len(found) > A_PAGE else None,
        "is_later": before is not None,
    }
    return render(request, "insights/used.html", context)
