"""Datasets: all that somebody's posts rest on, each with what was observed of it, and investigations."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.data_rights import can_close, can_tend
from knowledge.errors import UserError
from knowledge.models import Dataset, Insight, Investigation, Notification, Observation
from knowledge.models.observation import resting
from knowledge.observing import in_words
from knowledge.pipeline.watching import close, tend
from portal.dataset_forms import CloseForm, TendForm
from portal.dataset_pages import STATES, how_to_send, rows_of
from portal.follows import follow_of
from portal.insight_pages import numbers_of
from portal.requests import SignedInRequest

A_PAGE = 50
OBSERVATIONS = 30
CLOSED = 20
RESTING = 30  # posts, and insights, that a page lists


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What is suspect is first; `?q=` is part of a name, `?state=` one of STATES."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:200] for name in ("q", "state")}
    found = Dataset.objects.visible_to(request.user)
    if words := asked["q"]:
        found = found.filter(Q(name__icontains=words) | Q(title__icontains=words))
    if asked["state"] in STATES:
        found = found.with_state(request.user).in_state(asked["state"])
    opened = Investigation.objects.visible_to(request.user).filter(dataset=OuterRef("pk"), state="open")
    ordered = found.order_by(Exists(opened).desc(), "key").values_list("pk", flat=True)
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    # What a row shows is asked for these alone.
    shown = Dataset.objects.with_state(request.user).in_bulk(list(page.object_list))
    context = {
        "section": "datasets",
        "rows": rows_of([shown[pk] for pk in page.object_list if pk in shown], request.user),
        "page": page,
        "asked": asked,
        "states": [(state, words) for state, (_, words) in STATES.items()],
        "is_narrowed": any(asked.values()),
    }
    return render(request, "datasets/index.html", context)


@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, name: str) -> HttpResponse:
    """A POST tends it."""
    visible = Dataset.objects.visible_to(request.user).with_state(request.user)
    dataset = get_object_or_404(visible.named(name.replace("\x00", "")))
    form, status = _tend_form(request, dataset), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                tend(by=request.user, dataset=dataset, **form.values())
                messages.success(request, "It is written down.")
                return redirect(dataset)
            status = 400
        except UserError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "datasets/show.html", _context(request, dataset, form), status=status)


@require_http_methods(["GET", "POST"])
def investigation(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is wrong, whom it concerns, and what came of it. A POST closes it."""
    datasets = Dataset.objects.visible_to(request.user)
    visible = Investigation.objects.visible_to(request.user).filter(dataset__in=datasets)
    related = ("dataset__owner", "owner", "opened_by", "closed_by", "observation")
    found = get_object_or_404(visible.select_related(*related), pk=pk)
    form, status = CloseForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                close(by=request.user, investigation=found, **form.cleaned_data)
                messages.success(request, "The investigation is closed. Everybody who was warned is told.")
                return redirect(found)
            status = 400
        except UserError as error:
            form.add_error(None, str(error))
            status = error.status
    since = Observation.objects.visible_to(request.user).filter(
        dataset=found.dataset_id, at__gte=found.opened_at
    )
    posts = found.reached().visible_to(request.user)
    context = {
        "section": "datasets",
        "found": found,
        "form": form,
        "may_close": found.is_open and can_close(found, request.user),
        "later": since.exclude(pk=found.observation_id or 0).newest_first()[:5],
        "warned": Notification.objects.filter(user=request.user, investigation=found).order_by("pk").first(),
        **_listed(request, posts),
    }
    return render(request, "datasets/investigation.html", context, status=status)


def _tend_form(request: SignedInRequest, dataset: Dataset) -> TendForm:
    hours = vars(dataset)["own_hours"]
    now = {
        "title": dataset.heard_title,
        "description": dataset.heard_description,
        "owner": dataset.owner.username if dataset.owner else "",
        "every": in_words(hours, short=True) if hours else "",
    }
    return TendForm(request.POST if request.method == "POST" else None, initial=now)


def _context(request: SignedInRequest, dataset: Dataset, form: TendForm) -> dict[str, Any]:
    seen = Observation.objects.visible_to(request.user).filter(dataset=dataset).newest_first()
    observations = list(seen[: OBSERVATIONS + 1])
    looked_into = Investigation.objects.visible_to(request.user).filter(dataset=dataset)
    investigations = looked_into.select_related("owner", "observation").order_by("-opened_at")
    posts = resting().visible_to(request.user).filter(dataset_uses__dataset=dataset)
    return {
        "section": "datasets",
        "dataset": dataset,
        "row": rows_of([dataset], request.user)[0],
        "follow": follow_of(request.user, "dataset", dataset),
        "observations": observations[:OBSERVATIONS],
        "has_more": len(observations) > OBSERVATIONS,
        "open": investigations.filter(state="open"),
        "closed": investigations.exclude(state="open")[:CLOSED],
        "how": how_to_send(dataset),
        "form": form,
        "may_tend": can_tend(dataset, request.user),
        **_listed(request, posts),
    }


def _listed(request: SignedInRequest, posts: Any) -> dict[str, Any]:
    """The posts, and the insights that these say."""
    shown = list(posts.select_related("space").order_by("-published_at", "-pk")[: RESTING + 1])
    said = Insight.objects.filter(post__in=posts.values("pk"), withdrawn_at=None)
    numbers = said.with_facts(request.user).order_by("-changed_at", "-pk")[: RESTING + 1]
    found = numbers_of(numbers)
    return {
        "posts": shown[:RESTING],
        "has_more_posts": len(shown) > RESTING,
        "numbers": found[:RESTING],
        "has_more_numbers": len(found) > RESTING,
    }
