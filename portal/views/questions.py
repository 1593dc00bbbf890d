"""One open question: its page, its words, voting and taking, and what its asker and maintainers decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import OpenQuestion, Post
from knowledge.pipeline import asking, deciding
from knowledge.question_table import Act, why_not
from portal.question_forms import WordingForm
from portal.questions import Asked
from portal.requests import SignedInRequest, sent

# What is done, with what the page says afterwards.
Deed = tuple[Callable[..., object], str]
OF_AN_ANSWER: dict[str, Deed] = {
    "accept": (deciding.accept, "The question is answered. Whoever worked on it, or voted for it, is told."),
    "decline": (deciding.decline, "Its authors are told what is missing."),
}
OF_THE_QUESTION: dict[str, Deed] = {
    "withdraw": (deciding.withdraw, "The question is withdrawn."),
    "close": (deciding.close, "The question is closed."),
    "reopen": (deciding.reopen, "The question is open again."),
}
WITH_WHY = {"decline", "close"}


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    question = _visible(request, pk)
    context = {"section": "questions", "question": question, "asked": Asked(question, request.user)}
    return render(request, "questions/show.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its words, to be changed; who may not reads why on its page."""
    question = _visible(request, pk)
    if refusal := why_not(Act.CHANGE, question, request.user):
        messages.error(request, str(refusal))
        return redirect(question)
    now = {name: getattr(question, name) for name in WordingForm.base_fields}
    form = WordingForm(sent(request), initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            asking.change(by=request.user, question=question, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The question is changed.")
            return redirect(question)
    context = {"section": "questions", "question": question, "form": form}
    return render(request, "questions/edit.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
def vote(request: SignedInRequest, pk: int) -> HttpResponse:
    """The button alone for scripts; others go back to where it was pressed."""
    question = _visible(request, pk)
    try:
        asking.vote(by=request.user, question=question, is_on=request.POST.get("is_on") != "no")
    except UserError as error:
        messages.error(request, str(error))
        return redirect(question)
    back = "board" if request.POST.get("back") == "board" else ""
    if request.htmx:
        return render(request, "questions/_vote.html", {"question": _visible(request, pk), "back": back})
    return redirect(back or question)


@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    question = _visible(request, pk)
    takes = request.POST.get("is_on") != "no"
    try:
        (asking.take if takes else asking.give_back)(by=request.user, question=question)
    except UserError as error:
        messages.error(request, str(error))
    else:
        words = "You took it, and the asker is told." if takes else "You gave it back."
        messages.success(request, words)
    return redirect(question)


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """`do` names one of the deeds above; `post` the answer that it is about, `why` the reason."""
    question, name = _visible(request, pk), request.POST.get("do", "")
    known = OF_AN_ANSWER | OF_THE_QUESTION
    if name not in known:
        return redirect(question)
    verb, done = known[name]
    wanted: dict[str, Any] = {"why": request.POST.get("why", "")} if name in WITH_WHY else {}
    try:
        if name in OF_AN_ANSWER:
            wanted["post"] = _post(request)
        verb(by=request.user, question=question, **wanted)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(question)


def _post(request: SignedInRequest) -> Post:
    number = request.POST.get("post", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    found = Post.objects.visible_to(request.user).filter(pk=int(number)).first() if is_number else None
    if found is None:
        raise UserError("no-such-answer")
    return found


def _visible(request: SignedInRequest, pk: int) -> OpenQuestion:
    visible = OpenQuestion.objects.visible_to(request.user).for_lists(request.user)
    return get_object_or_404(visible.select_related("space", "asked_by", "changed_by", "ended_by"), pk=pk)
