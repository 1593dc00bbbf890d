"""Reading figures of a post, a space, a person and a tag; and what a post's page tells of being read."""

import re

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from knowledge.errors import UserError
from knowledge.figures import Figures, figures_of, subject_of
from knowledge.models import Post
from knowledge.permissions import can_maintain
from portal import reading_plots
from portal.reads import count_far
from portal.requests import SignedInRequest, is_from_here

MOST_BYTES = 200
NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@require_safe
def of_post(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, "post", str(pk))


@require_safe
def of_space(request: SignedInRequest, space: str) -> HttpResponse:
    return _page(request, "space", space)


@require_safe
def of_person(request: SignedInRequest, username: str) -> HttpResponse:
    return _page(request, "person", username)


@require_safe
def of_tag(request: SignedInRequest) -> HttpResponse:
    """`?tag=`; without one, the figures of who asks."""
    tag = request.GET.get("tag", "")
    return _page(request, "tag", tag) if tag else redirect("person-reads", request.user.username)


def _page(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    try:
        subject = subject_of(request.user, kind, key)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except UserError as error:
        raise PermissionDenied(str(error)) from error
    figures = figures_of(subject, reading_plots.period(request.GET.get("days", "")))
    context = _drawn(figures) | {
        "section": {"space": "spaces", "tag": "tags"}.get(kind, "posts"),
        "subject": subject,
        "space": subject.space,
        "figures": figures,
        "periods": reading_plots.PERIODS,
        "may_maintain": kind == "space" or (subject.space and can_maintain(subject.space, request.user)),
    }
    response = render(request, "reads/show.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


def _drawn(figures: Figures) -> dict[str, object]:
    if not figures.reads:
        return {}
    return {
        "over_time": reading_plots.over_time(figures),
        "read_through": reading_plots.read_through(figures),
        "finished": reading_plots.finished_share(figures),
        "compared": reading_plots.compared(figures),
    }


@csrf_exempt
@require_POST
def beacon(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far (`reach`, in per cent) and for how many `seconds` more somebody read, told while they leave.

    Pages are kept for everybody, so they hold no token: browsers say where it comes from, and from elsewhere
    they bring no session.
    """
    if not is_from_here(request) or int(request.META.get("CONTENT_LENGTH") or MOST_BYTES + 1) > MOST_BYTES:
        return HttpResponseForbidden()
    posts = Post.objects.visible_to(request.user).live().posts().filter(pk=pk)
    words = posts.values_list("published_revision__rendering__words").first()
    if words is None:
        raise Http404
    count_far(request, pk, words[0], reach=_number(request, "reach"), seconds=_number(request, "seconds"))
    return HttpResponse(status=204)


def _number(request: SignedInRequest, name: str) -> int:
    """0 for what is none."""
    sent = request.POST.get(name, "")
    return int(sent) if NUMBER.fullmatch(sent) else 0
