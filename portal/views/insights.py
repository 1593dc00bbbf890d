"""The company's numbers: all of them, and each with what it rests on and what it was."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import Insight, LibraryUse, Post, Reading, Space, User
from knowledge.models.insight_trust import counts, in_words
from knowledge.permissions import can_write
from knowledge.pipeline.contradicting import OTHERS
from knowledge.pipeline.limits import mark_shift, unmark_shift
from knowledge.trust import WORDS
from knowledge.watching import contradict
from portal.decisions import UsedForm, uses_of
from portal.follows import follow_of
from portal.insight_limits import watching
from portal.insight_pages import Number, numbers_of
from portal.insight_series import series_of
from portal.requests import SignedInRequest

A_PAGE = 50
State = Insight.State
READINGS = 100  # that a page lists and draws; the API has all
ELSEWHERE = 5
LIBRARIES = 40  # that its page names


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """All that the reader sees, those changed last first; `?q=` is part of a name."""
    asked = {
        name: request.GET.get(name, "").replace("\x00", "")[:150]
        for name in ("q", "space", "tag", "author", "trust")
    }
    found = _narrowed(Insight.objects.visible_to(request.user), asked)
    told = counts(found)
    if asked["trust"] in WORDS:
        found = in_words(found).filter(word=asked["trust"])
    listed = found.with_facts(request.user).order_by("-changed_at", "-pk")
    paginator = Paginator(listed, A_PAGE)
    paginator.count = told.get(asked["trust"], 0) if asked["trust"] in WORDS else sum(told.values())
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "insights",
        "numbers": numbers_of(page.object_list),
        "page": page,
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "words": [(word, WORDS[word][0], number) for word, number in told.items()],
        "site_url": settings.SITE_URL,
        "spaces": Space.objects.visible_to(request.user).order_by("name").values_list("slug", "name"),
    }
    return render(request, "insights/index.html", context)


@require_safe
def show(request: SignedInRequest, space: str, name: str) -> HttpResponse:
    return page_of(request, space, name)


def page_of(request: SignedInRequest, space: str, name: str, *, used: UsedForm | None = None) -> HttpResponse:
    """The page of a number; `used` is the form that somebody sent and that can't be taken."""
    visible = Insight.objects.visible_to(request.user).with_facts(request.user)
    found = get_object_or_404(visible, space__slug=space, name=name)
    numbers = numbers_of([found])
    if not numbers:
        raise Http404
    readings = Reading.objects.visible_to(request.user).filter(insight=found).newest_first()
    shown = list(readings.with_reviewers()[: READINGS + 1])
    uses, has_more_uses = uses_of(request.user, numbers[0])
    context = {
        "section": "insights",
        "number": numbers[0],
        "newer": _newer(request.user, numbers[0]),
        "uses": uses,
        "has_more_uses": has_more_uses,
        "used": used or UsedForm(),
        "readings": rows(shown[:READINGS]),
        "sources": _sources(request.user, numbers[0], shown[:READINGS]),
        "has_more": len(shown) > READINGS,
        "series": series_of(numbers[0].reading, numbers[0].title),
        "watching": watching(found, shown[:READINGS], request.user),
        "follow": follow_of(request.user, "insight", found),
        "libraries": _libraries(request.user, numbers[0]),
        "elsewhere": _elsewhere(request.user, numbers[0]),
        "api": f"{settings.SITE_URL}/api/v1/insights/{space}/{name}/",
        "oembed": f"{settings.SITE_URL}/oembed?{urlencode({'url': settings.SITE_URL + request.path})}",
        "may_embed": can_write(found.space, request.user),
    }
    return render(request, "insights/show.html", context, status=400 if used else 200)


def _newer(user: User, number: Number) -> Post | None:
    """What took the place of its post, if the user sees that."""
    if number.insight.status != State.SUPERSEDED or number.insight.post is None:
        return None
    seen = Post.objects.visible_to(user).published().select_related("space")
    return seen.filter(pk=number.insight.post.superseded_by_id or 0).first()


def _libraries(user: User, number: Number) -> Any:
    """The libraries that its post uses, by name."""
    if number.post is None:
        return ()
    return LibraryUse.objects.visible_to(user).filter(post=number.post).order_by("library")[:LIBRARIES]


@require_POST
def shifts(request: SignedInRequest, space: str, name: str) -> HttpResponse:
    """Say from which `reading` on a shift is known, and why, or `undo` one."""
    found = get_object_or_404(Insight.objects.visible_to(request.user), space__slug=space, name=name)
    seen = Reading.objects.visible_to(request.user).filter(insight=found).select_related("insight")
    asked = request.POST
    try:
        if "undo" in asked:
            shift = get_object_or_404(found.shifts.filter(reading__in=seen), pk=_number(asked["undo"]))
            unmark_shift(by=request.user, shift=shift)
            messages.success(request, "The shift is taken back; the limits count as they did before.")
        else:
            reading = get_object_or_404(seen, pk=_number(asked.get("reading", "")))
            mark_shift(by=request.user, reading=reading, note=asked.get("note", ""))
            messages.success(request, "It is written down; the limits start again from that reading.")
    except UserError as error:
        if error.status == 403:
            raise PermissionDenied(str(error)) from error
        messages.error(request, str(error))
    return redirect(found)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) else 0


def _narrowed(found: Any, asked: dict[str, str]) -> Any:
    if words := asked["q"]:
        found = found.called(words)
    if space := asked["space"]:
        found = found.filter(space__slug=space)
    if tag := asked["tag"]:
        found = found.tagged(tag)
    if author := asked["author"]:
        found = found.by_author(author)
    return found


def rows(readings: Sequence[Reading]) -> list[tuple[Reading, Reading | None]]:
    """Each with the one before it."""
    return list(zip(readings, [*readings[1:], None], strict=True))


def _sources(user: User, number: Number, readings: Sequence[Reading]) -> dict[int, Post]:
    """The posts of the readings, as far as the user sees them, by id: another had the name before."""
    own = number.insight.post
    known = {own.pk: own} if own else {}
    others = {it.post_id for it in readings if it.post_id and it.post_id not in known}
    seen = Post.objects.visible_to(user).select_related("space").filter(pk__in=others) if others else ()
    return known | {post.pk: post for post in seen}


def _elsewhere(user: User, number: Number) -> list[Number]:
    """What other spaces say under the same name of the same thing and day, if that is something else."""
    if not number.reading.as_of or number.insight.status in (State.WITHDRAWN, State.SUPERSEDED):
        return []
    named = Insight.objects.visible_to(user).filter(name=number.insight.name)
    others = named.exclude(space=number.insight.space_id).still_said().with_facts(user)
    found = numbers_of(others.order_by("-changed_at", "-pk")[:OTHERS])
    return [it for it in found if contradict(number.reading, it.reading)][:ELSEWHERE]
