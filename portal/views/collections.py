"""Collections as readers see them. Making and changing them is in curating.py."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from knowledge.models import Collection, Post, ProposedAnswer, Space, User
from knowledge.models.collection import Line, lines_of
from knowledge.permissions import can_curate
from knowledge.rendering.remarks import remark
from portal.follows import follow_of
from portal.requests import SignedInRequest

A_PAGE = 50
ON_A_POST = 3  # collections, and open questions, that a post's page names
IN_FRONT = 7  # posts of the collection with which a space begins


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a post stands in a collection."""

    collection: Collection
    number: int
    of: int
    before: Post | None
    after: Post | None


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """All that the reader can see, those changed last first; `?space=` those of one."""
    listed = Collection.objects.visible_to(request.user).select_related("space")
    chosen = Space.objects.visible_to(request.user).filter(slug=request.GET.get("space", "")).first()
    if chosen:
        listed = listed.filter(space=chosen)
    page = Paginator(listed.order_by("-updated_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    lines = lines_of([each.pk for each in page.object_list], request.user)
    context = {
        "section": "collections",
        "rows": [(each, len(readable(lines[each.pk]))) for each in page.object_list],
        "page": page,
        "chosen": chosen,
        "may_make": request.user.is_superuser or Space.objects.writable_by(request.user).exists(),
    }
    return render(request, "collections/index.html", context)


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    found = visible_collection(request.user, pk)
    may_curate = can_curate(found.space, request.user)
    lines = lines_of([pk], request.user)[pk]
    context = {
        "section": "collections",
        "collection": found,
        "introduction": introduction(found),
        "lines": readable(lines),
        "left_out": len(lines) - len(readable(lines)) if may_curate else 0,
        "follow": follow_of(request.user, "collection", found),
        "may_curate": may_curate,
    }
    return render(request, "collections/show.html", context)


@never_cache
@require_safe
def of_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which open questions a post answers, and which collections it is part of.

    The lines alone for scripts, a page around them for others. One address for both: each reader's page of
    a post asks for it.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("space"), pk=pk)
    context = {
        "section": "collections",
        "post": post,
        "answers": ProposedAnswer.objects.told_on(post, request.user)[:ON_A_POST],
        "stops": stops_of(request.user, post),
    }
    return render(
        request, "collections/_of_post.html" if request.htmx else "collections/of_post.html", context
    )


def stops_of(user: User, post: Post) -> list[Stop]:
    """As many queries for one collection as for three."""
    holding = list(Collection.objects.visible_to(user).showing(post).order_by("-updated_at")[:ON_A_POST])
    lines = lines_of([each.pk for each in holding], user)
    found = []
    for each in holding:
        posts = [line.post for line in readable(lines[each.pk])]
        if post in posts:
            place = posts.index(post)
            before = posts[place - 1] if place else None
            found.append(Stop(each, place + 1, len(posts), before, [*posts, None][place + 1]))
    return found


def front_of(user: User, space: Space) -> dict[str, Any]:
    """What a space's page begins with, if one was chosen: its collection, and the first posts."""
    if space.front_id is None:
        return {}
    found = Collection.objects.visible_to(user).filter(pk=space.front_id).first()
    lines = readable(lines_of([space.front_id], user)[space.front_id]) if found else []
    if found is None or not lines:
        return {}
    return {
        "collection": found,
        "introduction": introduction(found),
        "lines": lines[:IN_FRONT],
        "all": len(lines),
    }


def readable(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.post]


def introduction(collection: Collection) -> SafeString:
    return mark_safe(remark(collection.introduction).shown({}))  # noqa: S308 (cleaned by remark)


def visible_collection(user: User, pk: int) -> Collection:
    """Or 404: what someone may not see doesn't exist for them."""
    return get_object_or_404(Collection.objects.visible_to(user).select_related("space"), pk=pk)
